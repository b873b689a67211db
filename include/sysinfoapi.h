/* Milliseconds since the system started. */
#ifndef _SYSINFOAPI_H_
#define _SYSINFOAPI_H_

#include "minwindef.h"

LINSOCK_BEGIN

DWORD WINAPI GetTickCount(void);
ULONGLONG WINAPI GetTickCount64(void);

LINSOCK_END

#endif /* _SYSINFOAPI_H_ */
