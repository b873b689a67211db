//! One io_uring instance.
//!
//! A request belongs to the task that submitted it: it is lost when that task exits, so only
//! engine threads and a port's workers have rings, and a worker hands its requests over
//! before it ends. Completions may be taken by any thread; the ring's descriptor is readable
//! while there are some. No DEFER_TASKRUN (its owner alone could wait) and no COOP_TASKRUN
//! (a computing owner would delay completions by a timer tick).

use crate::net::Fd;
use io_uring::{IoUring, squeue, types};
use linsock_abi::Errno;
use std::os::fd::AsRawFd;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// The user data of requests whose completion nobody wants to see.
const UNOBSERVED: u64 = u64::MAX;
const SUBMISSIONS: u32 = 64;
/// The kernel keeps what does not fit, at a price; this many fit for free.
const COMPLETIONS: u32 = 4096;

/// A completion: the request's user data and the kernel's result.
pub type Completed = (u64, i32);

/// A ring, its two ends guarded separately.
pub struct Ring {
    uring: IoUring,
    submitting: Mutex<()>,
    reaping: Mutex<()>,
    /// Requests submitted whose completion was not yet taken.
    in_flight: AtomicUsize,
    id: AtomicU64,
}

impl std::fmt::Debug for Ring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ring({})", self.descriptor())
    }
}

fn guard(lock: &Mutex<()>) -> std::sync::MutexGuard<'_, ()> {
    lock.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Ring {
    /// Makes a ring; fails where the kernel or a sandbox refuses.
    pub fn new() -> Result<Self, Errno> {
        fault!(IoUringSetup);
        let uring = IoUring::builder()
            .setup_cqsize(COMPLETIONS)
            .setup_clamp()
            .dontfork()
            .build(SUBMISSIONS)
            .map_err(|error| Errno(error.raw_os_error().unwrap_or(libc::ENOSYS)))?;
        Ok(Ring {
            uring,
            submitting: Mutex::new(()),
            reaping: Mutex::new(()),
            in_flight: AtomicUsize::new(0),
            id: AtomicU64::new(0),
        })
    }

    /// The descriptor that is readable while completions wait.
    pub fn descriptor(&self) -> Fd {
        self.uring.as_raw_fd()
    }

    /// Hands linked requests to the kernel, in one system call.
    ///
    /// # Safety
    /// What the requests point to must stay valid and unmoved until their completion was
    /// taken, and the calling task must be one that outlives them.
    pub(crate) unsafe fn submit(&self, entries: &[squeue::Entry]) -> Result<(), Errno> {
        let _guard = guard(&self.submitting);
        // SAFETY: `submitting` makes this the only user of the submission queue.
        let mut queue = unsafe { self.uring.submission_shared() };
        // SAFETY: the caller vouches for what the entries point to.
        if unsafe { queue.push_multiple(entries) }.is_err() {
            return Err(Errno(libc::EAGAIN));
        }
        drop(queue);
        self.in_flight.fetch_add(entries.len(), Ordering::Relaxed);
        let enter = || {
            fault!(IoUringEnter);
            self.uring.submit().map_err(|error| Errno(error.raw_os_error().unwrap_or(0)))
        };
        loop {
            match enter() {
                // SAFETY: `submitting` makes this the only user of the submission queue.
                Ok(_) if unsafe { self.uring.submission_shared() }.is_empty() => break,
                // The kernel took the first of two, and had no memory for the second.
                Ok(_) => std::thread::yield_now(),
                Err(Errno(libc::EINTR)) => {}
                // Completions must be taken before the kernel accepts more.
                Err(Errno(libc::EAGAIN | libc::EBUSY)) => std::thread::yield_now(),
                Err(_) => break,
            }
        }
        Ok(())
    }

    /// Takes the completions that are there, without a system call, and appends them.
    pub fn reap(&self, taken: &mut Vec<Completed>) {
        let _guard = guard(&self.reaping);
        if self.has_overflowed() {
            // SAFETY: asks the kernel to move what it kept into the queue; no pointers.
            let _ = unsafe { self.uring.submitter().enter::<libc::sigset_t>(0, 0, 1, None) };
        }
        // SAFETY: `reaping` makes this the only user of the completion queue.
        let queue = unsafe { self.uring.completion_shared() };
        let before = taken.len();
        let mut n = 0;
        for entry in queue {
            n += 1;
            if entry.user_data() != UNOBSERVED {
                taken.push((entry.user_data(), outcome(entry.result())));
            }
        }
        debug_assert!(taken.len() - before <= n);
        self.in_flight.fetch_sub(n, Ordering::Relaxed);
    }

    /// Whether the kernel keeps completions that did not fit into their queue. The flag is in the
    /// submission queue, whose borrow writes its end back when it is dropped: without the guard a
    /// request that is being submitted meanwhile would be taken out again. So it is only looked at
    /// where so many requests are out that it can be set.
    fn has_overflowed(&self) -> bool {
        if self.in_flight.load(Ordering::Relaxed) <= self.uring.params().cq_entries() as usize {
            return false;
        }
        let _guard = guard(&self.submitting);
        // SAFETY: `submitting` makes this the only user of the submission queue.
        unsafe { self.uring.submission_shared() }.cq_overflow()
    }

    /// Whether completions are waiting; no system call.
    pub fn has_completions(&self) -> bool {
        if self.in_flight.load(Ordering::Relaxed) == 0 {
            return false;
        }
        let _guard = guard(&self.reaping);
        // SAFETY: `reaping` makes this the only user of the completion queue.
        !unsafe { self.uring.completion_shared() }.is_empty()
    }

    /// Requests that the kernel holds or whose completion was not yet taken.
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Asks the kernel to give a request back; its completion tells how it ended.
    /// Any thread may ask.
    pub fn cancel(&self, user_data: u64) {
        let criteria = types::CancelBuilder::user_data(user_data).all();
        let _ = self.uring.submitter().register_sync_cancel(None, criteria);
    }

    /// Asks the kernel to give every request back.
    pub fn cancel_everything(&self) {
        let _ = self.uring.submitter().register_sync_cancel(None, types::CancelBuilder::any());
    }

    /// The number its owner gave it.
    pub fn id(&self) -> u64 {
        self.id.load(Ordering::Relaxed)
    }

    /// Numbers the ring.
    pub fn set_id(&self, id: u64) {
        self.id.store(id, Ordering::Relaxed);
    }

    /// Lets completion work that is queued for the calling task run now.
    pub fn run_task_work(&self) {
        // SAFETY: no pointers; asks for nothing but pending completions.
        let _ = unsafe { self.uring.submitter().enter::<libc::sigset_t>(0, 0, 1, None) };
    }
}

