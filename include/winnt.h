/* Strings, large integers, access rights, and the interlocked functions. */
#ifndef _WINNT_
#define _WINNT_

#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <wchar.h>
#include "minwindef.h"
#include "guiddef.h"
#include "linsock/interlocked.h"

/* wchar_t, so that L"" fits: 32 bits, or 16 under -fshort-wchar. */
typedef wchar_t WCHAR;
typedef WCHAR *PWCHAR, *LPWCH, *PWCH, *LPWSTR, *PWSTR;
typedef const WCHAR *LPCWCH, *PCWCH, *LPCWSTR, *PCWSTR;
typedef CHAR *LPCH, *PCH, *LPSTR, *PSTR;
typedef const CHAR *LPCCH, *PCCH, *LPCSTR, *PCSTR;

#ifdef UNICODE
#ifndef _TCHAR_DEFINED
#define _TCHAR_DEFINED
typedef WCHAR TCHAR, *PTCHAR;
#endif
typedef LPWSTR LPTSTR, PTSTR;
typedef LPCWSTR LPCTSTR, PCTSTR;
#define LINSOCK_TEXT(quote) L##quote
#define LINSOCK_AW(name) name##W
#else
#ifndef _TCHAR_DEFINED
#define _TCHAR_DEFINED
typedef char TCHAR, *PTCHAR;
#endif
typedef LPSTR LPTSTR, PTSTR;
typedef LPCSTR LPCTSTR, PCTSTR;
#define LINSOCK_TEXT(quote) quote
#define LINSOCK_AW(name) name##A
#endif
#define TEXT(quote) LINSOCK_TEXT(quote)

