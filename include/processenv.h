/* The environment, the current folder, the command line and the standard streams. */
#ifndef _PROCESSENV_
#define _PROCESSENV_

#include "minwindef.h"
#include "winnt.h"

LINSOCK_BEGIN

LPSTR WINAPI GetCommandLineA(void);
LPWSTR WINAPI GetCommandLineW(void) LINSOCK_WIDE(GetCommandLineW);
#define GetCommandLine LINSOCK_AW(GetCommandLine)
DWORD WINAPI GetEnvironmentVariableA(LPCSTR lpName, LPSTR lpBuffer, DWORD nSize);
DWORD WINAPI GetEnvironmentVariableW(LPCWSTR lpName, LPWSTR lpBuffer, DWORD nSize)
    LINSOCK_WIDE(GetEnvironmentVariableW);
#define GetEnvironmentVariable LINSOCK_AW(GetEnvironmentVariable)
BOOL WINAPI SetEnvironmentVariableA(LPCSTR lpName, LPCSTR lpValue);
BOOL WINAPI SetEnvironmentVariableW(LPCWSTR lpName, LPCWSTR lpValue) LINSOCK_WIDE(SetEnvironmentVariableW);
#define SetEnvironmentVariable LINSOCK_AW(SetEnvironmentVariable)
DWORD WINAPI GetCurrentDirectoryA(DWORD nBufferLength, LPSTR lpBuffer);
DWORD WINAPI GetCurrentDirectoryW(DWORD nBufferLength, LPWSTR lpBuffer) LINSOCK_WIDE(GetCurrentDirectoryW);
#define GetCurrentDirectory LINSOCK_AW(GetCurrentDirectory)
BOOL WINAPI SetCurrentDirectoryA(LPCSTR lpPathName);
BOOL WINAPI SetCurrentDirectoryW(LPCWSTR lpPathName) LINSOCK_WIDE(SetCurrentDirectoryW);
#define SetCurrentDirectory LINSOCK_AW(SetCurrentDirectory)
HANDLE WINAPI GetStdHandle(DWORD nStdHandle);

LINSOCK_END

#endif /* _PROCESSENV_ */
