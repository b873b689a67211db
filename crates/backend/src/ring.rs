//! One io_uring instance.
//!
//! A request belongs to the task that submitted it: it is lost when that task exits, so only
//! engine threads and a port's workers have rings, and a worker hands its requests over
//! before it ends. Completions may be taken by any thread; the ring's descriptor is readable
//! while there are some. No DEFER_TASKRUN (its owner alone could wait) and no COOP_TASKRUN
//! (a computing owner would delay completions by a timer tick).
//!
//! A request is first held back, in a list beside the ring, and handed to the kernel with others
//! by [`Ring::flush`]. Until then it can be taken out again as if it had never been there. The list
//! and the ring's submitting end are under one lock: an owner that adds to a batch, another thread
//! that hands the batch over and a third one that takes a request out of it follow one another.

use crate::net::Fd;
use crate::op::PART_BIT;
use io_uring::{IoUring, squeue, types};
use linsock_abi::Errno;
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, TryLockError};

/// The user data of requests whose completion nobody wants to see.
const UNOBSERVED: u64 = u64::MAX;
/// How many requests are held back at most; the kernel takes them in one call.
const SUBMISSIONS: u32 = 64;
/// The kernel keeps what does not fit, at a price; this many fit for free.
const COMPLETIONS: u32 = 4096;

/// How many requests of a new owner, and of one that kept a batch waiting, are not held back. A thread
/// that starts little has nothing to gain by it, and sees more of it end at once.
const TRIAL: u32 = 16;
const HASTE: u32 = 64;

/// A completion: the request's user data and the kernel's result.
pub type Completed = (u64, i32);

/// A ring, its two ends guarded separately.
pub struct Ring {
    uring: IoUring,
    /// The submitting end, and what is held back.
    submitting: Mutex<Vec<squeue::Entry>>,
    /// The completing end, and the completions of requests that the kernel never saw.
    reaping: Mutex<Vec<Completed>>,
    /// Requests taken in whose completion was not yet taken.
    in_flight: AtomicUsize,
    /// There were more of them than completions fit into the kernel's queue, which may therefore keep
    /// some back. Changes under `submitting`.
    crowded: AtomicBool,
    /// How many of them are held back. Changes under `submitting`.
    held_back: AtomicUsize,
    /// Batches that were handed over.
    batches: AtomicU64,
    /// How many requests are not to be held back.
    haste: AtomicU32,
    id: AtomicU64,
}

impl std::fmt::Debug for Ring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ring({})", self.descriptor())
    }
}

