//! The modules under the names that windows-sys gives them.

/// Handles, errors and the types everything shares.
pub mod Foundation {
    pub use crate::last_error::{GetLastError, SetLastError};
    pub use crate::system::{FreeLibrary, LocalFree};
    pub use crate::threading::{CloseHandle, DuplicateHandle};
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
        pub use crate::system::GetCurrentProcessId;
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
            ReleaseSemaphore, ResetEvent, SetEvent, SetWaitableTimer, SetWaitableTimerEx,
            SignalObjectAndWait, Sleep, SleepEx, UnregisterWait, UnregisterWaitEx,
            WaitForMultipleObjects, WaitForMultipleObjectsEx, WaitForSingleObject,
            WaitForSingleObjectEx,
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
    }

    /// Heaps.
    pub mod Memory {
        pub use crate::system::{
            GetProcessHeap, HeapAlloc, HeapCreate, HeapDestroy, HeapFree, HeapReAlloc, HeapSize,
            LocalAlloc,
        };
        pub use linsock_abi::{
            HEAP_GENERATE_EXCEPTIONS, HEAP_NO_SERIALIZE, HEAP_REALLOC_IN_PLACE_ONLY,
            HEAP_ZERO_MEMORY, LMEM_ZEROINIT,
        };
    }

    /// Modules and their functions.
    pub mod LibraryLoader {
        pub use crate::system::{
            GetModuleHandleA, GetModuleHandleW, GetProcAddress, LoadLibraryA, LoadLibraryExA,
            LoadLibraryW,
        };
    }

    /// Texts of errors.
    pub mod Diagnostics {
        /// FormatMessage.
        pub mod Debug {
            pub use crate::system::{FormatMessageA, FormatMessageW};
            pub use linsock_abi::{
                FORMAT_MESSAGE_ALLOCATE_BUFFER, FORMAT_MESSAGE_ARGUMENT_ARRAY,
                FORMAT_MESSAGE_FROM_HMODULE, FORMAT_MESSAGE_FROM_STRING,
                FORMAT_MESSAGE_FROM_SYSTEM, FORMAT_MESSAGE_IGNORE_INSERTS,
            };
        }
    }

    /// What the system is, and its clocks.
    pub mod SystemInformation {
        pub use crate::system::{
            GetSystemInfo, GetSystemTimeAsFileTime, GetSystemTimePreciseAsFileTime,
            VerSetConditionMask, VerifyVersionInfoA, VerifyVersionInfoW,
        };
        pub use crate::threading::{GetTickCount, GetTickCount64};
        pub use linsock_abi::{
            OSVERSIONINFOEXA, OSVERSIONINFOEXW, SYSTEM_INFO, VER_BUILDNUMBER, VER_MAJORVERSION,
            VER_MINORVERSION,
        };
    }

    /// The finest clock.
    pub mod Performance {
        pub use crate::threading::{QueryPerformanceCounter, QueryPerformanceFrequency};
    }

    /// What older headers define.
    pub mod WindowsProgramming {
        pub use crate::threading::{OpenMutexA, OpenSemaphoreA};
        pub use linsock_abi::{
            FILE_SKIP_COMPLETION_PORT_ON_SUCCESS, FILE_SKIP_SET_EVENT_ON_HANDLE,
        };
    }
}

/// What keeps secrets.
pub mod Security {
    /// Random bytes.
    pub mod Cryptography {
        pub use crate::system::BCryptGenRandom;
    }
}

/// Files; here, what they share with sockets.
pub mod Storage {
    /// Reading and writing by handle.
    pub mod FileSystem {
        pub use crate::io::{
            CreateFileA, CreateFileW, DeleteFileA, DeleteFileW, FlushFileBuffers, GetFileSize,
            GetFileSizeEx, ReadFile, ReadFileEx, SetEndOfFile, SetFileCompletionNotificationModes,
            SetFilePointer, SetFilePointerEx, WriteFile, WriteFileEx,
        };
        pub use linsock_abi::{
            CREATE_ALWAYS, CREATE_NEW, FILE_ACCESS_RIGHTS, FILE_APPEND_DATA, FILE_BEGIN,
            FILE_CREATION_DISPOSITION, FILE_CURRENT, FILE_END, FILE_FLAG_DELETE_ON_CLOSE,
            FILE_FLAG_OVERLAPPED, FILE_FLAG_WRITE_THROUGH, FILE_FLAGS_AND_ATTRIBUTES,
            FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_READ_DATA, FILE_SHARE_DELETE,
            FILE_SHARE_MODE, FILE_SHARE_NONE, FILE_SHARE_READ, FILE_SHARE_WRITE, FILE_WRITE_DATA,
            OPEN_ALWAYS, OPEN_EXISTING, SET_FILE_POINTER_MOVE_METHOD, TRUNCATE_EXISTING,
        };
    }
}
