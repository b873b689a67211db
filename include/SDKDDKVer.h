/* Another spelling of <sdkddkver.h>. */
#include "sdkddkver.h"