fn guard<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
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
            submitting: Mutex::new(Vec::with_capacity(SUBMISSIONS as usize)),
            reaping: Mutex::default(),
            in_flight: AtomicUsize::new(0),
            crowded: AtomicBool::new(false),
            held_back: AtomicUsize::new(0),
            batches: AtomicU64::new(0),
            haste: AtomicU32::new(TRIAL),
            id: AtomicU64::new(0),
        })
    }

    /// The descriptor that is readable while completions wait.
    pub fn descriptor(&self) -> Fd {
        self.uring.as_raw_fd()
    }

    /// Takes linked requests in, which [`Ring::flush`] hands to the kernel. If there is no room for
    /// more, what was held back goes first.
    ///
    /// # Safety
    /// What the requests point to must stay valid and unmoved until their completion was
    /// taken, and the tasks that call this and `flush` must be ones that outlive them.
    pub(crate) unsafe fn hold_back(&self, entries: &[squeue::Entry]) {
        let mut batch = guard(&self.submitting);
        if batch.len() + entries.len() > SUBMISSIONS as usize {
            self.hand_over(&mut batch);
        }
        batch.extend_from_slice(entries);
        let before = self.in_flight.fetch_add(entries.len(), Ordering::Relaxed);
        if before + entries.len() > self.completions_max() {
            self.crowded.store(true, Ordering::SeqCst);
        }
        // Sequentially consistent, so that of an owner that begins a batch and an onlooker that is
        // about to look away one sees the other.
        self.held_back.store(batch.len(), Ordering::SeqCst);
    }

    /// Hands what is held back to the kernel, in one system call.
    pub fn flush(&self) {
        if self.holds_back() {
            self.hand_over(&mut guard(&self.submitting));
        }
    }

    /// The same on behalf of an owner that does not come, and that is `to_blame`: for a while nothing
    /// of it is to be held back then. `false`: somebody is at the batch right now.
    pub fn flush_for_owner(&self, to_blame: bool) -> bool {
        let mut batch = match self.submitting.try_lock() {
            Ok(batch) => batch,
            Err(TryLockError::Poisoned(poison)) => poison.into_inner(),
            Err(TryLockError::WouldBlock) => return false,
        };
        if !batch.is_empty() {
            if to_blame {
                self.haste.store(HASTE, Ordering::Relaxed);
            }
            self.hand_over(&mut batch);
        }
        true
    }

    fn hand_over(&self, batch: &mut Vec<squeue::Entry>) {
        let enter = || {
            fault!(IoUringEnter);
            self.uring.submit().map_err(|error| Errno(error.raw_os_error().unwrap_or(0)))
        };
        let mut next = 0;
        loop {
            // SAFETY: `submitting` makes this the only user of the submission queue.
            let mut queue = unsafe { self.uring.submission_shared() };
            // SAFETY: whoever had the entries held back vouched for what they point to.
            while next < batch.len() && unsafe { queue.push(&batch[next]) }.is_ok() {
                next += 1;
            }
            if queue.is_empty() {
                break;
            }
            drop(queue);
            match enter() {
                // Mostly all of it. Else the kernel took some, and had no memory for the next.
                Ok(_) | Err(Errno(libc::EINTR)) => {}
                // Completions must be taken before the kernel accepts more.
                Err(Errno(libc::EAGAIN | libc::EBUSY)) => std::thread::yield_now(),
                // It will be tried again with the next batch.
                Err(_) => break,
            }
        }
        batch.drain(..next);
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.held_back.store(batch.len(), Ordering::SeqCst);
    }

    /// Whether requests are held back.
    #[inline]
    pub fn holds_back(&self) -> bool {
        self.held_back.load(Ordering::SeqCst) > 0
    }

    /// The number of the batch that is held back now, and how long it is.
    pub fn batch(&self) -> (u64, usize) {
        (self.batches.load(Ordering::Relaxed), self.held_back.load(Ordering::SeqCst))
    }

    /// Whether the owner may hold a request back: it has not kept a batch waiting lately.
    #[inline]
    pub fn is_patient(&self) -> bool {
        let haste = self.haste.load(Ordering::Relaxed);
        if haste > 0 {
            self.haste.store(haste - 1, Ordering::Relaxed);
        }
        haste == 0
    }

    /// Takes a request, in all its parts, out of what is held back; `false`: the kernel has it, or
    /// had it. Its completion will not come.
    pub fn withdraw(&self, user_data: u64) -> bool {
        let withdrawn = self.take_out(|entry| entry & !PART_BIT == user_data);
        self.in_flight.fetch_sub(withdrawn.len(), Ordering::Relaxed);
        !withdrawn.is_empty()
    }

    /// Takes requests out of what is held back and answers what they carry.
    fn take_out(&self, wanted: impl Fn(u64) -> bool) -> Vec<u64> {
        let mut withdrawn = Vec::new();
        if !self.holds_back() {
            return withdrawn;
        }
        let mut batch = guard(&self.submitting);
        batch.retain(|entry| {
            let user_data = entry.get_user_data();
            let stays = !wanted(user_data);
            if !stays {
                withdrawn.push(user_data);
            }
            stays
        });
        self.held_back.store(batch.len(), Ordering::SeqCst);
        withdrawn
    }

    /// Takes the completions that are there, without a system call, and appends them.
    pub fn reap(&self, taken: &mut Vec<Completed>) {
        let mut unseen = guard(&self.reaping);
        let mut n = unseen.len();
        taken.append(&mut unseen);
        let mut asked = false;
        loop {
            // SAFETY: `reaping` makes this the only user of the completion queue.
            for entry in unsafe { self.uring.completion_shared() } {
                n += 1;
                if entry.user_data() != UNOBSERVED {
                    taken.push((entry.user_data(), outcome(entry.result())));
                }
            }
            if n > 0 {
                self.in_flight.fetch_sub(n, Ordering::Relaxed);
            }
            let in_vain = asked && n == 0;
            if in_vain || !self.crowded.load(Ordering::SeqCst) || !self.has_overflowed() {
                return;
            }
            (n, asked) = (0, true);
            // SAFETY: asks the kernel to move what it kept into the queue; no pointers.
            let _ = unsafe { self.uring.submitter().enter::<libc::sigset_t>(0, 0, 1, None) };
        }
    }

    /// Whether the kernel keeps completions that did not fit into their queue, of a ring that was
    /// crowded. The flag is in the submission queue, whose borrow writes its end back when it is
    /// dropped: without the guard a request that is being submitted meanwhile would be taken out again.
    /// So it is only looked at where it can be set: since there were more requests than fit, until
    /// none is kept and no more are left than fit.
    fn has_overflowed(&self) -> bool {
        let _guard = guard(&self.submitting);
        // SAFETY: `submitting` makes this the only user of the submission queue.
        let kept = unsafe { self.uring.submission_shared() }.cq_overflow();
        if !kept && self.in_flight.load(Ordering::Relaxed) <= self.completions_max() {
            self.crowded.store(false, Ordering::SeqCst);
        }
        kept
    }

    /// How many completions fit into their queue.
    fn completions_max(&self) -> usize {
        self.uring.params().cq_entries() as usize
    }

    /// Whether completions are waiting; no system call.
    pub fn has_completions(&self) -> bool {
        if self.in_flight.load(Ordering::Relaxed) == 0 {
            return false;
        }
        let unseen = guard(&self.reaping);
        // SAFETY: `reaping` makes this the only user of the completion queue.
        let some = !unseen.is_empty() || !unsafe { self.uring.completion_shared() }.is_empty();
        some || (self.crowded.load(Ordering::SeqCst) && self.has_overflowed())
    }

    /// Requests that were taken in and whose completion was not yet taken.
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Asks for a request, in all its parts, back; its completion tells how it ended.
    /// Any thread may ask.
    pub fn cancel(&self, user_data: u64) {
        if self.give_back(|entry| entry & !PART_BIT == user_data) {
            return;
        }
        for part in [user_data | PART_BIT, user_data] {
            let criteria = types::CancelBuilder::user_data(part).all();
            let _ = self.uring.submitter().register_sync_cancel(None, criteria);
        }
    }

    /// Asks for every request back.
    pub fn cancel_everything(&self) {
        self.give_back(|_| true);
        let _ = self.uring.submitter().register_sync_cancel(None, types::CancelBuilder::any());
    }

    /// Ends requests that are held back as the kernel would have.
    fn give_back(&self, wanted: impl Fn(u64) -> bool) -> bool {
        let withdrawn = self.take_out(wanted);
        let ended = withdrawn.iter().map(|&user_data| (user_data, -libc::ECANCELED));
        guard(&self.reaping).extend(ended);
        !withdrawn.is_empty()
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
    fn what_does_not_fit_into_the_queue_of_completions_is_not_lost() {
        let Ok(ring) = Ring::new() else {
            eprintln!("SKIPPED: io_uring cannot be used here");
            return;
        };
        let fits = ring.completions_max();
        for round in 0..3 {
            let requests = fits * 2 + 51 + round;
            for n in 0..requests {
                let entry = io_uring::opcode::Nop::new().build().user_data(n as u64);
                // SAFETY: it points to nothing.
                unsafe { ring.hold_back(&[entry]) };
            }
            ring.flush();
            assert!(ring.crowded.load(Ordering::SeqCst) && ring.has_completions());
            let mut taken = Vec::new();
            ring.reap(&mut taken);
            taken.sort_unstable();
            assert!(taken.iter().map(|&(n, _)| n).eq(0..requests as u64), "{}", taken.len());
            assert_eq!(ring.in_flight(), 0);
            assert!(!ring.has_completions() && !ring.crowded.load(Ordering::SeqCst));
        }
    }

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
                    unsafe { ring.hold_back(&[entry]) };
                    ring.flush();
                }
            });
            let until = Instant::now() + Duration::from_secs(60);
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

    /// A ring and a request of two parts, which point to nothing.
    fn ring_and_pair() -> Option<(Ring, [squeue::Entry; 2])> {
        let Ok(ring) = Ring::new() else {
            eprintln!("SKIPPED: io_uring cannot be used here");
            return None;
        };
        let part = |user_data| io_uring::opcode::Nop::new().build().user_data(user_data);
        Some((ring, [part(4).flags(squeue::Flags::IO_LINK), part(4 | PART_BIT)]))
    }

    fn completions(ring: &Ring) -> Vec<Completed> {
        let mut taken = Vec::new();
        ring.reap(&mut taken);
        taken
    }

    #[test]
    fn what_is_held_back_is_handed_over_at_once_and_once() {
        let Some((ring, pair)) = ring_and_pair() else { return };
        // SAFETY: they point to nothing.
        unsafe { ring.hold_back(&pair) };
        assert!(ring.holds_back() && !ring.has_completions());
        ring.flush();
        ring.flush();
        assert!(!ring.holds_back() && ring.has_completions());
        assert_eq!(completions(&ring), [(4, 0), (4 | PART_BIT, 0)]);
        assert_eq!((ring.in_flight(), ring.batch()), (0, (1, 0)));
    }

    #[test]
    fn what_is_withdrawn_never_completes() {
        let Some((ring, pair)) = ring_and_pair() else { return };
        let other = io_uring::opcode::Nop::new().build().user_data(8);
        // SAFETY: they point to nothing.
        unsafe {
            ring.hold_back(&pair);
            ring.hold_back(&[other]);
        }
        assert!(ring.withdraw(4) && !ring.withdraw(4));
        ring.flush();
        assert!(!ring.withdraw(8));
        assert_eq!(completions(&ring), [(8, 0)]);
        assert_eq!(ring.in_flight(), 0);
    }

    #[test]
    fn what_is_cancelled_before_it_is_handed_over_completes_in_all_its_parts() {
        let Some((ring, pair)) = ring_and_pair() else { return };
        // SAFETY: they point to nothing.
        unsafe { ring.hold_back(&pair) };
        ring.cancel(4);
        ring.flush();
        assert!(ring.has_completions());
        let cancelled = -libc::ECANCELED;
        assert_eq!(completions(&ring), [(4, cancelled), (4 | PART_BIT, cancelled)]);
        // SAFETY: as above.
        unsafe { ring.hold_back(&pair) };
        ring.cancel_everything();
        assert_eq!(completions(&ring).len(), 2);
        assert_eq!(ring.in_flight(), 0);
    }

    #[test]
    fn a_full_batch_makes_room_for_the_next() {
        let Some((ring, pair)) = ring_and_pair() else { return };
        for _ in 0..SUBMISSIONS {
            // SAFETY: they point to nothing.
            unsafe { ring.hold_back(&pair) };
        }
        assert_eq!(ring.batch(), (1, SUBMISSIONS as usize));
        assert_eq!(completions(&ring).len(), SUBMISSIONS as usize);
        ring.flush();
        assert_eq!(completions(&ring).len(), SUBMISSIONS as usize);
        assert_eq!(ring.in_flight(), 0);
    }

    #[test]
    fn an_owner_that_kept_a_batch_waiting_is_hasty_for_a_while() {
        let Some((ring, _)) = ring_and_pair() else { return };
        let hasty = |ring: &Ring| (0..).take_while(|_| !ring.is_patient()).count() as u32;
        assert_eq!(hasty(&ring), TRIAL);
        assert!(ring.flush_for_owner(true));
        assert_eq!(hasty(&ring), 0, "nothing was held back");
        let request = || [io_uring::opcode::Nop::new().build()];
        // SAFETY: it points to nothing.
        unsafe { ring.hold_back(&request()) };
        assert!(ring.flush_for_owner(false));
        assert!(ring.is_patient());
        // SAFETY: as above.
        unsafe { ring.hold_back(&request()) };
        assert!(ring.flush_for_owner(true));
        assert_eq!(hasty(&ring), HASTE);
    }

    #[test]
    fn owner_and_onlooker_hand_everything_over_once() {
        const REQUESTS: u64 = 100_000;
        let Some((ring, _)) = ring_and_pair() else { return };
        let done = std::sync::atomic::AtomicBool::new(false);
        let mut seen = vec![false; REQUESTS as usize];
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    ring.flush_for_owner(true);
                }
            });
            for n in 0..REQUESTS {
                let entry = io_uring::opcode::Nop::new().build().user_data(n << 1);
                // SAFETY: it points to nothing, and the scope outlives its completion.
                unsafe { ring.hold_back(&[entry]) };
                for (user_data, _) in completions(&ring) {
                    assert!(!std::mem::replace(&mut seen[(user_data >> 1) as usize], true));
                }
            }
            done.store(true, Ordering::Relaxed);
        });
        ring.flush();
        for (user_data, _) in completions(&ring) {
            assert!(!std::mem::replace(&mut seen[(user_data >> 1) as usize], true));
        }
        assert!(seen.into_iter().all(|seen| seen));
        assert_eq!(ring.in_flight(), 0);
    }
}
