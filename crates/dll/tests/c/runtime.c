/*
 * Check what Microsoft's C runtime has and others do not: the functions that are told how much room there is, numbers
 * as digits, formats, lists of arguments, wide output beside narrow output, files by descriptor. The same text runs on
 * Windows.
 */
#define STRSAFE_NO_DEPRECATE
#define _CRT_RAND_S
#include <winsock2.h>
#include <windows.h>
#include <tchar.h>
#include <strsafe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <errno.h>
#include <direct.h>
#include <fcntl.h>
#include <io.h>
#include <malloc.h>
#include <process.h>
#include <share.h>
#include <stdarg.h>
#include <sys/locking.h>
#include <sys/stat.h>

static int failed;
#define CHECK(ok) ((ok) ? (void)0 : (void)(failed = 1, printf("line %d: %s\n", __LINE__, #ok)))

static void quiet(const wchar_t *a, const wchar_t *b, const wchar_t *c, unsigned int d, uintptr_t e)
{
    (void)a, (void)b, (void)c, (void)d, (void)e;
}

static void texts(void)
{
    char to[8];
    wchar_t wide[8];
    char list[] = "one,two;;three", *rest = NULL;
    CHECK(strcpy_s(to, sizeof to, "1234567") == 0 && strcmp(to, "1234567") == 0);
    CHECK(strcpy_s(to, sizeof to, "12345678") == ERANGE && to[0] == 0);
    CHECK(strncpy_s(to, sizeof to, "abcdef", 3) == 0 && strcmp(to, "abc") == 0);
    CHECK(strncpy_s(to, 4, "abcdef", _TRUNCATE) == STRUNCATE && strcmp(to, "abc") == 0);
    CHECK(strcat_s(to, sizeof to, "def") == 0 && strcmp(to, "abcdef") == 0);
    CHECK(strcat_s(to, sizeof to, "gh") == ERANGE && to[0] == 0);
    CHECK(wcscpy_s(wide, 8, L"wide") == 0 && wcscat_s(wide, 8, L"!!!") == 0 && wide[6] == '!' && wide[7] == 0);
    CHECK(strcmp(strtok_s(list, ",;", &rest), "one") == 0 && strcmp(strtok_s(NULL, ",;", &rest), "two") == 0);
    CHECK(strcmp(strtok_s(NULL, ",;", &rest), "three") == 0 && strtok_s(NULL, ",;", &rest) == NULL);
    CHECK(memcpy_s(to, sizeof to, "abc", 4) == 0 && memcpy_s(to, 2, "abc", 4) == ERANGE);
    CHECK(_stricmp("ABC", "abc") == 0 && _strnicmp("abX", "ABy", 2) == 0 && _wcsicmp(L"ABC", L"abd") < 0);
    strcpy_s(to, sizeof to, "aBc");
    CHECK(strcmp(_strupr(to), "ABC") == 0 && strcmp(_strlwr(to), "abc") == 0 && strcmp(_strrev(to), "cba") == 0);
    CHECK(strnlen_s("abc", 2) == 2 && strnlen_s("abc", 4) == 3);
}

static void formats(void)
{
    char to[16];
    wchar_t wide[48];
    CHECK(sprintf_s(to, sizeof to, "%d-%s", 12, "x") == 4 && strcmp(to, "12-x") == 0);
    CHECK(sprintf_s(to, 4, "%d", 12345) == -1);
    CHECK(_snprintf_s(to, sizeof to, _TRUNCATE, "%s", "abc") == 3);
    CHECK(_snprintf_s(to, 4, _TRUNCATE, "%s", "abcdef") == -1 && strcmp(to, "abc") == 0);
    CHECK(_snprintf_s(to, sizeof to, 2, "%s", "abcdef") == -1 && strcmp(to, "ab") == 0);
    CHECK(_snprintf(to, 4, "%s", "abcdef") == -1 && memcmp(to, "abc", 3) == 0);
    CHECK(_scprintf("%05d", 42) == 5);
    CHECK(swprintf_s(wide, 48, L"%s|%hs|%5.2f|%I64d|%x|%c|%-4d|%04d", L"wide", "narrow", 2.5, (long long)-7, 255, L'c', 5, 6) == 35);
    CHECK(wcscmp(wide, L"wide|narrow| 2.50|-7|ff|c|5   |0006") == 0);
    CHECK(swprintf_s(wide, 4, L"%d", 12345) == -1 && wide[0] == 0);
    CHECK(_snwprintf_s(wide, 4, _TRUNCATE, L"%d", 12345) == -1 && wide[2] == '3' && wide[3] == 0);
    CHECK(_scwprintf(L"%lu %.3s", 4000000000u, L"abcdef") == 14);
}

