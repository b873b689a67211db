//! The modules under the names that windows-sys gives them.

/// Handles, errors and the types everything shares.
pub mod Foundation {
    pub use crate::last_error::{GetLastError, SetLastError};
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
        pub use crate::winsock::ioctl::*;
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

    /// Events, threads and waits.
    pub mod Threading {
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
            INFINITE, LPTHREAD_START_ROUTINE, PAPCFUNC, PTIMERAPCROUTINE, REASON_CONTEXT,
            WAITORTIMERCALLBACK, WORKER_THREAD_FLAGS, WT_EXECUTEDEFAULT, WT_EXECUTEINIOTHREAD,
            WT_EXECUTEINPERSISTENTTHREAD, WT_EXECUTEINTIMERTHREAD, WT_EXECUTEINWAITTHREAD,
            WT_EXECUTELONGFUNCTION, WT_EXECUTEONLYONCE, WT_TRANSFER_IMPERSONATION,
        };
    }

    /// Time since the system started.
    pub mod SystemInformation {
        pub use crate::threading::{GetTickCount, GetTickCount64};
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

/// Files; here, what they share with sockets.
pub mod Storage {
    /// Reading and writing by handle.
    pub mod FileSystem {
        pub use crate::io::{
            CreateFileA, CreateFileW, DeleteFileA, DeleteFileW, GetFileSize, GetFileSizeEx,
            ReadFile, SetFileCompletionNotificationModes, SetFilePointer, SetFilePointerEx,
            WriteFile,
        };
    }
}
