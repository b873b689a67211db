/* The last error of the calling thread. */
#ifndef _ERRHANDLING_H_
#define _ERRHANDLING_H_

#include "minwindef.h"

LINSOCK_BEGIN

DWORD WINAPI GetLastError(void);
void WINAPI SetLastError(DWORD dwErrCode);
UINT WINAPI SetErrorMode(UINT uMode);

LINSOCK_END

#endif /* _ERRHANDLING_H_ */