static void digits(void)
{
    char to[70];
    CHECK(_itoa_s(-255, to, 12, 10) == 0 && strcmp(to, "-255") == 0);
    CHECK(strcmp(_itoa(-1, to, 16), "ffffffff") == 0);
    CHECK(strcmp(_ui64toa(~0ull, to, 10), "18446744073709551615") == 0);
    CHECK(strcmp(_i64toa(-5, to, 10), "-5") == 0);
    CHECK(_itoa_s(12345, to, 3, 10) == ERANGE && to[0] == 0);
    CHECK(_atoi64("-9000000000") == -9000000000ll && _wtoi(L" -12x") == -12);
}

static void scanning(void)
{
    int n = 0;
    char word[6], one = 0;
    CHECK(sscanf_s("7 hello x", "%d %s %c", &n, word, (unsigned)sizeof word, &one, 1u) == 3);
    CHECK(n == 7 && strcmp(word, "hello") == 0 && one == 'x');
    CHECK(sscanf_s("12:34", "%*d:%d", &n) == 1 && n == 34);
    CHECK(sscanf_s("abc9", "%5[a-c]%d", word, (unsigned)sizeof word, &n) == 2 && strcmp(word, "abc") == 0 && n == 9);
    CHECK(sscanf_s("x", "%d", &n) == 0 && sscanf_s("", "%d", &n) == EOF);
}

static void others(void)
{
    struct tm day;
    time_t moment = 86400;
    char text[32];
    size_t count = 0;
    wchar_t wide[8];
    FILE *file = NULL;
    void *block = _aligned_malloc(100, 64);
    CHECK(gmtime_s(&day, &moment) == 0 && day.tm_mday == 2 && day.tm_year == 70);
    CHECK(asctime_s(text, sizeof text, &day) == 0 && strncmp(text, "Fri Jan", 7) == 0 && text[24] == '\n');
    CHECK(fopen_s(&file, "/no/such/folder/file", "r") == ENOENT && file == NULL);
    CHECK(block != NULL && (uintptr_t)block % 64 == 0);
    _aligned_free(block);
    CHECK(mbstowcs_s(&count, wide, 8, "abc", _TRUNCATE) == 0 && count == 4 && wide[2] == 'c');
    CHECK(wcstombs_s(&count, text, sizeof text, L"abc", _TRUNCATE) == 0 && count == 4 && strcmp(text, "abc") == 0);
    CHECK(_countof(wide) == 8 && __max(1, 2) == 2);
    CHECK((DWORD)_getpid() == GetCurrentProcessId());
}

static void safe_texts(void)
{
    TCHAR to[6];
    size_t length = 0;
    CHECK(StringCchCopy(to, 6, TEXT("12345")) == S_OK);
    CHECK(StringCchCopy(to, 6, TEXT("123456")) == STRSAFE_E_INSUFFICIENT_BUFFER && to[4] == '5' && to[5] == 0);
    CHECK(StringCchCopy(to, 6, TEXT("12")) == S_OK && StringCchCat(to, 6, TEXT("34")) == S_OK && to[3] == '4');
    CHECK(StringCchCat(to, 6, TEXT("567")) == STRSAFE_E_INSUFFICIENT_BUFFER && to[4] == '5' && to[5] == 0);
    CHECK(StringCchPrintf(to, 6, TEXT("%d"), 123) == S_OK && StringCchLength(to, 6, &length) == S_OK && length == 3);
    CHECK(StringCbPrintf(to, sizeof to, TEXT("%s"), TEXT("abcdefgh")) == STRSAFE_E_INSUFFICIENT_BUFFER);
    CHECK(StringCchCopy(to, 0, TEXT("")) == STRSAFE_E_INVALID_PARAMETER);
}

