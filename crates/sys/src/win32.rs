//! The modules under the names that windows-sys gives them.

/// Handles, errors and the types everything shares.
pub mod Foundation {
    pub use crate::last_error::{GetLastError, SetLastError};
    pub use crate::system::{FreeLibrary, GlobalFree, LocalFree};
    pub use crate::threading::{
        CloseHandle, DuplicateHandle, GetHandleInformation, SetHandleInformation,
    };
    pub use linsock_abi::*;
}

/// Winsock.
pub mod Networking {
    /// Winsock's functions, types and constants.
    pub mod WinSock {
        pub use crate::io::WSAGetOverlappedResult;
        pub use crate::last_error::{WSAGetLastError, WSASetLastError};
        pub use crate::threading::{
            WSACloseEvent, WSACreateEvent, WSAResetEvent, WSASetEvent, WSAWaitForMultipleEvents,
        };
        pub use crate::winsock::accept::*;
        pub use crate::winsock::address::*;
        pub use crate::winsock::address_string::*;
        pub use crate::winsock::byte_order::*;
        pub use crate::winsock::connect_by::{
            WSAConnectByList, WSAConnectByNameA, WSAConnectByNameW, WSAConnectByNameW_utf32,
        };
        pub use crate::winsock::connection::{WSAConnect, connect};
        pub use crate::winsock::database::*;
        pub use crate::winsock::datagram::{WSARecvFrom, WSASendTo};
        pub use crate::winsock::ioctl::*;
        pub use crate::winsock::message::WSASendMsg;
        pub use crate::winsock::name_service::*;
        pub use crate::winsock::name_service_wide::*;
        pub use crate::winsock::network_events::*;
        pub use crate::winsock::option::*;
        pub use crate::winsock::protocol::*;
        pub use crate::winsock::select::*;
        pub use crate::winsock::socket::*;
        pub use crate::winsock::startup::*;
        pub use crate::winsock::transfer::*;
        pub use crate::winsock::transmit::*;
        pub use linsock_abi::*;
    }
}

/// The system's own services.
pub mod System {
    /// Overlapped I/O and completion ports.
    pub mod IO {
        pub use crate::io::{
            CancelIo, CancelIoEx, CancelSynchronousIo, CreateIoCompletionPort, GetOverlappedResult,
            GetOverlappedResultEx, GetQueuedCompletionStatus, GetQueuedCompletionStatusEx,
            PostQueuedCompletionStatus,
        };
        pub use linsock_abi::{OVERLAPPED, OVERLAPPED_ENTRY};
    }

