/* Another spelling of <heapapi.h>. */
#include "heapapi.h"
