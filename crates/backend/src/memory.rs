//! Asking the kernel whether memory may be touched, without touching it.
//!
//! A library does not take its host's SIGSEGV, so a pointer is probed by a system call that
//! reads or writes 8 bytes there and changes nothing else: `rt_sigprocmask` with an
//! impossible `how` copies the new set in before it looks at `how`, and answers EFAULT or
//! EINVAL (0.15 us; `process_vm_readv` takes 1.2 us). With no new set it writes the
//! current mask out, which is how writability is asked, at places that are about to be
//! written anyway. `getcpu` and `mincore` do the same for 4 bytes and for one.
//!
//! What cannot be missing is not asked about: see `own`.

mod own;

use linsock_abi::Errno;
use own::{is_own_to_read, is_own_to_write};

const PAGE_BYTES: usize = 4096;
/// The kernel's own sigset_t.
const SIGSET_BYTES: usize = 8;
/// Neither SIG_BLOCK, SIG_UNBLOCK nor SIG_SETMASK.
const IMPOSSIBLE_HOW: libc::c_int = 0x7fff;
/// Copies longer than this go through the kernel, which checks each page on the way.
const DIRECT_COPY_BYTES_MAX: usize = PAGE_BYTES;

/// Whether both ends of `len` bytes at `address` can be read.
#[inline]
pub fn is_readable(address: usize, len: usize) -> bool {
    len == 0 || is_own_to_read(address, len) || is_readable_by_kernel(address, len)
}

#[inline(never)]
fn is_readable_by_kernel(address: usize, len: usize) -> bool {
    let Some(last) = address.checked_add(len - 1) else { return false };
    // Eight aligned bytes never straddle a page, so the answer is about the asked byte's page.
    probe_read(address & !7) && (last / PAGE_BYTES == address / PAGE_BYTES || probe_read(last & !7))
}

/// Whether every page of `len` bytes at `address` can be read.
pub fn is_readable_throughout(address: usize, len: usize) -> bool {
    if !is_readable(address, len) {
        return false;
    }
    let first = address / PAGE_BYTES;
    let last = (address + len.max(1) - 1) / PAGE_BYTES;
    if last - first < 2 {
        return true;
    }
    // One call for all pages; it brings them in, as reading them would.
    let (start, bytes) = (first * PAGE_BYTES, (last - first + 1) * PAGE_BYTES);
    // SAFETY: changes no contents, and asks about any range.
    let asked =
        unsafe { libc::madvise(start as *mut libc::c_void, bytes, libc::MADV_POPULATE_READ) };
    match asked {
        0 => true,
        _ if errno() == libc::EINVAL => {
            // Older than 5.14, or memory of a device: page by page.
            (first + 1..last).all(|page| probe_read(page * PAGE_BYTES))
        }
        _ => false,
    }
}

/// Whether both ends of `len` bytes at `address` can be written; up to 8 bytes at each end, and
/// none beyond, may be overwritten, so only memory that is about to be written may be asked about.
#[inline]
pub fn is_writable(address: usize, len: usize) -> bool {
    is_own_to_write(address, len) || is_writable_by_kernel(address, len)
}

/// Whether `len` bytes at `address` can be read and written whatever happens: [`is_readable`] and
/// [`is_writable`] say so without a look at them.
#[inline]
pub fn is_own(address: usize, len: usize) -> bool {
    is_own_to_write(address, len)
}

#[inline(never)]
fn is_writable_by_kernel(address: usize, len: usize) -> bool {
    let (bytes, probe): (usize, fn(usize) -> bool) = match len {
        0 => return true,
        1..4 => (1, probe_write_1),
        4..8 => (4, probe_write_4),
        _ => (8, probe_write),
    };
    let Some(end) = address.checked_add(len - 1) else { return false };
    // The last bytes may straddle two pages, so it is the very last one that tells the page.
    probe(address) && (end / PAGE_BYTES == address / PAGE_BYTES || probe(address + len - bytes))
}

fn probe_read(address: usize) -> bool {
    if address == 0 {
        // To the kernel this means that no set is given.
        return false;
    }
    // SAFETY: the kernel copies 8 bytes from the address into its own memory or fails with
    // EFAULT; the invalid `how` then makes the call fail before any mask changes.
    let result = unsafe { sigprocmask(IMPOSSIBLE_HOW, address, 0) };
    debug_assert!(result < 0, "an impossible `how` was accepted");
    result != -libc::EFAULT as isize
}

