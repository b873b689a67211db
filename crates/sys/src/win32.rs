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

/// The machine's networks.
pub mod NetworkManagement {
    /// Adapters, their addresses, and which one leads where.
    pub mod IpHelper {
        pub use crate::ip_helper::*;
        pub use linsock_abi::{
            BROADCAST_NODETYPE, DEFAULT_MINIMUM_ENTITIES, FIXED_INFO_W2KSP1,
            GAA_FLAG_INCLUDE_ALL_COMPARTMENTS, GAA_FLAG_INCLUDE_ALL_INTERFACES,
            GAA_FLAG_INCLUDE_GATEWAYS, GAA_FLAG_INCLUDE_PREFIX,
            GAA_FLAG_INCLUDE_TUNNEL_BINDINGORDER, GAA_FLAG_INCLUDE_WINS_INFO,
            GAA_FLAG_SKIP_ANYCAST, GAA_FLAG_SKIP_DNS_INFO, GAA_FLAG_SKIP_DNS_SERVER,
            GAA_FLAG_SKIP_FRIENDLY_NAME, GAA_FLAG_SKIP_MULTICAST, GAA_FLAG_SKIP_UNICAST,
            GET_ADAPTERS_ADDRESSES_FLAGS, HYBRID_NODETYPE, IF_TYPE_ADSL, IF_TYPE_ATM,
            IF_TYPE_ETHERNET_CSMACD, IF_TYPE_FASTETHER, IF_TYPE_FDDI, IF_TYPE_GIGABITETHERNET,
            IF_TYPE_IEEE1394, IF_TYPE_IEEE80211, IF_TYPE_IEEE80216_WMAN, IF_TYPE_ISDN,
            IF_TYPE_ISO88025_TOKENRING, IF_TYPE_MODEM, IF_TYPE_OTHER, IF_TYPE_PPP,
            IF_TYPE_PPPMULTILINKBUNDLE, IF_TYPE_PROP_VIRTUAL, IF_TYPE_SLIP,
            IF_TYPE_SOFTWARE_LOOPBACK, IF_TYPE_TUNNEL, IF_TYPE_VDSL, IF_TYPE_WWANPP,
            IF_TYPE_WWANPP2, IP_ADAPTER_ADDRESS_DNS_ELIGIBLE, IP_ADAPTER_ADDRESS_TRANSIENT,
            IP_ADAPTER_ADDRESSES_LH, IP_ADAPTER_ADDRESSES_LH_0, IP_ADAPTER_ADDRESSES_LH_0_0,
            IP_ADAPTER_ADDRESSES_LH_1, IP_ADAPTER_ADDRESSES_LH_1_0, IP_ADAPTER_ANYCAST_ADDRESS_XP,
            IP_ADAPTER_ANYCAST_ADDRESS_XP_0, IP_ADAPTER_ANYCAST_ADDRESS_XP_0_0,
            IP_ADAPTER_DDNS_ENABLED, IP_ADAPTER_DHCP_ENABLED, IP_ADAPTER_DNS_SERVER_ADDRESS_XP,
            IP_ADAPTER_DNS_SERVER_ADDRESS_XP_0, IP_ADAPTER_DNS_SERVER_ADDRESS_XP_0_0,
            IP_ADAPTER_DNS_SUFFIX, IP_ADAPTER_GATEWAY_ADDRESS_LH, IP_ADAPTER_GATEWAY_ADDRESS_LH_0,
            IP_ADAPTER_GATEWAY_ADDRESS_LH_0_0, IP_ADAPTER_INFO, IP_ADAPTER_IPV4_ENABLED,
            IP_ADAPTER_IPV6_ENABLED, IP_ADAPTER_IPV6_MANAGE_ADDRESS_CONFIG,
            IP_ADAPTER_IPV6_OTHER_STATEFUL_CONFIG, IP_ADAPTER_MULTICAST_ADDRESS_XP,
            IP_ADAPTER_MULTICAST_ADDRESS_XP_0, IP_ADAPTER_MULTICAST_ADDRESS_XP_0_0,
            IP_ADAPTER_NETBIOS_OVER_TCPIP_ENABLED, IP_ADAPTER_NO_MULTICAST, IP_ADAPTER_PREFIX_XP,
            IP_ADAPTER_PREFIX_XP_0, IP_ADAPTER_PREFIX_XP_0_0, IP_ADAPTER_RECEIVE_ONLY,
            IP_ADAPTER_REGISTER_ADAPTER_SUFFIX, IP_ADAPTER_UNICAST_ADDRESS_LH,
            IP_ADAPTER_UNICAST_ADDRESS_LH_0, IP_ADAPTER_UNICAST_ADDRESS_LH_0_0,
            IP_ADAPTER_WINS_SERVER_ADDRESS_LH, IP_ADAPTER_WINS_SERVER_ADDRESS_LH_0,
            IP_ADAPTER_WINS_SERVER_ADDRESS_LH_0_0, IP_ADDR_STRING, IP_ADDRESS_STRING,
            MAX_ADAPTER_ADDRESS_LENGTH, MAX_ADAPTER_DESCRIPTION_LENGTH, MAX_ADAPTER_NAME,
            MAX_ADAPTER_NAME_LENGTH, MAX_DHCPV6_DUID_LENGTH, MAX_DOMAIN_NAME_LEN, MAX_HOSTNAME_LEN,
            MAX_SCOPE_ID_LEN, MIXED_NODETYPE, PEER_TO_PEER_NODETYPE,
        };
    }

