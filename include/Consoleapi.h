/* Another spelling of <consoleapi.h>. */
#include "consoleapi.h"
