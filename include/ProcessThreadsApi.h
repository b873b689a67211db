/* Another spelling of <processthreadsapi.h>. */
#include "processthreadsapi.h"
