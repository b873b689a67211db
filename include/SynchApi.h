/* Another spelling of <synchapi.h>. */
#include "synchapi.h"
