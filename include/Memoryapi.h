/* Another spelling of <memoryapi.h>. */
#include "memoryapi.h"
