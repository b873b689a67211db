/* Another spelling of <ioapiset.h>. */
#include "ioapiset.h"