    /// What adapters are.
    pub mod Ndis {
        pub use linsock_abi::{
            IF_MAX_PHYS_ADDRESS_LENGTH, IF_MAX_STRING_SIZE, IF_OPER_STATUS, IfOperStatusDormant,
            IfOperStatusDown, IfOperStatusLowerLayerDown, IfOperStatusNotPresent,
            IfOperStatusTesting, IfOperStatusUnknown, IfOperStatusUp, NET_IF_COMPARTMENT_ID,
            NET_IF_COMPARTMENT_ID_PRIMARY, NET_IF_COMPARTMENT_ID_UNSPECIFIED,
            NET_IF_CONNECTION_DEDICATED, NET_IF_CONNECTION_DEMAND, NET_IF_CONNECTION_MAXIMUM,
            NET_IF_CONNECTION_PASSIVE, NET_IF_CONNECTION_TYPE, NET_LUID_LH, NET_LUID_LH_0,
            TUNNEL_TYPE, TUNNEL_TYPE_6TO4, TUNNEL_TYPE_DIRECT, TUNNEL_TYPE_IPHTTPS,
            TUNNEL_TYPE_ISATAP, TUNNEL_TYPE_NONE, TUNNEL_TYPE_OTHER, TUNNEL_TYPE_TEREDO,
        };
    }
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
        pub use crate::system::{
            BCryptGenRandom, CryptAcquireContextA, CryptAcquireContextW, CryptGenRandom,
            CryptReleaseContext,
        };
        pub use linsock_abi::{
            CRYPT_DEFAULT_CONTAINER_OPTIONAL, CRYPT_DELETEKEYSET, CRYPT_KEY_FLAGS,
            CRYPT_MACHINE_KEYSET, CRYPT_NEWKEYSET, CRYPT_SILENT, CRYPT_VERIFYCONTEXT,
            PROV_DH_SCHANNEL, PROV_DSS, PROV_DSS_DH, PROV_FORTEZZA, PROV_INTEL_SEC,
            PROV_MS_EXCHANGE, PROV_RNG, PROV_RSA_AES, PROV_RSA_FULL, PROV_RSA_SCHANNEL,
            PROV_RSA_SIG, PROV_SSL,
        };
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
