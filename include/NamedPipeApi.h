/* Another spelling of <namedpipeapi.h>. */
#include "namedpipeapi.h"