    /// Events, threads, waits, locks, and storage of each thread's own.
    pub mod Threading {
        pub use crate::system::{
            CreateProcessA, CreateProcessW, ExitProcess, GetCurrentProcessId, GetExitCodeProcess,
            GetProcessId, InitializeSListHead, InterlockedFlushSList, InterlockedPopEntrySList,
            InterlockedPushEntrySList, InterlockedPushListSListEx, QueryDepthSList,
            TerminateProcess,
        };
        pub use crate::threading::{
            AcquireSRWLockExclusive, AcquireSRWLockShared, DeleteCriticalSection,
            EnterCriticalSection, FlsAlloc, FlsFree, FlsGetValue, FlsSetValue,
            InitOnceBeginInitialize, InitOnceComplete, InitOnceExecuteOnce, InitOnceInitialize,
            InitializeConditionVariable, InitializeCriticalSection,
            InitializeCriticalSectionAndSpinCount, InitializeCriticalSectionEx, InitializeSRWLock,
            LeaveCriticalSection, ReleaseSRWLockExclusive, ReleaseSRWLockShared,
            SetCriticalSectionSpinCount, SleepConditionVariableCS, SleepConditionVariableSRW,
            TlsAlloc, TlsFree, TlsGetValue, TlsSetValue, TryAcquireSRWLockExclusive,
            TryAcquireSRWLockShared, TryEnterCriticalSection, WakeAllConditionVariable,
            WakeConditionVariable,
        };
        pub use crate::threading::{
            CancelWaitableTimer, CreateEventA, CreateEventW, CreateMutexA, CreateMutexW,
            CreateSemaphoreA, CreateSemaphoreW, CreateThread, CreateWaitableTimerA,
            CreateWaitableTimerExA, CreateWaitableTimerExW, CreateWaitableTimerW, ExitThread,
            GetCurrentProcess, GetCurrentThread, GetCurrentThreadId, GetExitCodeThread, OpenEventA,
            OpenEventW, OpenMutexW, OpenSemaphoreW, OpenThread, OpenWaitableTimerA,
            OpenWaitableTimerW, QueueUserAPC, RegisterWaitForSingleObject, ReleaseMutex,
            ReleaseSemaphore, ResetEvent, ResumeThread, SetEvent, SetWaitableTimer,
            SetWaitableTimerEx, SignalObjectAndWait, Sleep, SleepEx, SuspendThread, UnregisterWait,
            UnregisterWaitEx, WaitForMultipleObjects, WaitForMultipleObjectsEx,
            WaitForSingleObject, WaitForSingleObjectEx,
        };
        pub use crate::threading::{
            GetCurrentProcessorNumber, GetProcessAffinityMask, GetThreadDescription, GetThreadId,
            GetThreadPriority, SetProcessAffinityMask, SetThreadAffinityMask, SetThreadDescription,
            SetThreadPriority, SwitchToThread,
        };
        pub use linsock_abi::{
            ABOVE_NORMAL_PRIORITY_CLASS, BELOW_NORMAL_PRIORITY_CLASS, CREATE_BREAKAWAY_FROM_JOB,
            CREATE_DEFAULT_ERROR_MODE, CREATE_NEW_CONSOLE, CREATE_NEW_PROCESS_GROUP,
            CREATE_NO_WINDOW, CREATE_UNICODE_ENVIRONMENT, DETACHED_PROCESS, HIGH_PRIORITY_CLASS,
            IDLE_PRIORITY_CLASS, NORMAL_PRIORITY_CLASS, PROCESS_CREATION_FLAGS,
            PROCESS_INFORMATION, REALTIME_PRIORITY_CLASS, STARTF_USESTDHANDLES, STARTUPINFOA,
            STARTUPINFOW, STARTUPINFOW_FLAGS,
        };
        pub use linsock_abi::{
            CONDITION_VARIABLE, CONDITION_VARIABLE_INIT, CRITICAL_SECTION, FLS_OUT_OF_INDEXES,
            INIT_ONCE, INIT_ONCE_STATIC_INIT, PFLS_CALLBACK_FUNCTION, PINIT_ONCE_FN, SRWLOCK,
            SRWLOCK_INIT, TLS_OUT_OF_INDEXES,
        };
        pub use linsock_abi::{
            INFINITE, LPTHREAD_START_ROUTINE, PAPCFUNC, PTIMERAPCROUTINE, REASON_CONTEXT,
            WAITORTIMERCALLBACK, WORKER_THREAD_FLAGS, WT_EXECUTEDEFAULT, WT_EXECUTEINIOTHREAD,
            WT_EXECUTEINPERSISTENTTHREAD, WT_EXECUTEINTIMERTHREAD, WT_EXECUTEINWAITTHREAD,
            WT_EXECUTELONGFUNCTION, WT_EXECUTEONLYONCE, WT_TRANSFER_IMPERSONATION,
        };
        pub use linsock_abi::{
            THREAD_PRIORITY, THREAD_PRIORITY_ABOVE_NORMAL, THREAD_PRIORITY_BELOW_NORMAL,
            THREAD_PRIORITY_HIGHEST, THREAD_PRIORITY_IDLE, THREAD_PRIORITY_LOWEST,
            THREAD_PRIORITY_NORMAL, THREAD_PRIORITY_TIME_CRITICAL,
        };
    }

