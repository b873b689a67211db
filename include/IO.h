/* Another spelling of <io.h>. */
#include "io.h"