fn probe_write(address: usize) -> bool {
    if address == 0 {
        return false;
    }
    // SAFETY: with no new set the kernel only writes the current mask, 8 bytes, to the
    // address, or fails with EFAULT.
    unsafe { sigprocmask(libc::SIG_BLOCK, 0, address) == 0 }
}

/// The system call itself, without the C library's errno on the way: the kernel's result.
///
/// # Safety
/// As for rt_sigprocmask; addresses may be of anything.
#[cfg(target_arch = "x86_64")]
unsafe fn sigprocmask(how: libc::c_int, set: usize, old: usize) -> isize {
    let result: isize;
    // SAFETY: the kernel's calling convention; it may write memory, at `old` alone.
    unsafe {
        std::arch::asm!(
            "syscall",
            inlateout("rax") libc::SYS_rt_sigprocmask as isize => result,
            in("rdi") how as isize,
            in("rsi") set,
            in("rdx") old,
            in("r10") SIGSET_BYTES,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    result
}

/// # Safety
/// As for rt_sigprocmask; addresses may be of anything.
#[cfg(not(target_arch = "x86_64"))]
unsafe fn sigprocmask(how: libc::c_int, set: usize, old: usize) -> isize {
    // SAFETY: the caller's word.
    match unsafe { libc::syscall(libc::SYS_rt_sigprocmask, how, set, old, SIGSET_BYTES) } {
        -1 => -(errno() as isize),
        result => result as isize,
    }
}

/// As [`probe_write`] with 4 bytes: `getcpu` writes the processor's number, and ignores NULL.
fn probe_write_4(address: usize) -> bool {
    if address == 0 {
        return false;
    }
    // SAFETY: the kernel writes 4 bytes to the address, or fails with EFAULT.
    let result = unsafe { libc::syscall(libc::SYS_getcpu, address, 0usize, 0usize) };
    // A sandbox may refuse the call; then there is no answer but the reader's.
    result == 0 || (errno() != libc::EFAULT && is_readable(address, 4))
}

/// As [`probe_write`] with 1 byte: `mincore` writes one for the page it is asked about.
fn probe_write_1(address: usize) -> bool {
    static HERE: u8 = 0;
    if address == 0 {
        return false;
    }
    let page = (&raw const HERE).addr() & !(PAGE_BYTES - 1);
    // SAFETY: the kernel writes 1 byte to the address, or fails with EFAULT.
    let result = unsafe { libc::syscall(libc::SYS_mincore, page, 1usize, address) };
    result == 0 || (errno() != libc::EFAULT && is_readable(address, 1))
}

/// Copies `len` bytes that belong to the caller, or fails with EFAULT where they cannot be read.
pub fn copy_in(address: usize, len: usize) -> Result<Vec<u8>, Errno> {
    let mut copy: Vec<u8> = Vec::new();
    if copy.try_reserve_exact(len).is_err() {
        return Err(Errno(libc::ENOMEM));
    }
    if len <= DIRECT_COPY_BYTES_MAX {
        if !is_readable(address, len) {
            return Err(Errno(libc::EFAULT));
        }
        // SAFETY: both ends were just read by the kernel, and so short a range has no page
        // between its ends; the vector has `len` bytes reserved.
        unsafe {
            std::ptr::copy_nonoverlapping(address as *const u8, copy.as_mut_ptr(), len);
            copy.set_len(len);
        }
        return Ok(copy);
    }
    let mut done = 0;
    while done < len {
        let local = libc::iovec {
            iov_base: copy.as_mut_ptr().wrapping_add(done).cast(),
            iov_len: len - done,
        };
        let remote =
            libc::iovec { iov_base: (address + done) as *mut libc::c_void, iov_len: len - done };
        // SAFETY: reads this process' own memory through the kernel, which answers EFAULT
        // for what is unreadable; the local range is reserved and unshared.
        let n = unsafe {
            libc::process_vm_readv(libc::getpid(), &raw const local, 1, &raw const remote, 1, 0)
        };
        match n {
            1.. => done += n as usize,
            // Some sandboxes refuse the call; both ends were probed by the caller.
            _ if matches!(errno(), libc::EPERM | libc::ENOSYS) => {
                // SAFETY: the caller vouches for the range where the kernel may not be asked.
                unsafe {
                    std::ptr::copy_nonoverlapping(
                        (address + done) as *const u8,
                        copy.as_mut_ptr().add(done),
                        len - done,
                    );
                }
                done = len;
            }
            _ => return Err(Errno(libc::EFAULT)),
        }
    }
    // SAFETY: `done` bytes, all `len` of them, were written above.
    unsafe { copy.set_len(len) };
    Ok(copy)
}

/// Fills a short buffer, less than a page, with bytes that belong to the caller, or fails with
/// EFAULT where they cannot be read.
pub fn read_into(buffer: &mut [u8], address: usize) -> Result<(), Errno> {
    if buffer.len() > PAGE_BYTES || !is_readable(address, buffer.len()) {
        return Err(Errno(libc::EFAULT));
    }
    // SAFETY: both ends were just read by the kernel, and so short a range has no page between
    // its ends; the buffer is as long.
    unsafe {
        std::ptr::copy_nonoverlapping(address as *const u8, buffer.as_mut_ptr(), buffer.len());
    }
    Ok(())
}

/// Writes a few bytes, less than a page, where a caller wants them, or fails with EFAULT.
pub fn copy_out(bytes: &[u8], address: usize) -> Result<(), Errno> {
    if bytes.len() > PAGE_BYTES || !is_writable(address, bytes.len()) {
        return Err(Errno(libc::EFAULT));
    }
    // SAFETY: both ends were just written by the kernel, and so short a range has no page
    // between its ends; the caller gave it to be written.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), address as *mut u8, bytes.len()) };
    Ok(())
}

fn errno() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guarded() -> (*mut u8, usize) {
        // SAFETY: a fresh anonymous mapping of two pages.
        let map = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                2 * PAGE_BYTES,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        assert_ne!(map, libc::MAP_FAILED);
        let second = map.wrapping_byte_add(PAGE_BYTES);
        // SAFETY: the second page is ours.
        assert_eq!(unsafe { libc::mprotect(second, PAGE_BYTES, libc::PROT_NONE) }, 0);
        (map.cast(), PAGE_BYTES)
    }

    #[test]
    fn readable_up_to_the_last_byte() {
        let (base, page) = guarded();
        let base = base as usize;
        assert!(is_readable(base, page));
        assert!(is_readable(base + page - 1, 1));
        assert!(!is_readable(base + page - 1, 2));
        assert!(!is_readable(base + page, 1));
        assert!(!is_readable(0, 1));
        assert!(!is_readable(usize::MAX, 2));
        assert!(is_readable(0, 0));
        let big = vec![1u8; 20 * PAGE_BYTES];
        assert!(is_readable_throughout(big.as_ptr() as usize, big.len()));
        assert!(!is_readable_throughout(base, 2 * page));
    }

    #[test]
    fn writable_asks_without_a_crash() {
        let (base, page) = guarded();
        assert!(is_writable(base as usize, page));
        assert!(!is_writable(base as usize + page - 8, 16));
        assert!(!is_writable(16, 32));
        let text = b"read only memory of the program";
        assert!(!is_writable(text.as_ptr() as usize & !7, 8));
    }

    #[test]
    fn short_ranges_are_asked_about_without_their_neighbours() {
        let (base, page) = guarded();
        for len in 1..=16 {
            // SAFETY: the last bytes of the first page.
            let end = unsafe { std::slice::from_raw_parts_mut(base.add(page - 40), 40) };
            end.fill(0xA5);
            let start = base as usize + page - 32;
            assert!(is_writable(start, len), "{len} bytes");
            assert!(end[..8].iter().chain(&end[8 + len..]).all(|&byte| byte == 0xA5), "{len}");
            assert!(is_writable(base as usize + page - len, len));
            assert!(!is_writable(base as usize + page - len + 1, len), "{len} bytes");
            assert!(!is_writable(0, len));
            let text = b"read only memory of the program";
            assert!(!is_writable(text.as_ptr() as usize, len));
        }
    }

    #[test]
    fn copies_report_a_hole() {
        let big = vec![7u8; 10 * PAGE_BYTES];
        assert_eq!(copy_in(big.as_ptr() as usize, big.len()).unwrap(), big);
        let (base, page) = guarded();
        assert!(copy_in(base as usize, 2 * page).is_err());
        assert!(copy_in(base as usize + page - 4, 8).is_err());
        assert_eq!(copy_in(base as usize + page - 4, 4).unwrap(), [0; 4]);
    }
}