    /// Heaps, pages of memory, and views of files.
    pub mod Memory {
        pub use crate::system::{
            CreateFileMappingA, CreateFileMappingW, FlushViewOfFile, GetProcessHeap, GlobalAlloc,
            GlobalLock, GlobalUnlock, HeapAlloc, HeapCompact, HeapCreate, HeapDestroy, HeapFree,
            HeapReAlloc, HeapSetInformation, HeapSize, HeapValidate, LocalAlloc, MapViewOfFile,
            MapViewOfFileEx, OpenFileMappingA, OpenFileMappingW, UnmapViewOfFile, VirtualAlloc,
            VirtualFree, VirtualLock, VirtualProtect, VirtualQuery, VirtualUnlock,
        };
        pub use linsock_abi::{
            FILE_MAP, FILE_MAP_ALL_ACCESS, FILE_MAP_COPY, FILE_MAP_EXECUTE, FILE_MAP_READ,
            FILE_MAP_WRITE, GHND, GMEM_FIXED, GMEM_MOVEABLE, GMEM_ZEROINIT, GPTR, HEAP_FLAGS,
            HEAP_GENERATE_EXCEPTIONS, HEAP_INFORMATION_CLASS, HEAP_NO_SERIALIZE,
            HEAP_REALLOC_IN_PLACE_ONLY, HEAP_ZERO_MEMORY, HeapCompatibilityInformation,
            HeapEnableTerminationOnCorruption, LMEM_ZEROINIT, MEM_COMMIT, MEM_DECOMMIT, MEM_FREE,
            MEM_IMAGE, MEM_LARGE_PAGES, MEM_MAPPED, MEM_PRIVATE, MEM_RELEASE, MEM_RESERVE,
            MEM_TOP_DOWN, MEMORY_BASIC_INFORMATION, MEMORY_MAPPED_VIEW_ADDRESS, PAGE_EXECUTE,
            PAGE_EXECUTE_READ, PAGE_EXECUTE_READWRITE, PAGE_EXECUTE_WRITECOPY, PAGE_GUARD,
            PAGE_NOACCESS, PAGE_NOCACHE, PAGE_PROTECTION_FLAGS, PAGE_READONLY, PAGE_READWRITE,
            PAGE_TYPE, PAGE_WRITECOPY, SEC_COMMIT, SEC_FILE, SEC_IMAGE, SEC_LARGE_PAGES,
            SEC_NOCACHE, SEC_RESERVE, SEC_WRITECOMBINE, VIRTUAL_ALLOCATION_TYPE, VIRTUAL_FREE_TYPE,
        };
    }

    /// Modules and their functions.
    pub mod LibraryLoader {
        pub use crate::system::{
            GetModuleFileNameA, GetModuleFileNameW, GetModuleHandleA, GetModuleHandleW,
            GetProcAddress, LoadLibraryA, LoadLibraryExA, LoadLibraryW,
        };
    }

    /// Texts of errors.
    pub mod Diagnostics {
        /// FormatMessage.
        pub mod Debug {
            pub use crate::system::{
                DebugBreak, FormatMessageA, FormatMessageW, IsDebuggerPresent, OutputDebugStringA,
                OutputDebugStringW, SetErrorMode,
            };
            pub use linsock_abi::{
                FORMAT_MESSAGE_ALLOCATE_BUFFER, FORMAT_MESSAGE_ARGUMENT_ARRAY,
                FORMAT_MESSAGE_FROM_HMODULE, FORMAT_MESSAGE_FROM_STRING,
                FORMAT_MESSAGE_FROM_SYSTEM, FORMAT_MESSAGE_IGNORE_INSERTS, SEM_FAILCRITICALERRORS,
                SEM_NOALIGNMENTFAULTEXCEPT, SEM_NOGPFAULTERRORBOX, SEM_NOOPENFILEERRORBOX,
                THREAD_ERROR_MODE,
            };
        }
    }

    /// What the system is, and its clocks.
    pub mod SystemInformation {
        pub use crate::system::{
            GetLocalTime, GetSystemDirectoryA, GetSystemDirectoryW, GetSystemInfo, GetSystemTime,
            GetSystemTimeAsFileTime, GetSystemTimePreciseAsFileTime, GetSystemWindowsDirectoryA,
            GetSystemWindowsDirectoryW, GetVersion, GetWindowsDirectoryA, GetWindowsDirectoryW,
            VerSetConditionMask, VerifyVersionInfoA, VerifyVersionInfoW,
        };
        pub use crate::threading::{GetTickCount, GetTickCount64};
        pub use linsock_abi::{
            OSVERSIONINFOEXA, OSVERSIONINFOEXW, SYSTEM_INFO, VER_BUILDNUMBER, VER_MAJORVERSION,
            VER_MINORVERSION,
        };
    }

