/* Another spelling of <ifdef.h>. */
#include "ifdef.h"
