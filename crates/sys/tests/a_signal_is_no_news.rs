//! A signal that interrupts `select` or `WSAPoll` makes no socket ready: the wait goes on to its end.

use linsock_sys::Win32::Networking::WinSock::*;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

static CAUGHT: AtomicUsize = AtomicUsize::new(0);

extern "C" fn count(_signal: i32) {
    CAUGHT.fetch_add(1, Ordering::SeqCst);
}

/// Runs `wait` while the thread gets one signal after another.
fn among_signals<T>(wait: impl FnOnce() -> T) -> T {
    // SAFETY: zero is a value of the structure; the handler only counts. Without SA_RESTART.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = count as extern "C" fn(i32) as usize;
        libc::sigaction(libc::SIGUSR1, &raw const action, ptr::null_mut());
    }
    // SAFETY: has no preconditions.
    let thread = unsafe { libc::pthread_self() };
    let over = AtomicBool::new(false);
    let before = CAUGHT.load(Ordering::SeqCst);
    let result = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                // SAFETY: the thread waits in this scope.
                unsafe { libc::pthread_kill(thread, libc::SIGUSR1) };
                std::thread::sleep(Duration::from_millis(3));
            }
        });
        let result = wait();
        over.store(true, Ordering::SeqCst);
        result
    });
    assert!(CAUGHT.load(Ordering::SeqCst) > before, "no signal came");
    result
}

fn idle() -> SOCKET {
    let mut data = WSADATA::default();
    // SAFETY: the structure may be written.
    assert_eq!(unsafe { WSAStartup(0x0202, &raw mut data) }, 0);
    // SAFETY: no pointers.
    let s = unsafe { socket(AF_INET.into(), SOCK_DGRAM, 0) };
    let at = SOCKADDR_IN { sin_family: AF_INET, ..SOCKADDR_IN::default() };
    // SAFETY: an address of that length.
    assert_eq!(unsafe { bind(s, (&raw const at).cast(), size_of::<SOCKADDR_IN>() as i32) }, 0);
    s
}

const TIME: Duration = Duration::from_millis(200);

#[test]
fn select_waits_on() {
    let s = idle();
    let mut set = FD_SET { fd_count: 1, ..FD_SET::default() };
    set.fd_array[0] = s;
    let time = TIMEVAL { tv_sec: 0, tv_usec: TIME.as_micros() as i32 };
    let began = Instant::now();
    let ready = among_signals(|| {
        // SAFETY: one set and a time.
        unsafe { select(0, &raw mut set, ptr::null_mut(), ptr::null_mut(), &raw const time) }
    });
    assert_eq!((ready, set.fd_count), (0, 0));
    assert!(began.elapsed() >= TIME, "{:?}", began.elapsed());
}

#[test]
fn poll_waits_on() {
    let s = idle();
    let mut one = WSAPOLLFD { fd: s, events: POLLRDNORM, revents: 0 };
    let began = Instant::now();
    // SAFETY: one entry.
    let ready = among_signals(|| unsafe { WSAPoll(&raw mut one, 1, TIME.as_millis() as i32) });
    assert_eq!((ready, one.revents), (0, 0));
    assert!(began.elapsed() >= TIME, "{:?}", began.elapsed());
}
