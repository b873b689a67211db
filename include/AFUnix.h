/* Another spelling of <afunix.h>. */
#include "afunix.h"