typedef union _LARGE_INTEGER {
    LINSOCK_ANONYMOUS struct {
        DWORD LowPart;
        LONG HighPart;
    };
    struct {
        DWORD LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
    LINSOCK_ANONYMOUS struct {
        DWORD LowPart;
        DWORD HighPart;
    };
    struct {
        DWORD LowPart;
        DWORD HighPart;
    } u;
    ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

/* An element of an interlocked list, and its head: both 16-byte aligned. */
typedef struct DECLSPEC_ALIGN(16) _SLIST_ENTRY {
    struct _SLIST_ENTRY *Next;
} SLIST_ENTRY, *PSLIST_ENTRY;

typedef union DECLSPEC_ALIGN(16) _SLIST_HEADER {
    LINSOCK_ANONYMOUS struct {
        ULONGLONG Alignment;
        ULONGLONG Region;
    };
} SLIST_HEADER, *PSLIST_HEADER;

typedef struct _MEMORY_BASIC_INFORMATION {
    PVOID BaseAddress;
    PVOID AllocationBase;
    DWORD AllocationProtect;
    WORD PartitionId;
    SIZE_T RegionSize;
    DWORD State;
    DWORD Protect;
    DWORD Type;
} MEMORY_BASIC_INFORMATION, *PMEMORY_BASIC_INFORMATION;

/* name                   value       pages: what is done with them, what may be done with them, whose they are */
#define MEM_COMMIT             0x00001000
#define MEM_RESERVE            0x00002000
#define MEM_DECOMMIT           0x00004000
#define MEM_RELEASE            0x00008000
#define MEM_FREE               0x00010000
#define MEM_TOP_DOWN           0x00100000
#define MEM_LARGE_PAGES        0x20000000
#define MEM_PRIVATE            0x00020000
#define MEM_MAPPED             0x00040000
#define MEM_IMAGE              0x01000000
#define PAGE_NOACCESS          0x01
#define PAGE_READONLY          0x02
#define PAGE_READWRITE         0x04
#define PAGE_WRITECOPY         0x08
#define PAGE_EXECUTE           0x10
#define PAGE_EXECUTE_READ      0x20
#define PAGE_EXECUTE_READWRITE 0x40
#define PAGE_EXECUTE_WRITECOPY 0x80
#define PAGE_GUARD             0x100
#define PAGE_NOCACHE           0x200

/* name                   value       file mappings: what they are made of, and what may be done with them */
#define SEC_FILE               0x00800000
#define SEC_IMAGE              0x01000000
#define SEC_RESERVE            0x04000000
#define SEC_COMMIT             0x08000000
#define SEC_NOCACHE            0x10000000
#define SEC_WRITECOMBINE       0x40000000
#define SEC_LARGE_PAGES        0x80000000
#define SECTION_QUERY          0x0001
#define SECTION_MAP_WRITE      0x0002
#define SECTION_MAP_READ       0x0004
#define SECTION_MAP_EXECUTE    0x0008
#define SECTION_EXTEND_SIZE    0x0010
#define SECTION_MAP_EXECUTE_EXPLICIT 0x0020
#define SECTION_ALL_ACCESS     0x000F001F

#define NTAPI
#define NTSYSAPI

#define LANG_NEUTRAL         0x00
#define LANG_ENGLISH         0x09
#define SUBLANG_NEUTRAL      0x00
#define SUBLANG_DEFAULT      0x01
#define SUBLANG_ENGLISH_US   0x01
#define MAKELANGID(primary, sub) ((((WORD)(sub)) << 10) | (WORD)(primary))

typedef struct _OSVERSIONINFOEXA {
    DWORD dwOSVersionInfoSize;
    DWORD dwMajorVersion;
    DWORD dwMinorVersion;
    DWORD dwBuildNumber;
    DWORD dwPlatformId;
    CHAR szCSDVersion[128];
    WORD wServicePackMajor;
    WORD wServicePackMinor;
    WORD wSuiteMask;
    BYTE wProductType;
    BYTE wReserved;
} OSVERSIONINFOEXA, *POSVERSIONINFOEXA, *LPOSVERSIONINFOEXA;
typedef struct _OSVERSIONINFOEXW {
    DWORD dwOSVersionInfoSize;
    DWORD dwMajorVersion;
    DWORD dwMinorVersion;
    DWORD dwBuildNumber;
    DWORD dwPlatformId;
    WCHAR szCSDVersion[128];
    WORD wServicePackMajor;
    WORD wServicePackMinor;
    WORD wSuiteMask;
    BYTE wProductType;
    BYTE wReserved;
} OSVERSIONINFOEXW, *POSVERSIONINFOEXW, *LPOSVERSIONINFOEXW;
#ifdef UNICODE
typedef OSVERSIONINFOEXW OSVERSIONINFOEX, *POSVERSIONINFOEX, *LPOSVERSIONINFOEX;
#else
typedef OSVERSIONINFOEXA OSVERSIONINFOEX, *POSVERSIONINFOEX, *LPOSVERSIONINFOEX;
#endif

/* name                     value   parts of a version, and how to compare them */
#define VER_MINORVERSION     0x0000001
#define VER_MAJORVERSION     0x0000002
#define VER_BUILDNUMBER      0x0000004
#define VER_PLATFORMID       0x0000008
#define VER_SERVICEPACKMINOR 0x0000010
#define VER_SERVICEPACKMAJOR 0x0000020
#define VER_SUITENAME        0x0000040
#define VER_PRODUCT_TYPE     0x0000080
#define VER_EQUAL            1
#define VER_GREATER          2
#define VER_GREATER_EQUAL    3
#define VER_LESS             4
#define VER_LESS_EQUAL       5

#define PROCESSOR_ARCHITECTURE_AMD64   9
#define PROCESSOR_ARCHITECTURE_ARM64   12
#define PROCESSOR_ARCHITECTURE_UNKNOWN 0xFFFF

LINSOCK_BEGIN

ULONGLONG WINAPI VerSetConditionMask(ULONGLONG ConditionMask, DWORD TypeMask, BYTE Condition);

LINSOCK_END

#define VER_SET_CONDITION(mask, type, condition) ((mask) = VerSetConditionMask((mask), (type), (condition)))

#define MINCHAR   0x80
#define MAXCHAR   0x7f
#define MINSHORT  0x8000
#define MAXSHORT  0x7fff
#define MAXBYTE   0xff
#define MAXWORD   0xffff
#define MAXDWORD  0xffffffff
#define MAXLONG   0x7fffffff

#define ARRAYSIZE(a) (sizeof(a) / sizeof((a)[0]))
#define RTL_NUMBER_OF(a) ARRAYSIZE(a)
#define FIELD_OFFSET(type, field) ((LONG)offsetof(type, field))
#define CONTAINING_RECORD(address, type, field) ((type *)((char *)(address) - offsetof(type, field)))
#define UNREFERENCED_PARAMETER(p) ((void)(p))
#define DBG_UNREFERENCED_PARAMETER(p) ((void)(p))
#define C_ASSERT(e) typedef char LINSOCK_C_ASSERT_NAME(__LINE__)[(e) ? 1 : -1] __attribute__((unused))
#define LINSOCK_C_ASSERT_NAME(line) LINSOCK_C_ASSERT_PASTE(line)
#define LINSOCK_C_ASSERT_PASTE(line) linsock_c_assert_##line
#define MEMORY_ALLOCATION_ALIGNMENT 16

#define RtlZeroMemory(destination, length) memset((destination), 0, (length))
#define RtlFillMemory(destination, length, fill) memset((destination), (fill), (length))
#define RtlCopyMemory(destination, source, length) memcpy((destination), (source), (length))
#define RtlMoveMemory(destination, source, length) memmove((destination), (source), (length))
#define RtlEqualMemory(left, right, length) (!memcmp((left), (right), (length)))

#define MemoryBarrier() __sync_synchronize()
#define YieldProcessor() LINSOCK_PAUSE()
#if defined(__x86_64__)
#define LINSOCK_PAUSE() __builtin_ia32_pause()
#else
#define LINSOCK_PAUSE() ((void)0)
#endif

/* name                           value          access rights */
#define DELETE                    0x00010000
#define SYNCHRONIZE               0x00100000
#define STANDARD_RIGHTS_REQUIRED  0x000F0000
#define GENERIC_READ              0x80000000
#define GENERIC_WRITE             0x40000000
#define GENERIC_EXECUTE           0x20000000
#define GENERIC_ALL               0x10000000
#define FILE_READ_DATA            0x00000001
#define FILE_WRITE_DATA           0x00000002
#define FILE_APPEND_DATA          0x00000004
#define FILE_GENERIC_READ         0x00120089
#define FILE_GENERIC_WRITE        0x00120116
#define FILE_SHARE_READ           0x00000001
#define FILE_SHARE_WRITE          0x00000002
#define FILE_SHARE_DELETE         0x00000004
#define FILE_ATTRIBUTE_READONLY   0x00000001
#define FILE_ATTRIBUTE_HIDDEN     0x00000002
#define FILE_ATTRIBUTE_SYSTEM     0x00000004
#define FILE_ATTRIBUTE_DIRECTORY  0x00000010
#define FILE_ATTRIBUTE_ARCHIVE    0x00000020
#define FILE_ATTRIBUTE_NORMAL     0x00000080
#define FILE_ATTRIBUTE_TEMPORARY  0x00000100
#define FILE_ATTRIBUTE_REPARSE_POINT 0x00000400
#define IO_REPARSE_TAG_SYMLINK    0xA000000C
#define EVENT_MODIFY_STATE        0x0002
#define EVENT_ALL_ACCESS          0x1F0003
#define MUTEX_MODIFY_STATE        0x0001
#define MUTEX_ALL_ACCESS          0x1F0001
#define SEMAPHORE_MODIFY_STATE    0x0002
#define SEMAPHORE_ALL_ACCESS      0x1F0003
#define TIMER_QUERY_STATE         0x0001
#define TIMER_MODIFY_STATE        0x0002
#define TIMER_ALL_ACCESS          0x1F0003
#define THREAD_TERMINATE          0x0001
#define THREAD_SET_CONTEXT        0x0010
#define THREAD_QUERY_INFORMATION  0x0040
#define THREAD_ALL_ACCESS         0x1FFFFF

/* name                           value          options of DuplicateHandle */
#define DUPLICATE_CLOSE_SOURCE    0x00000001
#define DUPLICATE_SAME_ACCESS     0x00000002

/* name                           value          how a registered wait's function is called */
#define WT_EXECUTEDEFAULT         0x00000000
#define WT_EXECUTEINIOTHREAD      0x00000001
#define WT_EXECUTEINWAITTHREAD    0x00000004
#define WT_EXECUTEONLYONCE        0x00000008
#define WT_EXECUTELONGFUNCTION    0x00000010
#define WT_EXECUTEINTIMERTHREAD   0x00000020
#define WT_EXECUTEINPERSISTENTTHREAD 0x00000080
#define WT_TRANSFER_IMPERSONATION 0x00000100

typedef void (CALLBACK *WAITORTIMERCALLBACKFUNC)(PVOID lpParameter, BOOLEAN TimerOrWaitFired);
typedef WAITORTIMERCALLBACKFUNC WAITORTIMERCALLBACK;

/* name                           value          statuses that windows.h brings; the rest are in ntstatus.h */
#ifndef WIN32_NO_STATUS
#define STATUS_WAIT_0             ((DWORD)0x00000000)
#define STATUS_ABANDONED_WAIT_0   ((DWORD)0x00000080)
#define STATUS_USER_APC           ((DWORD)0x000000C0)
#define STATUS_TIMEOUT            ((DWORD)0x00000102)
#define STATUS_PENDING            ((DWORD)0x00000103)
#define STATUS_ACCESS_VIOLATION   ((DWORD)0xC0000005)
#define STATUS_INVALID_HANDLE     ((DWORD)0xC0000008)
#define STATUS_INVALID_PARAMETER  ((DWORD)0xC000000D)
#define STATUS_NO_MEMORY          ((DWORD)0xC0000017)
#endif
#define MAXIMUM_WAIT_OBJECTS      64

#endif /* _WINNT_ */
