//! ThreadSanitizer: what the library orders is told to it by `linsock/tsan.h`, which a program's calls are led to.

/// The functions that hand something from one thread to another, or take it.
const WRAPPED: &[&str] = &[
    "AcceptEx",
    "AcquireSRWLockExclusive",
    "AcquireSRWLockShared",
    "CreateThread",
    "EnterCriticalSection",
    "ExitThread",
    "GetOverlappedResult",
    "GetQueuedCompletionStatus",
    "GetQueuedCompletionStatusEx",
    "InitOnceExecuteOnce",
    "LeaveCriticalSection",
    "PostQueuedCompletionStatus",
    "ReadFile",
    "ReleaseMutex",
    "ReleaseSRWLockExclusive",
    "ReleaseSRWLockShared",
    "ReleaseSemaphore",
    "SetEvent",
    "SleepConditionVariableCS",
    "SleepConditionVariableSRW",
    "TransmitFile",
    "TryAcquireSRWLockExclusive",
    "TryAcquireSRWLockShared",
    "TryEnterCriticalSection",
    "WSAGetOverlappedResult",
    "WSAIoctl",
    "WSARecv",
    "WSARecvFrom",
    "WSASend",
    "WSASendTo",
    "WSASetEvent",
    "WSAWaitForMultipleEvents",
    "WaitForMultipleObjects",
    "WaitForMultipleObjectsEx",
    "WaitForSingleObject",
    "WaitForSingleObjectEx",
    "WriteFile",
];

/// Whether an option asks for the sanitizer.
pub fn are_watched_by(option: &str) -> bool {
    let list = option.strip_prefix("-fsanitize=");
    list.is_some_and(|list| list.split(',').any(|name| name == "thread"))
}

/// What is linked besides, for a program whose headers are in `include`.
pub fn words(include: &str, language: &str) -> Vec<String> {
    let source = format!("{include}/linsock/tsan.c");
    let mut words = ["-x", language, &source, "-x", "none"].map(str::to_owned).to_vec();
    words.extend(WRAPPED.iter().map(|name| format!("-Wl,--wrap={name}")));
    words
}

#[cfg(test)]
mod tests {
    use super::are_watched_by;

    #[test]
    fn the_sanitizer_is_recognised() {
        for (option, watched) in [
            ("-fsanitize=thread", true),
            ("-fsanitize=undefined,thread", true),
            ("-fsanitize=address", false),
            ("-fno-sanitize=thread", false),
            ("-fthread-jumps", false),
        ] {
            assert_eq!(are_watched_by(option), watched, "{option}");
        }
    }
}
