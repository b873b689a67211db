/* Code pages: UTF-8 is the only one. */
#ifndef _WINNLS_
#define _WINNLS_

#include "minwindef.h"
#include "stringapiset.h"

#define CP_ACP        0
#define CP_OEMCP      1
#define CP_THREAD_ACP 3
#define CP_UTF8       65001

LINSOCK_BEGIN

UINT WINAPI GetACP(void);
UINT WINAPI GetOEMCP(void);
BOOL WINAPI IsValidCodePage(UINT CodePage);

LINSOCK_END

#endif /* _WINNLS_ */
