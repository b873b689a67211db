/* More of the console. */
#ifndef _CONSOLEAPI2_
#define _CONSOLEAPI2_

#include "minwindef.h"
#include "winnt.h"
#include "wincontypes.h"

/* name                          value   colours of what is written */
#define FOREGROUND_BLUE          0x0001
#define FOREGROUND_GREEN         0x0002
#define FOREGROUND_RED           0x0004
#define FOREGROUND_INTENSITY     0x0008
#define BACKGROUND_BLUE          0x0010
#define BACKGROUND_GREEN         0x0020
#define BACKGROUND_RED           0x0040
#define BACKGROUND_INTENSITY     0x0080
#define COMMON_LVB_REVERSE_VIDEO 0x4000
#define COMMON_LVB_UNDERSCORE    0x8000

typedef struct _CONSOLE_SCREEN_BUFFER_INFO {
    COORD dwSize;
    COORD dwCursorPosition;
    WORD wAttributes;
    SMALL_RECT srWindow;
    COORD dwMaximumWindowSize;
} CONSOLE_SCREEN_BUFFER_INFO, *PCONSOLE_SCREEN_BUFFER_INFO;

LINSOCK_BEGIN

BOOL WINAPI SetConsoleTextAttribute(HANDLE hConsoleOutput, WORD wAttributes);
BOOL WINAPI GetConsoleScreenBufferInfo(HANDLE hConsoleOutput, PCONSOLE_SCREEN_BUFFER_INFO lpConsoleScreenBufferInfo);

BOOL WINAPI SetConsoleCP(UINT wCodePageID);
BOOL WINAPI SetConsoleOutputCP(UINT wCodePageID);
BOOL WINAPI SetConsoleTitleA(LPCSTR lpConsoleTitle);
BOOL WINAPI SetConsoleTitleW(LPCWSTR lpConsoleTitle) LINSOCK_WIDE(SetConsoleTitleW);
#define SetConsoleTitle LINSOCK_AW(SetConsoleTitle)
BOOL WINAPI GenerateConsoleCtrlEvent(DWORD dwCtrlEvent, DWORD dwProcessGroupId);

LINSOCK_END

#endif /* _CONSOLEAPI2_ */
