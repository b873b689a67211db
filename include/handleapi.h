/* Handles. */
#ifndef _APISETHANDLE_
#define _APISETHANDLE_

#include "minwindef.h"

#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR)-1)

LINSOCK_BEGIN

BOOL WINAPI CloseHandle(HANDLE hObject);
BOOL WINAPI DuplicateHandle(HANDLE hSourceProcessHandle, HANDLE hSourceHandle, HANDLE hTargetProcessHandle,
                            LPHANDLE lpTargetHandle, DWORD dwDesiredAccess, BOOL bInheritHandle, DWORD dwOptions);

LINSOCK_END

#endif /* _APISETHANDLE_ */
