//! What the environment asks for, read once.

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI32, Ordering};

/// The settings of this process.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// `LINSOCK_CONTRACT=observed`: where Microsoft's pages and Windows differ, follow Windows.
    pub observed: bool,
    /// `LINSOCK_THREAD_EXIT=cancel-all`: a thread's end cancels port operations too (DO-12).
    pub thread_exit_cancels_all: bool,
    /// `LINSOCK_CONTEXT=lenient`: everything works before SO_UPDATE_CONNECT_CONTEXT (C-110).
    pub lenient_context: bool,
    /// `LINSOCK_CHECK_POINTERS=all`: probe the pointers of every transfer.
    pub check_all_pointers: bool,
}

/// The settings, read from the environment at first use.
pub fn get() -> &'static Settings {
    static SETTINGS: OnceLock<Settings> = OnceLock::new();
    SETTINGS.get_or_init(|| {
        let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|set| set == value);
        Settings {
            observed: is("LINSOCK_CONTRACT", "observed"),
            thread_exit_cancels_all: is("LINSOCK_THREAD_EXIT", "cancel-all"),
            lenient_context: is("LINSOCK_CONTEXT", "lenient"),
            check_all_pointers: is("LINSOCK_CHECK_POINTERS", "all"),
        }
    })
}

/// TcpTimedWaitDelay, in seconds; allowed from 0 to 300 (C-136).
pub const TIMED_WAIT_SECONDS_MAX: u32 = 300;

const UNSET: i32 = -1;
const UNREAD: i32 = -2;
static TIMED_WAIT: AtomicI32 = AtomicI32::new(UNREAD);

/// The file that may hold TcpTimedWaitDelay, a number of seconds, for the whole machine.
const TIMED_WAIT_FILE: &str = "/etc/linsock/TcpTimedWaitDelay";

/// TcpTimedWaitDelay in seconds; `None` leaves TIME_WAIT to the kernel (C-135).
///
/// Comes from [`set_timed_wait_delay`], else `LINSOCK_TIMED_WAIT_DELAY`, else the file
/// `/etc/linsock/TcpTimedWaitDelay`.
pub fn timed_wait_delay() -> Option<u32> {
    let mut value = TIMED_WAIT.load(Ordering::Relaxed);
    if value == UNREAD {
        value =
            configured(std::env::var("LINSOCK_TIMED_WAIT_DELAY").ok(), TIMED_WAIT_FILE.as_ref());
        // A setter may have come first; its value stays.
        let _ = TIMED_WAIT.compare_exchange(UNREAD, value, Ordering::Relaxed, Ordering::Relaxed);
        value = TIMED_WAIT.load(Ordering::Relaxed);
    }
    u32::try_from(value).ok()
}

/// What the variable says or, without one, the file; UNSET for what is not a number in the range.
fn configured(variable: Option<String>, file: &Path) -> i32 {
    let text = variable.or_else(|| std::fs::read_to_string(file).ok());
    match text.and_then(|text| text.trim().parse::<u32>().ok()) {
        Some(seconds @ 0..=TIMED_WAIT_SECONDS_MAX) => seconds as i32,
        _ => UNSET,
    }
}

/// Sets TcpTimedWaitDelay; a value over 300 is refused and the previous one stays (C-137).
pub fn set_timed_wait_delay(seconds: u32) -> bool {
    if seconds > TIMED_WAIT_SECONDS_MAX {
        return false;
    }
    TIMED_WAIT.store(seconds as i32, Ordering::Relaxed);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_139_the_file_counts_where_no_variable_is_set() {
        let file = std::env::temp_dir().join(format!("TcpTimedWaitDelay-{}", std::process::id()));
        std::fs::write(&file, "240\n").expect("the file is written");
        let variable = |text: &str| Some(text.to_string());
        assert_eq!(configured(None, &file), 240);
        assert_eq!(configured(variable("2"), &file), 2);
        assert_eq!(configured(variable("301"), &file), UNSET);
        std::fs::write(&file, "soon").expect("the file is written");
        assert_eq!(configured(None, &file), UNSET);
        std::fs::remove_file(&file).expect("the file goes");
        assert_eq!(configured(None, &file), UNSET);
    }
}
