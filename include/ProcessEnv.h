/* Another spelling of <processenv.h>. */
#include "processenv.h"
