//! A network namespace of the benchmark's own: an empty range of ports, no firewall, and
//! fast open in both directions.

use crate::raw::check;

/// Moves this process, and those it starts, into a new network namespace, where it may.
/// Only before threads are started. `false`: it stays where it is.
pub fn enter() -> bool {
    // SAFETY: no pointers.
    if unsafe { libc::unshare(libc::CLONE_NEWNET) } != 0 {
        return false;
    }
    let ready = bring_loopback_up().is_ok();
    // 1 connections, 2 listeners.
    let _ = std::fs::write("/proc/sys/net/ipv4/tcp_fastopen", "3");
    ready
}

fn bring_loopback_up() -> std::io::Result<()> {
    let fd = crate::raw::socket()?;
    // SAFETY: all zeroes is a valid request; the kernel reads and writes no more than that.
    unsafe {
        let mut request: libc::ifreq = std::mem::zeroed();
        request.ifr_name[..2].copy_from_slice(&[b'l' as libc::c_char, b'o' as libc::c_char]);
        request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as i16;
        let result = check(libc::ioctl(fd, libc::SIOCSIFFLAGS, &raw const request));
        crate::raw::close(fd);
        result.map(|_| ())
    }
}
