/* Another spelling of <wincon.h>. */
#include "wincon.h"