/* Small blocks are the stack's, others the heap's. */
static void blocks(void)
{
    unsigned int one = 0, other = 0;
    char *small = (char *)_malloca(100), *large = (char *)_malloca(100000);
    LONGLONG volatile sum = 40;
    CHECK(small && large && ((uintptr_t)small | (uintptr_t)large) % 16 == 0);
    memset(small, 1, 100), memset(large, 1, 100000);
    _freea(small), _freea(large), _freea(NULL);
    CHECK(rand_s(&one) == 0 && rand_s(&other) == 0 && one != other && rand_s(NULL) == EINVAL);
#ifndef __MINGW32__ /* whose headers lack these */
    CHECK(InterlockedAddNoFence64(&sum, 3) == 43 && InterlockedIncrementAcquire64(&sum) == 44);
    CHECK(InterlockedCompareExchangeRelease64(&sum, 1, 44) == 44 && InterlockedExchangeAddNoFence64(&sum, 8) == 1);
#endif
    CHECK(InterlockedAdd64(&sum, 2) > 2);
}

/* A list of arguments may be read again: nobody but its owner moves it on. */
static void read_twice(FILE *null, const char *format, ...)
{
    char *text, to[16], small[4];
    wchar_t wide[16];
    int count;
    va_list list;
    va_start(list, format);
    count = _vscprintf(format, list) + 1;
    CHECK(count == 10 && _vsnprintf(small, sizeof small, format, list) == -1);
    text = (char *)malloc((size_t)count);
    CHECK(text && vsprintf(text, format, list) == 9 && strcmp(text, "7 seven 8") == 0);
    CHECK(vsprintf_s(to, sizeof to, format, list) == 9 && strcmp(to, text) == 0);
    CHECK(_vsnprintf_s(to, sizeof to, _TRUNCATE, format, list) == 9 && strcmp(to, text) == 0);
    CHECK(StringCchVPrintfA(to, sizeof to, format, list) == S_OK && strcmp(to, text) == 0);
    CHECK(vfprintf(null, format, list) == 9 && vfprintf(null, format, list) == 9);
    CHECK(_vsnwprintf(wide, 16, L"%d %hs %d", list) == 9 && wcscmp(wide, L"7 seven 8") == 0);
    free(text);
    va_end(list);
}

static void lists(void)
{
    FILE *null = tmpfile();
    CHECK(null != NULL);
    read_twice(null, "%d %s %d", 7, "seven", 8);
    CHECK(_ftelli64(null) == 18 && _fseeki64(null, 2, SEEK_SET) == 0 && fgetc(null) == 's');
    fclose(null);
}

