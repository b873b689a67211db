/* Another spelling of <netioapi.h>. */
#include "netioapi.h"
