/* Another spelling of <crtdbg.h>. */
#include "crtdbg.h"
