/* Handles. */
#ifndef _APISETHANDLE_
#define _APISETHANDLE_

#include "minwindef.h"

#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR)-1)

LINSOCK_BEGIN

BOOL WINAPI CloseHandle(HANDLE hObject);

LINSOCK_END

#endif /* _APISETHANDLE_ */
