/* More of the console. */
#ifndef _CONSOLEAPI2_
#define _CONSOLEAPI2_

#include "minwindef.h"
#include "winnt.h"

LINSOCK_BEGIN

BOOL WINAPI SetConsoleCP(UINT wCodePageID);
BOOL WINAPI SetConsoleOutputCP(UINT wCodePageID);
BOOL WINAPI SetConsoleTitleA(LPCSTR lpConsoleTitle);
BOOL WINAPI SetConsoleTitleW(LPCWSTR lpConsoleTitle) LINSOCK_WIDE(SetConsoleTitleW);
#define SetConsoleTitle LINSOCK_AW(SetConsoleTitle)
BOOL WINAPI GenerateConsoleCtrlEvent(DWORD dwCtrlEvent, DWORD dwProcessGroupId);

LINSOCK_END

#endif /* _CONSOLEAPI2_ */
