/* Another spelling of <interlockedapi.h>. */
#include "interlockedapi.h"
