/* A debugger that looks at the process. */
#ifndef _APISETDEBUG_
#define _APISETDEBUG_

#include "minwindef.h"
#include "winnt.h"

LINSOCK_BEGIN

BOOL WINAPI IsDebuggerPresent(void);
void WINAPI DebugBreak(void);
void WINAPI OutputDebugStringA(LPCSTR lpOutputString);
void WINAPI OutputDebugStringW(LPCWSTR lpOutputString) LINSOCK_WIDE(OutputDebugStringW);
#define OutputDebugString LINSOCK_AW(OutputDebugString)

LINSOCK_END

#endif /* _APISETDEBUG_ */
