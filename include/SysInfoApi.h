/* Another spelling of <sysinfoapi.h>. */
#include "sysinfoapi.h"
