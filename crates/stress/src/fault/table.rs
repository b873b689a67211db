//! Which system call may give which errno.

use libc::*;
use linsock_backend::fault::Call;

/// One row a call.
///
/// Not here: EAGAIN from `send`, `recv`, `accept4` and `sendfile`, after which the kernel owes news that it would not send,
/// because it never said so itself; EINTR from calls that do not wait; errors that say the library itself is wrong (EBADF,
/// EFAULT, ENOTSOCK).
#[rustfmt::skip]
pub const TABLE: &[(Call, &[i32])] = &[
    // The connection's own errors come out here (accept(2)), and those of limits.
    (Call::Accept4,      &[ECONNABORTED, EMFILE, ENFILE, ENOBUFS, ENOMEM, EPERM, EPROTO, ENETDOWN, EHOSTUNREACH]),
    (Call::Bind,         &[EADDRINUSE, EADDRNOTAVAIL, EACCES, ENOMEM]),
    (Call::Clone,        &[EAGAIN]),
    (Call::Connect,      &[ECONNREFUSED, ETIMEDOUT, ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL, EADDRINUSE, EPERM, ENOBUFS]),
    // Of any request. Not EAGAIN: the request has done its work here, and what it brought would be awaited again.
    (Call::Completion,   &[ECONNREFUSED, ECONNRESET, EPIPE, ETIMEDOUT, EHOSTUNREACH, ENOMEM, ENOBUFS, EINTR, ECANCELED]),
    // Somebody waits for the socket in the kernel.
    (Call::Dissolve,     &[EBUSY]),
    (Call::Dup3,         &[EBUSY, EMFILE]),
    (Call::EpollCreate,  &[EMFILE, ENFILE, ENOMEM]),
    (Call::EpollCtl,     &[ENOMEM, ENOSPC]),
    (Call::EpollWait,    &[EINTR]),
    (Call::Eventfd,      &[EMFILE, ENFILE, ENOMEM]),
    (Call::Fcntl,        &[EMFILE]),
    (Call::GetPeerName,  &[ENOTCONN, ENOBUFS]),
    (Call::GetSockName,  &[ENOBUFS]),
    (Call::GetSockOpt,   &[ENOPROTOOPT, ENOMEM]),
    (Call::IoUringEnter, &[EAGAIN, EBUSY, EINTR]),
    (Call::IoUringSetup, &[EMFILE, ENFILE, ENOMEM, EPERM]),
    (Call::Ioctl,        &[ENOTTY, EINVAL]),
    (Call::Listen,       &[EADDRINUSE]),
    // Not ENOMEM: for a few descriptors none is needed.
    (Call::Poll,         &[EINTR]),
    (Call::Pread,        &[EIO, ENOMEM]),
    (Call::Recv,         &[ECONNRESET, ETIMEDOUT, EHOSTUNREACH, ECONNREFUSED, ENOMEM, ENOBUFS]),
    (Call::Send,         &[ECONNRESET, EPIPE, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, EPERM, ENOMEM, ENOBUFS]),
    // EINVAL and ENOSYS: not with this file; it is read then.
    (Call::Sendfile,     &[EINVAL, ENOSYS, EPIPE, ECONNRESET, EIO, ENOMEM]),
    (Call::SetSockOpt,   &[ENOPROTOOPT, EINVAL, EPERM, ENOMEM]),
    (Call::Shutdown,     &[ENOTCONN, ENOBUFS]),
    (Call::Socket,       &[EMFILE, ENFILE, ENOBUFS, ENOMEM, EACCES, EAFNOSUPPORT]),
];

/// The errnos of a call.
pub fn errnos(call: Call) -> &'static [i32] {
    TABLE.iter().find(|(own, _)| *own == call).map_or(&[], |(_, errnos)| errnos)
}
