//! Where the lines of `LINSOCK_TRACE` go: standard error, or a file.

use std::ffi::{CString, OsStr};
use std::os::unix::ffi::OsStrExt;

/// The variable: empty or `0` for no trace, `1` for standard error, else the name of a file.
const VARIABLE: &str = "LINSOCK_TRACE";

/// The file's number is above those that programs use, whose own numbers stay what they are without a trace.
const NUMBER_MIN: libc::c_int = 900;

/// An open file, for whole lines.
pub struct TraceFile {
    fd: libc::c_int,
    /// Device, inode and the device that it is: whoever closes the file and gets its number for a connection shall not
    /// have the trace sent there.
    identity: (u64, u64, u64),
}

impl TraceFile {
    /// What the environment asks for; `None` for no trace. A file that cannot be opened is told of on standard error.
    pub fn from_environment() -> Option<TraceFile> {
        let value = std::env::var_os(VARIABLE)?;
        // A program with more rights than its user's writes no file that the user names.
        // SAFETY: takes a number.
        if unsafe { libc::getauxval(libc::AT_SECURE) } != 0 {
            return None;
        }
        let fd = match value.as_bytes() {
            b"" | b"0" => return None,
            b"1" => libc::STDERR_FILENO,
            _ => match open(&value) {
                Ok(fd) => fd,
                Err(error) => {
                    eprintln!("linsock: {VARIABLE}: {}: {error}", value.display());
                    return None;
                }
            },
        };
        Some(TraceFile { fd, identity: identity(fd)? })
    }

    /// Writes a line in one piece, so that threads and processes do not mix theirs. What cannot be written is lost.
    pub fn write(&self, line: &[u8]) {
        if identity(self.fd) != Some(self.identity) {
            return;
        }
        let mut rest = line;
        while !rest.is_empty() {
            // SAFETY: memory of ours, and no more of it than there is.
            let written = unsafe { libc::write(self.fd, rest.as_ptr().cast(), rest.len()) };
            match usize::try_from(written) {
                Ok(n) => rest = rest.get(n..).unwrap_or_default(),
                Err(_) if std::io::Error::last_os_error().raw_os_error() == Some(libc::EINTR) => {}
                Err(_) => return,
            }
        }
    }
}

fn open(name: &OsStr) -> std::io::Result<libc::c_int> {
    let name = CString::new(name.as_bytes())?;
    const MODE: libc::c_uint = 0o644;
    let flags = libc::O_WRONLY | libc::O_CREAT | libc::O_APPEND | libc::O_CLOEXEC | libc::O_NOCTTY;
    // SAFETY: a name that ends with a zero.
    let fd = unsafe { libc::open(name.as_ptr(), flags, MODE) };
    if fd < 0 {
        return Err(std::io::Error::last_os_error());
    }
    // SAFETY: a descriptor of ours.
    let moved = unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, NUMBER_MIN) };
    if moved < 0 {
        // The process may not have so high a number.
        return Ok(fd);
    }
    // SAFETY: a descriptor of ours, known to nobody else.
    unsafe { libc::close(fd) };
    Ok(moved)
}

fn identity(fd: libc::c_int) -> Option<(u64, u64, u64)> {
    // SAFETY: numbers alone.
    let mut status: libc::stat = unsafe { std::mem::zeroed() };
    // SAFETY: any number may be asked about; room for the answer.
    let known = unsafe { libc::fstat(fd, &raw mut status) } == 0;
    known.then_some((status.st_dev, status.st_ino, status.st_rdev))
}
