/* Storage of each thread's own, with a function for its end. There are no fibers. */
#ifndef _FIBERSAPI_H_
#define _FIBERSAPI_H_

#include "minwindef.h"

#define FLS_OUT_OF_INDEXES ((DWORD)0xFFFFFFFF)

LINSOCK_BEGIN

typedef void (WINAPI *PFLS_CALLBACK_FUNCTION)(PVOID lpFlsData);

DWORD WINAPI FlsAlloc(PFLS_CALLBACK_FUNCTION lpCallback);
BOOL WINAPI FlsFree(DWORD dwFlsIndex);
PVOID WINAPI FlsGetValue(DWORD dwFlsIndex);
BOOL WINAPI FlsSetValue(DWORD dwFlsIndex, PVOID lpFlsData);

LINSOCK_END

#endif /* _FIBERSAPI_H_ */
