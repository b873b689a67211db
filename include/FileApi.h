/* Another spelling of <fileapi.h>. */
#include "fileapi.h"
