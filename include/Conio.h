/* Another spelling of <conio.h>. */
#include "conio.h"