    /// Dates.
    pub mod Time {
        pub use crate::system::{FileTimeToSystemTime, SystemTimeToFileTime};
    }

    /// The console, the standard streams, and what asks the process to end.
    pub mod Console {
        pub use crate::io::{
            GetConsoleCP, GetConsoleMode, GetConsoleOutputCP, GetConsoleScreenBufferInfo,
            GetStdHandle, ReadConsoleA, ReadConsoleW, SetConsoleCP, SetConsoleMode,
            SetConsoleOutputCP, SetConsoleTextAttribute, SetConsoleTitleA, SetConsoleTitleW,
            WriteConsoleA, WriteConsoleW,
        };
        pub use crate::system::{GenerateConsoleCtrlEvent, SetConsoleCtrlHandler};
        pub use linsock_abi::{
            BACKGROUND_BLUE, BACKGROUND_GREEN, BACKGROUND_INTENSITY, BACKGROUND_RED,
            COMMON_LVB_REVERSE_VIDEO, COMMON_LVB_UNDERSCORE, CONSOLE_CHARACTER_ATTRIBUTES,
            CONSOLE_MODE, CONSOLE_READCONSOLE_CONTROL, CONSOLE_SCREEN_BUFFER_INFO, COORD,
            CTRL_BREAK_EVENT, CTRL_C_EVENT, CTRL_CLOSE_EVENT, CTRL_LOGOFF_EVENT,
            CTRL_SHUTDOWN_EVENT, ENABLE_ECHO_INPUT, ENABLE_EXTENDED_FLAGS, ENABLE_INSERT_MODE,
            ENABLE_LINE_INPUT, ENABLE_MOUSE_INPUT, ENABLE_PROCESSED_INPUT, ENABLE_PROCESSED_OUTPUT,
            ENABLE_QUICK_EDIT_MODE, ENABLE_VIRTUAL_TERMINAL_INPUT,
            ENABLE_VIRTUAL_TERMINAL_PROCESSING, ENABLE_WINDOW_INPUT, ENABLE_WRAP_AT_EOL_OUTPUT,
            FOREGROUND_BLUE, FOREGROUND_GREEN, FOREGROUND_INTENSITY, FOREGROUND_RED,
            PHANDLER_ROUTINE, SMALL_RECT, STD_ERROR_HANDLE, STD_HANDLE, STD_INPUT_HANDLE,
            STD_OUTPUT_HANDLE,
        };
    }

    /// The environment and the command line.
    pub mod Environment {
        pub use crate::io::{
            GetCurrentDirectoryA, GetCurrentDirectoryW, SetCurrentDirectoryA, SetCurrentDirectoryW,
        };
        pub use crate::system::{
            GetCommandLineA, GetCommandLineW, GetEnvironmentVariableA, GetEnvironmentVariableW,
            SetEnvironmentVariableA, SetEnvironmentVariableW,
        };
    }

    /// Interlocked lists' records.
    pub mod Kernel {
        pub use linsock_abi::{SLIST_ENTRY, SLIST_HEADER, SLIST_HEADER_0};
    }

    /// The finest clock.
    pub mod Performance {
        pub use crate::threading::{QueryPerformanceCounter, QueryPerformanceFrequency};
    }

    /// What older headers define.
    pub mod WindowsProgramming {
        pub use crate::system::{GetComputerNameA, GetComputerNameW, MulDiv};
        pub use crate::threading::{OpenMutexA, OpenSemaphoreA};
        pub use linsock_abi::{
            FILE_SKIP_COMPLETION_PORT_ON_SUCCESS, FILE_SKIP_SET_EVENT_ON_HANDLE,
        };
    }
}

