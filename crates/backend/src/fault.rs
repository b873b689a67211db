//! Where a test can have a system call fail. Compiled under `--cfg linsock_fault` alone.

use linsock_abi::Errno;
use std::sync::OnceLock;

/// The system calls that may be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Call {
    Accept4,
    Bind,
    Clone,
    Connect,
    /// The result of a request that a ring held.
    Completion,
    /// `connect` without an address, which ends a connection.
    Dissolve,
    Dup3,
    EpollCreate,
    EpollCtl,
    EpollWait,
    Eventfd,
    Fcntl,
    GetPeerName,
    GetSockName,
    GetSockOpt,
    IoUringEnter,
    IoUringSetup,
    Ioctl,
    Listen,
    Poll,
    Pread,
    Recv,
    Send,
    Sendfile,
    SetSockOpt,
    Shutdown,
    Socket,
}

/// Says whether a call that is about to be made fails instead.
pub type Judge = fn(Call) -> Option<Errno>;

static JUDGE: OnceLock<Judge> = OnceLock::new();

/// From now on this decides; once for each process.
pub fn install(judge: Judge) {
    let _ = JUDGE.set(judge);
}

/// Comes before each system call.
pub(crate) fn at(call: Call) -> Result<(), Errno> {
    match JUDGE.get().and_then(|judge| judge(call)) {
        Some(errno) => Err(errno),
        None => Ok(()),
    }
}
