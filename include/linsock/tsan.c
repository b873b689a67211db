/* linsock-cc links this into a program under -fsanitize=thread. Its text is a header, which other flags do not warn about. */
#include "tsan.h"
