/* The performance counter. */
#ifndef _PROFILEAPI_H_
#define _PROFILEAPI_H_

#include "minwindef.h"
#include "winnt.h"

LINSOCK_BEGIN

BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER *lpPerformanceCount);
BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER *lpFrequency);

LINSOCK_END

#endif /* _PROFILEAPI_H_ */
