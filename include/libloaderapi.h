/* Modules and their functions. Windows' own libraries are all this one. */
#ifndef _APISETLIBLOADER_
#define _APISETLIBLOADER_

#include "minwindef.h"
#include "winnt.h"

LINSOCK_BEGIN

HMODULE WINAPI GetModuleHandleA(LPCSTR lpModuleName);
HMODULE WINAPI GetModuleHandleW(LPCWSTR lpModuleName) LINSOCK_WIDE(GetModuleHandleW);
#define GetModuleHandle LINSOCK_AW(GetModuleHandle)
DWORD WINAPI GetModuleFileNameA(HMODULE hModule, LPSTR lpFilename, DWORD nSize);
DWORD WINAPI GetModuleFileNameW(HMODULE hModule, LPWSTR lpFilename, DWORD nSize) LINSOCK_WIDE(GetModuleFileNameW);
#define GetModuleFileName LINSOCK_AW(GetModuleFileName)
HMODULE WINAPI LoadLibraryA(LPCSTR lpLibFileName);
HMODULE WINAPI LoadLibraryW(LPCWSTR lpLibFileName) LINSOCK_WIDE(LoadLibraryW);
#define LoadLibrary LINSOCK_AW(LoadLibrary)
HMODULE WINAPI LoadLibraryExA(LPCSTR lpLibFileName, HANDLE hFile, DWORD dwFlags);
BOOL WINAPI FreeLibrary(HMODULE hLibModule);
/* A wide function is looked up for this program's wchar_t. */
FARPROC WINAPI GetProcAddress(HMODULE hModule, LPCSTR lpProcName) LINSOCK_WIDE(GetProcAddress);

LINSOCK_END

#endif /* _APISETLIBLOADER_ */