/// A completion's result, or the errno that a test wants in its place.
fn outcome(result: i32) -> i32 {
    let outcome = || {
        fault!(Completion);
        Ok(result)
    };
    outcome().unwrap_or_else(|Errno(errno)| -errno)
}

/// The reason why io_uring cannot be used here, if there is one.
pub fn refusal() -> Option<String> {
    let ring = match Ring::new() {
        Ok(ring) => ring,
        Err(errno) => return Some(explain_refusal(errno)),
    };
    let mut probe = io_uring::Probe::new();
    if ring.uring.submitter().register_probe(&mut probe).is_err() {
        return Some("the kernel is older than 5.6 (no probe)".into());
    }
    use io_uring::opcode;
    let needed = [
        ("CONNECT", opcode::Connect::CODE),
        ("SEND", opcode::Send::CODE),
        ("SENDMSG", opcode::SendMsg::CODE),
        ("RECV", opcode::Recv::CODE),
        ("RECVMSG", opcode::RecvMsg::CODE),
        ("POLL_ADD", opcode::PollAdd::CODE),
    ];
    for (name, code) in needed {
        if !probe.is_supported(code) {
            return Some(format!("the kernel's io_uring has no {name}"));
        }
    }
    // A cancellation by descriptor, which any thread may ask for, came with 6.0.
    let nothing = types::CancelBuilder::user_data(UNOBSERVED);
    match ring.uring.submitter().register_sync_cancel(None, nothing) {
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {
            Some("the kernel is older than 6.0 (no synchronous cancel)".into())
        }
        _ => None,
    }
}

fn explain_refusal(errno: Errno) -> String {
    let disabled = std::fs::read_to_string("/proc/sys/kernel/io_uring_disabled");
    match (errno.0, disabled.as_deref().map(str::trim)) {
        (libc::EPERM, Ok(level @ ("1" | "2"))) => {
            format!("kernel.io_uring_disabled is {level}")
        }
        (libc::EPERM, _) => "a seccomp profile forbids io_uring_setup (EPERM)".into(),
        (libc::ENOSYS, _) => {
            "the kernel has no io_uring, or a seccomp profile hides it (ENOSYS)".into()
        }
        (libc::EMFILE, _) => "no descriptor is left for a ring (EMFILE)".into(),
        (libc::ENOMEM, _) => "the memory limit leaves no room for a ring (ENOMEM)".into(),
        (other, _) => format!("io_uring_setup failed with errno {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn what_is_submitted_while_another_thread_reaps_is_not_lost() {
        const REQUESTS: u64 = 200_000;
        let Ok(ring) = Ring::new() else {
            eprintln!("SKIPPED: io_uring cannot be used here");
            return;
        };
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for n in 0..REQUESTS {
                    let entry = io_uring::opcode::Nop::new().build().user_data(n);
                    // SAFETY: it points to nothing, and the scope outlives its completion.
                    unsafe { ring.submit(&[entry]) }.unwrap();
                }
            });
            let until = Instant::now() + Duration::from_secs(10);
            let (mut seen, mut taken) = (vec![false; REQUESTS as usize], Vec::new());
            let mut count = 0;
            while count < REQUESTS && Instant::now() < until {
                ring.reap(&mut taken);
                for (user_data, _) in taken.drain(..) {
                    assert!(!std::mem::replace(&mut seen[user_data as usize], true));
                    count += 1;
                }
            }
            assert_eq!(count, REQUESTS);
        });
        assert_eq!(ring.in_flight(), 0);
    }
}
