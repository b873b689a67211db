/* Dates from one form to the other. */
#ifndef _TIMEZONEAPI_H_
#define _TIMEZONEAPI_H_

#include "minwindef.h"
#include "minwinbase.h"

LINSOCK_BEGIN

BOOL WINAPI FileTimeToSystemTime(const FILETIME *lpFileTime, LPSYSTEMTIME lpSystemTime);
BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *lpSystemTime, LPFILETIME lpFileTime);

LINSOCK_END

#endif /* _TIMEZONEAPI_H_ */
