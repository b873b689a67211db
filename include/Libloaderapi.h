/* Another spelling of <libloaderapi.h>. */
#include "libloaderapi.h"
