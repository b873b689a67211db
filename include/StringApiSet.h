/* Another spelling of <stringapiset.h>. */
#include "stringapiset.h"
