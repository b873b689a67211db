/* One source for narrow and for wide characters: wide ones with _UNICODE. */
#ifndef _INC_TCHAR
#define _INC_TCHAR

#include "linsock/crt.h"

#ifdef _UNICODE
#define LINSOCK_T(quote) L##quote
#define LINSOCK_TEXT_NAME(narrow, wide) wide
typedef wchar_t _TCHAR, _TSCHAR, _TUCHAR, _TXCHAR;
typedef wint_t _TINT;
#define _TEOF WEOF
#else
#define LINSOCK_T(quote) quote
#define LINSOCK_TEXT_NAME(narrow, wide) narrow
typedef char _TCHAR, _TXCHAR;
typedef signed char _TSCHAR;
typedef unsigned char _TUCHAR;
typedef int _TINT;
#define _TEOF EOF
#endif
#define _T(quote)    LINSOCK_T(quote)
#define _TEXT(quote) LINSOCK_T(quote)
#define __T(quote)   LINSOCK_T(quote)

/* winnt.h has it too, by UNICODE. */
#ifndef _TCHAR_DEFINED
#define _TCHAR_DEFINED
typedef _TCHAR TCHAR, *PTCHAR;
#endif

/* name                            narrow          wide */
#define _tmain       LINSOCK_TEXT_NAME(main,         wmain)
#define _tprintf     LINSOCK_TEXT_NAME(printf,       wprintf)
#define _tprintf_s   LINSOCK_TEXT_NAME(printf,       wprintf)
#define _ftprintf    LINSOCK_TEXT_NAME(fprintf,      fwprintf)
#define _ftprintf_s  LINSOCK_TEXT_NAME(fprintf,      fwprintf)
#define _vtprintf    LINSOCK_TEXT_NAME(vprintf,      vwprintf)
#define _vftprintf   LINSOCK_TEXT_NAME(vfprintf,     vfwprintf)
#define _stprintf    LINSOCK_TEXT_NAME(sprintf,      linsock_stprintf)
#define _stprintf_s  LINSOCK_TEXT_NAME(sprintf_s,    swprintf_s)
#define _vstprintf_s LINSOCK_TEXT_NAME(vsprintf_s,   vswprintf_s)
#define _sntprintf   LINSOCK_TEXT_NAME(_snprintf,    _snwprintf)
#define _sntprintf_s LINSOCK_TEXT_NAME(_snprintf_s,  _snwprintf_s)
#define _vsntprintf  LINSOCK_TEXT_NAME(_vsnprintf,   _vsnwprintf)
#define _vsntprintf_s LINSOCK_TEXT_NAME(_vsnprintf_s, _vsnwprintf_s)
#define _sctprintf   LINSOCK_TEXT_NAME(_scprintf,    _scwprintf)
#define _vsctprintf  LINSOCK_TEXT_NAME(_vscprintf,   _vscwprintf)
#define _stscanf     LINSOCK_TEXT_NAME(sscanf,       swscanf)
#define _stscanf_s   LINSOCK_TEXT_NAME(sscanf_s,     linsock_swscanf_s_is_not_there)
#define _tcslen      LINSOCK_TEXT_NAME(strlen,       wcslen)
#define _tcsnlen     LINSOCK_TEXT_NAME(strnlen,      wcsnlen)
#define _tcscpy      LINSOCK_TEXT_NAME(strcpy,       wcscpy)
#define _tcscpy_s    LINSOCK_TEXT_NAME(strcpy_s,     wcscpy_s)
#define _tcsncpy     LINSOCK_TEXT_NAME(strncpy,      wcsncpy)
#define _tcsncpy_s   LINSOCK_TEXT_NAME(strncpy_s,    wcsncpy_s)
#define _tcscat      LINSOCK_TEXT_NAME(strcat,       wcscat)
#define _tcscat_s    LINSOCK_TEXT_NAME(strcat_s,     wcscat_s)
#define _tcsncat     LINSOCK_TEXT_NAME(strncat,      wcsncat)
#define _tcsncat_s   LINSOCK_TEXT_NAME(strncat_s,    wcsncat_s)
#define _tcscmp      LINSOCK_TEXT_NAME(strcmp,       wcscmp)
#define _tcsncmp     LINSOCK_TEXT_NAME(strncmp,      wcsncmp)
#define _tcsicmp     LINSOCK_TEXT_NAME(strcasecmp,   _wcsicmp)
#define _tcsnicmp    LINSOCK_TEXT_NAME(strncasecmp,  _wcsnicmp)
#define _tcschr      LINSOCK_TEXT_NAME(strchr,       wcschr)
#define _tcsrchr     LINSOCK_TEXT_NAME(strrchr,      wcsrchr)
#define _tcsstr      LINSOCK_TEXT_NAME(strstr,       wcsstr)
#define _tcspbrk     LINSOCK_TEXT_NAME(strpbrk,      wcspbrk)
#define _tcsspn      LINSOCK_TEXT_NAME(strspn,       wcsspn)
#define _tcscspn     LINSOCK_TEXT_NAME(strcspn,      wcscspn)
#define _tcstok      LINSOCK_TEXT_NAME(strtok,       wcstok)
#define _tcstok_s    LINSOCK_TEXT_NAME(strtok_s,     wcstok_s)
#define _tcsdup      LINSOCK_TEXT_NAME(strdup,       _wcsdup)
#define _tcstol      LINSOCK_TEXT_NAME(strtol,       wcstol)
#define _tcstoul     LINSOCK_TEXT_NAME(strtoul,      wcstoul)
#define _tcstoi64    LINSOCK_TEXT_NAME(strtoll,      wcstoll)
#define _tcstoui64   LINSOCK_TEXT_NAME(strtoull,     wcstoull)
#define _tcstod      LINSOCK_TEXT_NAME(strtod,       wcstod)
#define _ttoi        LINSOCK_TEXT_NAME(atoi,         _wtoi)
#define _tstoi       LINSOCK_TEXT_NAME(atoi,         _wtoi)
#define _ttol        LINSOCK_TEXT_NAME(atol,         _wtol)
#define _ttoi64      LINSOCK_TEXT_NAME(atoll,        _wtoi64)
#define _itot        LINSOCK_TEXT_NAME(_itoa,        _itow)
#define _itot_s      LINSOCK_TEXT_NAME(_itoa_s,      _itow_s)
#define _tfopen      LINSOCK_TEXT_NAME(fopen,        _wfopen)
#define _tfopen_s    LINSOCK_TEXT_NAME(fopen_s,      _wfopen_s)
#define _fgetts      LINSOCK_TEXT_NAME(fgets,        fgetws)
#define _fputts      LINSOCK_TEXT_NAME(fputs,        fputws)
#define _putts       LINSOCK_TEXT_NAME(puts,         _putws)
#define _puttchar    LINSOCK_TEXT_NAME(putchar,      putwchar)
#define _puttc       LINSOCK_TEXT_NAME(putc,         putwc)
#define _gettchar    LINSOCK_TEXT_NAME(getchar,      getwchar)
#define _istalpha    LINSOCK_TEXT_NAME(isalpha,      iswalpha)
#define _istalnum    LINSOCK_TEXT_NAME(isalnum,      iswalnum)
#define _istdigit    LINSOCK_TEXT_NAME(isdigit,      iswdigit)
#define _istspace    LINSOCK_TEXT_NAME(isspace,      iswspace)
#define _istupper    LINSOCK_TEXT_NAME(isupper,      iswupper)
#define _istlower    LINSOCK_TEXT_NAME(islower,      iswlower)
#define _totupper    LINSOCK_TEXT_NAME(toupper,      towupper)
#define _totlower    LINSOCK_TEXT_NAME(tolower,      towlower)
#define _tcsftime    LINSOCK_TEXT_NAME(strftime,     wcsftime)

#ifdef _UNICODE
/* As Microsoft's, it trusts the buffer. */
LINSOCK_INLINE int linsock_stprintf(wchar_t *buffer, const wchar_t *format, ...)
{
    LINSOCK_VARIADIC(linsock_vswprintf(buffer, (size_t)-1 >> 3, format, arguments));
}
#endif

#endif /* _INC_TCHAR */
