/* The console, under its older name. */
#ifndef _WINCON_
#define _WINCON_

#include "wincontypes.h"
#include "consoleapi.h"
#include "consoleapi2.h"

#endif /* _WINCON_ */
