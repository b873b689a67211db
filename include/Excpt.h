/* Another spelling of <excpt.h>. */
#include "excpt.h"
