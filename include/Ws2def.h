/* Another spelling of <ws2def.h>. */
#include "ws2def.h"