/// Texts: from bytes to wide characters and back, copied and compared.
pub mod Globalization {
    pub use crate::system::{
        GetACP, GetOEMCP, IsValidCodePage, MultiByteToWideChar, WideCharToMultiByte, lstrcatA,
        lstrcatW, lstrcmpA, lstrcmpW, lstrcmpiA, lstrcmpiW, lstrcpyA, lstrcpyW, lstrcpynA,
        lstrcpynW, lstrlenA, lstrlenW,
    };
    pub use linsock_abi::{
        CP_ACP, CP_OEMCP, CP_THREAD_ACP, CP_UTF8, MB_ERR_INVALID_CHARS, MB_PRECOMPOSED,
        MULTI_BYTE_TO_WIDE_CHAR_FLAGS, WC_ERR_INVALID_CHARS, WC_NO_BEST_FIT_CHARS,
    };
}

/// What keeps secrets.
pub mod Security {
    /// Random bytes.
    pub mod Cryptography {
        pub use crate::system::BCryptGenRandom;
    }
}

/// Files.
pub mod Storage {
    /// Reading and writing by handle; names, folders and searches.
    pub mod FileSystem {
        pub use crate::io::{
            CopyFileA, CopyFileW, CreateDirectoryA, CreateDirectoryW, CreateFileA, CreateFileW,
            DeleteFileA, DeleteFileW, FindClose, FindFirstFileA, FindFirstFileW, FindNextFileA,
            FindNextFileW, FlushFileBuffers, GetFileAttributesA, GetFileAttributesExA,
            GetFileAttributesExW, GetFileAttributesW, GetFileSize, GetFileSizeEx, GetFileTime,
            GetFileType, GetFullPathNameA, GetFullPathNameW, GetTempFileNameA, GetTempFileNameW,
            GetTempPathA, GetTempPathW, MoveFileA, MoveFileExA, MoveFileExW, MoveFileW, ReadFile,
            ReadFileEx, RemoveDirectoryA, RemoveDirectoryW, SetEndOfFile,
            SetFileCompletionNotificationModes, SetFilePointer, SetFilePointerEx, WriteFile,
            WriteFileEx,
        };
        pub use crate::system::{
            CompareFileTime, FileTimeToLocalFileTime, LocalFileTimeToFileTime,
        };
        pub use linsock_abi::{
            CREATE_ALWAYS, CREATE_NEW, FILE_ACCESS_RIGHTS, FILE_APPEND_DATA,
            FILE_ATTRIBUTE_ARCHIVE, FILE_ATTRIBUTE_DIRECTORY, FILE_ATTRIBUTE_HIDDEN,
            FILE_ATTRIBUTE_NORMAL, FILE_ATTRIBUTE_READONLY, FILE_ATTRIBUTE_REPARSE_POINT,
            FILE_ATTRIBUTE_SYSTEM, FILE_ATTRIBUTE_TEMPORARY, FILE_BEGIN, FILE_CREATION_DISPOSITION,
            FILE_CURRENT, FILE_END, FILE_FLAG_DELETE_ON_CLOSE, FILE_FLAG_OVERLAPPED,
            FILE_FLAG_WRITE_THROUGH, FILE_FLAGS_AND_ATTRIBUTES, FILE_GENERIC_READ,
            FILE_GENERIC_WRITE, FILE_READ_DATA, FILE_SHARE_DELETE, FILE_SHARE_MODE,
            FILE_SHARE_NONE, FILE_SHARE_READ, FILE_SHARE_WRITE, FILE_TYPE, FILE_TYPE_CHAR,
            FILE_TYPE_DISK, FILE_TYPE_PIPE, FILE_TYPE_UNKNOWN, FILE_WRITE_DATA,
            GET_FILEEX_INFO_LEVELS, GetFileExInfoStandard, GetFileExMaxInfoLevel,
            INVALID_FILE_ATTRIBUTES, MOVE_FILE_FLAGS, MOVEFILE_COPY_ALLOWED,
            MOVEFILE_DELAY_UNTIL_REBOOT, MOVEFILE_REPLACE_EXISTING, MOVEFILE_WRITE_THROUGH,
            OPEN_ALWAYS, OPEN_EXISTING, SET_FILE_POINTER_MOVE_METHOD, TRUNCATE_EXISTING,
            WIN32_FILE_ATTRIBUTE_DATA, WIN32_FIND_DATAA, WIN32_FIND_DATAW,
        };
    }
}
