/* Windows' base services, as far as programs of overlapped sockets need them. */
#ifndef _WINDOWS_
#define _WINDOWS_

#include "sdkddkver.h"
#include "sal.h"
#include "windef.h"
#include "winbase.h"
#include "wincon.h"

/* As on Windows: without WIN32_LEAN_AND_MEAN this header brings the sockets and random bytes too. */
#ifndef WIN32_LEAN_AND_MEAN
#ifndef NOCRYPT
#include "wincrypt.h"
#endif
#include "winsock.h"
#endif

#endif /* _WINDOWS_ */
