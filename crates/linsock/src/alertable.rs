//! Alertable waits, in which completion routines run.

use crate::sys::Win32::Foundation::WAIT_IO_COMPLETION;
use crate::sys::Win32::System::Threading::SleepEx;
use crate::time::milliseconds;
use std::time::Duration;

/// Lets the completion routines of this thread's operations run: those that are due at once, or
/// else the first that become due (SleepEx, alertable). `false` when `limit` passed first.
///
/// ```
/// use linsock::{Notify, Socket, sleep_alertable};
/// use std::{cell::Cell, io::Write, net::TcpListener, rc::Rc};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let socket = Socket::for_address(&listener.local_addr()?)?;
/// socket.connect(listener.local_addr()?)?;
/// listener.accept()?.0.write_all(b"hello")?;
///
/// let received = Rc::new(Cell::new(0));
/// let count = Rc::clone(&received);
/// socket
///     .recv(vec![0; 100], Notify::Routine)?
///     .then(move |done| count.set(done.transferred().len()))
///     .expect("it was started by this thread, which has not waited since");
/// assert_eq!(received.get(), 0); // only an alertable wait runs it
/// assert!(sleep_alertable(None));
/// assert_eq!(received.get(), 5);
/// # Ok(())
/// # }
/// ```
pub fn sleep_alertable(limit: Option<Duration>) -> bool {
    // SAFETY: no pointer is involved; what it runs is this crate's routine.
    unsafe { SleepEx(milliseconds(limit), 1) == WAIT_IO_COMPLETION }
}