static void descriptors(void)
{
    char to[8], name[64];
    struct _stat about;
    struct _stati64 more;
    DWORD count = 0;
    HANDLE handle;
    int file;
    sprintf(name, "runtime_%d.tmp", _getpid());
    file = _open(name, _O_CREAT | _O_EXCL | _O_RDWR | _O_BINARY, _S_IREAD | _S_IWRITE);
    CHECK(file >= 0 && _open(name, _O_CREAT | _O_EXCL | _O_RDWR, _S_IREAD) == -1 && errno == EEXIST);
    CHECK(_write(file, "1234567", 7) == 7 && _tell(file) == 7 && _lseeki64(file, 3, SEEK_SET) == 3);
    CHECK(_read(file, to, 2) == 2 && memcmp(to, "45", 2) == 0 && !_eof(file));
    CHECK(_read(file, to, 8) == 2 && _eof(file) && _filelength(file) == 7 && _commit(file) == 0);
    CHECK(_fstat(file, &about) == 0 && about.st_size == 7 && (about.st_mode & _S_IFMT) == _S_IFREG);
    CHECK(_stati64(name, &more) == 0 && more.st_size == 7 && _stat(".", &about) == 0 && about.st_mode & _S_IFDIR);
    CHECK(_lseek(file, 0, SEEK_SET) == 0 && _locking(file, _LK_NBLCK, 4) == 0 && _locking(file, _LK_UNLCK, 4) == 0);
    CHECK(_chsize_s(file, 5) == 0 && _filelengthi64(file) == 5);
    /* The descriptor's handle is the file. */
    handle = (HANDLE)_get_osfhandle(file);
    CHECK(handle != INVALID_HANDLE_VALUE && ReadFile(handle, to, 5, &count, NULL) && count == 5 && to[4] == '5');
    CHECK(_close(file) == 0 && _close(file) == -1 && errno == EBADF && _get_osfhandle(file) == -1);
    CHECK(_sopen_s(&file, name, _O_RDONLY, _SH_DENYNO, 0) == 0 && _close(file) == 0);
    /* And a handle's descriptor; closing that closes both. */
    handle = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
    file = _open_osfhandle((intptr_t)handle, _O_RDONLY);
    CHECK(file >= 0 && _read(file, to, 3) == 3 && memcmp(to, "123", 3) == 0 && _close(file) == 0);
    CHECK(!ReadFile(handle, to, 1, &count, NULL) && GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(_access(name, 0) == 0 && _unlink(name) == 0 && _access(name, 0) == -1 && errno == ENOENT);
    CHECK(_mkdir(name) == 0 && _mkdir(name) == -1 && errno == EEXIST && _rmdir(name) == 0);
}

static unsigned __stdcall adds_one(void *number)
{
    char text[32];
    WSADATA data;
    SOCKET s;
    sprintf(text, "%d", *(int *)number + 1);
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    s = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(s != INVALID_SOCKET && closesocket(s) == 0 && WSACleanup() == 0);
    *(int *)number = atoi(text);
    return 7;
}

/* A thread that waits to be resumed, with as little stack as may be asked for. */
static void threads(void)
{
    volatile int number = 41;
    DWORD code = 0;
    HANDLE thread = (HANDLE)_beginthreadex(NULL, 16384, adds_one, (void *)&number,
                                           CREATE_SUSPENDED | STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
    CHECK(thread && WaitForSingleObject(thread, 50) == WAIT_TIMEOUT && number == 41);
    CHECK(SuspendThread(thread) == 1 && ResumeThread(thread) == 2 && ResumeThread(thread) == 1);
    CHECK(WaitForSingleObject(thread, 20000) == WAIT_OBJECT_0 && number == 42);
    CHECK(GetExitCodeThread(thread, &code) && code == 7 && CloseHandle(thread));
}

static void paths(void)
{
    char drive[_MAX_DRIVE], folder[_MAX_DIR], name[_MAX_FNAME], extension[_MAX_EXT], path[_MAX_PATH];
    _splitpath("/one/two.d/three.four.five", drive, folder, name, extension);
    CHECK(!*drive && strcmp(folder, "/one/two.d/") == 0 && strcmp(name, "three.four") == 0 && strcmp(extension, ".five") == 0);
    _splitpath("/one/two.d/three", NULL, NULL, name, extension);
    CHECK(strcmp(name, "three") == 0 && !*extension);
    _makepath(path, NULL, "/one/", "two", "three");
    CHECK(strcmp(path, "/one/two.three") == 0);
    _makepath(path, NULL, NULL, "two", ".three");
    CHECK(strcmp(path, "two.three") == 0);
}

/* u_long spelt out. */
static void long_word(void)
{
    WSADATA data;
    unsigned long word = 1, waiting = ~0ul;
    SOCKET s;
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    s = socket(AF_INET, SOCK_DGRAM, 0);
    CHECK(ioctlsocket(s, FIONBIO, &word) == 0 && ioctlsocket(s, FIONREAD, &waiting) == 0 && waiting == 0);
    CHECK(ioctlsocket(s, FIONBIO, NULL) == SOCKET_ERROR && WSAGetLastError() == WSAEFAULT);
    CHECK(closesocket(s) == 0 && WSACleanup() == 0);
}

int _tmain(int argc, TCHAR *argv[])
{
    _set_invalid_parameter_handler(quiet);
    texts();
    formats();
    digits();
    scanning();
    others();
    blocks();
    safe_texts();
    lists();
    descriptors();
    threads();
    paths();
    long_word();
    CHECK(argc == 2 && _tcscmp(argv[1], _T("argument")) == 0 && argv[2] == NULL);
    printf("narrow, ");
    wprintf(L"%s, ", L"wide");
    _tprintf(_T("%s\n"), failed ? _T("and wrong") : _T("and as on Windows"));
    return failed;
}
