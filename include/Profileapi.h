/* Another spelling of <profileapi.h>. */
#include "profileapi.h"
