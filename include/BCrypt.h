/* Another spelling of <bcrypt.h>. */
#include "bcrypt.h"
