/* Texts from bytes to wide characters and back. */
#ifndef _STRINGAPISET_H_
#define _STRINGAPISET_H_

#include "minwindef.h"
#include "winnt.h"

#define MB_PRECOMPOSED       0x00000001
#define MB_ERR_INVALID_CHARS 0x00000008
#define WC_ERR_INVALID_CHARS 0x00000080
#define WC_NO_BEST_FIT_CHARS 0x00000400

LINSOCK_BEGIN

int WINAPI MultiByteToWideChar(UINT CodePage, DWORD dwFlags, LPCCH lpMultiByteStr, int cbMultiByte,
                               LPWSTR lpWideCharStr, int cchWideChar) LINSOCK_WIDE(MultiByteToWideChar);
int WINAPI WideCharToMultiByte(UINT CodePage, DWORD dwFlags, LPCWCH lpWideCharStr, int cchWideChar,
                               LPSTR lpMultiByteStr, int cbMultiByte, LPCCH lpDefaultChar,
                               LPBOOL lpUsedDefaultChar) LINSOCK_WIDE(WideCharToMultiByte);

LINSOCK_END

#endif /* _STRINGAPISET_H_ */
