/* The rest of the base services, and all their parts. */
#ifndef _WINBASE_
#define _WINBASE_

#include "minwindef.h"
#include "winerror.h"
#include "minwinbase.h"
#include "handleapi.h"
#include "errhandlingapi.h"
#include "fileapi.h"
#include "ioapiset.h"
#include "synchapi.h"
#include "processthreadsapi.h"
#include "sysinfoapi.h"
#include "profileapi.h"

#define INFINITE           0xFFFFFFFF
#define WAIT_FAILED        ((DWORD)0xFFFFFFFF)
#define WAIT_OBJECT_0      0x00000000
#define WAIT_ABANDONED     0x00000080
#define WAIT_ABANDONED_0   0x00000080

#define FILE_BEGIN   0
#define FILE_CURRENT 1
#define FILE_END     2

#define FILE_FLAG_OVERLAPPED      0x40000000
#define FILE_FLAG_DELETE_ON_CLOSE 0x04000000

#define FILE_SKIP_COMPLETION_PORT_ON_SUCCESS 0x1
#define FILE_SKIP_SET_EVENT_ON_HANDLE        0x2

/* Internal is written last, with release order: once this says TRUE the rest of OVERLAPPED may be read. */
#define HasOverlappedIoCompleted(lpOverlapped) \
    ((DWORD)__atomic_load_n(&(lpOverlapped)->Internal, __ATOMIC_ACQUIRE) != (DWORD)0x00000103)

LINSOCK_BEGIN

BOOL WINAPI SetFileCompletionNotificationModes(HANDLE FileHandle, UCHAR Flags);

BOOL WINAPI RegisterWaitForSingleObject(PHANDLE phNewWaitObject, HANDLE hObject, WAITORTIMERCALLBACK Callback,
                                        PVOID Context, ULONG dwMilliseconds, ULONG dwFlags);
BOOL WINAPI UnregisterWait(HANDLE WaitHandle);
BOOL WINAPI UnregisterWaitEx(HANDLE WaitHandle, HANDLE CompletionEvent);

LINSOCK_END

#endif /* _WINBASE_ */
