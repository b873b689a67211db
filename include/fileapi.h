/* ReadFile and WriteFile. On a socket they are WSARecv and WSASend of one buffer. */
#ifndef _APISETFILE_
#define _APISETFILE_

#include "minwindef.h"
#include "minwinbase.h"

LINSOCK_BEGIN

BOOL WINAPI ReadFile(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead, LPDWORD lpNumberOfBytesRead,
                     LPOVERLAPPED lpOverlapped);
BOOL WINAPI WriteFile(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite, LPDWORD lpNumberOfBytesWritten,
                      LPOVERLAPPED lpOverlapped);

LINSOCK_END

#endif /* _APISETFILE_ */
