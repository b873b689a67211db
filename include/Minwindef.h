/* Another spelling of <minwindef.h>. */
#include "minwindef.h"
