//! TransmitFile.

use crate::error::WsaError;
use crate::memory::{Memory, More, length};
use crate::operation::{Notify, Operation, started};
use crate::socket::Socket;
use crate::sys::Win32::Foundation::HANDLE;
use crate::sys::Win32::Networking::WinSock::{
    TF_DISCONNECT, TF_REUSE_SOCKET, TRANSMIT_FILE_BUFFERS, TransmitFile,
};
use std::fs::File;
use std::ptr;
use std::sync::Arc;

/// What to send: a block of bytes, a part of a file, another block. Whatever is left out is not
/// sent.
///
/// ```
/// use linsock::{Notify, Socket, Transmission};
/// use std::{fs::File, io::Read, net::TcpListener};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let path = std::env::temp_dir().join(format!("linsock-transmission-{}", std::process::id()));
/// std::fs::write(&path, "0123456789")?;
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let socket = Socket::for_address(&listener.local_addr()?)?;
/// socket.connect(listener.local_addr()?)?;
///
/// let what = Transmission::of(File::open(&path)?).from(3).bytes(4).before("<").after(">");
/// let sending = socket.transmit_file(what, Notify::Event)?;
/// assert_eq!(sending.join()?.result, Ok(6));
///
/// let mut got = [0; 6];
/// listener.accept()?.0.read_exact(&mut got)?;
/// assert_eq!(&got, b"<3456>");
/// # std::fs::remove_file(&path)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Transmission {
    file: Option<Arc<File>>,
    from: u64,
    bytes: Option<u32>,
    before: Vec<u8>,
    after: Vec<u8>,
    flags: u32,
}

impl Transmission {
    /// All of a file, which may be shared with other transmissions.
    pub fn of(file: impl Into<Arc<File>>) -> Self {
        Transmission { file: Some(file.into()), ..Transmission::default() }
    }

    /// No file, but blocks of bytes.
    pub fn without_file() -> Self {
        Transmission::default()
    }

    /// The file is sent from this offset on, wherever its own position is.
    #[must_use]
    pub fn from(mut self, offset: u64) -> Self {
        self.from = offset;
        self
    }

    /// So many bytes of the file, or as many as there are.
    #[must_use]
    pub fn bytes(mut self, bytes: u32) -> Self {
        self.bytes = Some(bytes);
        self
    }

    /// Sends this before the file.
    #[must_use]
    pub fn before(mut self, block: impl Into<Vec<u8>>) -> Self {
        self.before = block.into();
        self
    }

    /// Sends this after the file.
    #[must_use]
    pub fn after(mut self, block: impl Into<Vec<u8>>) -> Self {
        self.after = block.into();
        self
    }

    /// Ends the connection afterwards; with `reuse` the socket can then be used for another one,
    /// and the operation ends when the peer has ended the connection too (T-023).
    #[must_use]
    pub fn then_disconnect(mut self, reuse: bool) -> Self {
        self.flags = if reuse { TF_DISCONNECT | TF_REUSE_SOCKET } else { TF_DISCONNECT };
        self
    }
}

impl Socket {
    /// Sends a part of a file, with what goes before and after it (TransmitFile). The file stays
    /// open until that is over, and its position does not move.
    ///
    /// The result is the number of bytes sent; the block before the file comes back as the
    /// completion's buffer, the one after it as the one of its others.
    ///
    /// # Errors
    /// What TransmitFile answers when it does not start: WSAENOTCONN, WSAEINVAL for an offset
    /// beyond the file or more than 2 GiB, WSA_INVALID_HANDLE for what is no plain file;
    /// WSAEOPNOTSUPP for [`Notify::Routine`].
    pub fn transmit_file(&self, what: Transmission, notify: Notify) -> Result<Operation, WsaError> {
        // The function takes 0 for "all"; nothing of a file is no file.
        let file = what.file.filter(|_| what.bytes != Some(0));
        let bytes = what.bytes.unwrap_or(0);
        let handle = file.as_deref().map_or(ptr::null_mut(), handle);
        if file.is_some() && handle.is_null() {
            return Err(WsaError::WSA_INVALID_HANDLE);
        }
        let offset = if file.is_some() { what.from } else { 0 };
        let mut memory = Memory::from(what.before);
        memory.others.push(what.after);
        let blocks = TRANSMIT_FILE_BUFFERS {
            Head: memory.buffer.as_mut_ptr().cast(),
            HeadLength: length(&memory.buffer)?,
            Tail: memory.others[0].as_mut_ptr().cast(),
            TailLength: length(&memory.others[0])?,
        };
        memory.more = More::File { _file: file, blocks };
        // SAFETY: TransmitFile starts one operation with this OVERLAPPED, which uses the file and the
        // blocks that the memory keeps; moving a Vec does not move its bytes.
        unsafe {
            Operation::start_without_routine(self, notify, offset, memory, |overlapped, memory| {
                let blocks = match &memory.more {
                    More::File { blocks, .. } => &raw const *blocks,
                    More::Nothing | More::From(_) => ptr::null(),
                };
                started(
                    TransmitFile(self.raw(), handle, bytes, 0, overlapped, blocks, what.flags) != 0,
                )
            })
        }
    }
}

#[cfg(windows)]
fn handle(file: &File) -> HANDLE {
    use std::os::windows::io::AsRawHandle;
    file.as_raw_handle() as HANDLE
}

/// A file's handle is its descriptor's number.
#[cfg(not(windows))]
fn handle(file: &File) -> HANDLE {
    use std::os::fd::AsRawFd;
    ptr::without_provenance_mut(usize::try_from(file.as_raw_fd()).unwrap_or(0))
}
