//! Console control handlers: what asks the process to stop or to end.
//!
//! A signal handler may do next to nothing, so ours writes a byte, and a thread that reads it runs the program's
//! handlers. The thread and its pipe are made with the first handler.

use std::sync::{Mutex, MutexGuard, OnceLock};

use linsock_abi::{
    BOOL, CTRL_BREAK_EVENT, CTRL_C_EVENT, CTRL_CLOSE_EVENT, Errno, PHANDLER_ROUTINE, Win32Error,
};
use linsock_backend::interrupt::{self, Inbox};

use crate::shape::truth;

type Handler = unsafe extern "system" fn(ctrltype: u32) -> BOOL;

/// The program's handlers, the latest last, and whether Ctrl-C is ignored.
struct Handlers {
    routines: Vec<Handler>,
    ignores_ctrl_c: bool,
}

static HANDLERS: Mutex<Handlers> =
    Mutex::new(Handlers { routines: Vec::new(), ignores_ctrl_c: false });
static READER: OnceLock<Result<(), Errno>> = OnceLock::new();

fn handlers() -> MutexGuard<'static, Handlers> {
    HANDLERS.lock().unwrap_or_else(|poison| poison.into_inner())
}

/// The event that a signal is.
fn event(signal: i32) -> u32 {
    match signal {
        libc::SIGINT => CTRL_C_EVENT,
        libc::SIGQUIT => CTRL_BREAK_EVENT,
        // The terminal went away, or somebody wants the process to end.
        _ => CTRL_CLOSE_EVENT,
    }
}

/// Starts the thread that runs the handlers.
fn start_reader() -> Result<(), Errno> {
    let inbox = interrupt::open()?;
    let thread = std::thread::Builder::new().name("linsock-control".into());
    thread.spawn(move || read(&inbox)).map(drop).map_err(|_| Errno::EAGAIN)
}

fn read(inbox: &Inbox) {
    while let Some(signal) = inbox.next() {
        let event = event(signal);
        let routines = handlers().routines.clone();
        // SAFETY: the program gave the functions for this.
        let handled = routines.iter().rev().any(|routine| unsafe { routine(event) } != 0);
        // Nothing keeps a process whose console closes.
        if !handled || event == CTRL_CLOSE_EVENT {
            interrupt::end_by(signal);
        }
    }
}

/// Has the signals taken, ignored or left alone, as the handlers want it.
fn settle(handlers: &Handlers) {
    for signal in interrupt::SIGNALS {
        if signal == libc::SIGINT && handlers.ignores_ctrl_c {
            interrupt::ignore(signal);
        } else if handlers.routines.is_empty() {
            interrupt::give_back(signal);
        } else {
            interrupt::take(signal);
        }
    }
}

fn change(routine: PHANDLER_ROUTINE, add: bool) -> Result<(), Win32Error> {
    if routine.is_some() && add {
        (*READER.get_or_init(start_reader)).map_err(|_| Win32Error::ERROR_NOT_ENOUGH_MEMORY)?;
    }
    let mut handlers = handlers();
    match routine {
        None => handlers.ignores_ctrl_c = add,
        Some(routine) if add => handlers.routines.push(routine),
        Some(routine) => {
            let known =
                handlers.routines.iter().rposition(|known| std::ptr::fn_addr_eq(*known, routine));
            handlers.routines.remove(known.ok_or(Win32Error::ERROR_INVALID_PARAMETER)?);
        }
    }
    settle(&handlers);
    Ok(())
}

/// Adds or removes a function that is called when the process is asked to stop or to end; with
/// NULL, has Ctrl-C ignored or not.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_PARAMETER (87): no such handler; ERROR_NOT_ENOUGH_MEMORY (8): no thread
/// for the handlers.
///
/// # Linux
/// SIGINT is CTRL_C_EVENT, SIGQUIT (Ctrl-\\) is CTRL_BREAK_EVENT, SIGTERM and SIGHUP are
/// CTRL_CLOSE_EVENT; there are no others. Handlers run one event after the other on one thread of
/// their own, the latest first, until one says TRUE. If none does the process ends as the signal
/// would have ended it; after CTRL_CLOSE_EVENT it ends in any case, once the handlers have
/// returned, without a time limit. Without handlers the signals have their default effect. That
/// Ctrl-C is ignored is inherited by children.
///
/// # Safety
/// The function may be called on another thread until it is removed.
///
/// # Sources
/// learn.microsoft.com: consoleapi.h, SetConsoleCtrlHandler
#[api]
pub unsafe extern "system" fn SetConsoleCtrlHandler(
    handlerroutine: PHANDLER_ROUTINE,
    add: BOOL,
) -> BOOL {
    truth(|| change(handlerroutine, add != 0))
}

/// Sends Ctrl-C or Ctrl-Break to a group of processes.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_PARAMETER (87): another event, or no such group; ERROR_ACCESS_DENIED
/// (5).
///
/// # Linux
/// SIGINT or SIGQUIT to a process group, 0 being the caller's.
///
/// # Sources
/// learn.microsoft.com: consoleapi.h, GenerateConsoleCtrlEvent
#[api]
pub unsafe extern "system" fn GenerateConsoleCtrlEvent(
    dwctrlevent: u32,
    dwprocessgroupid: u32,
) -> BOOL {
    truth(|| {
        let signal = match dwctrlevent {
            CTRL_C_EVENT => libc::SIGINT,
            CTRL_BREAK_EVENT => libc::SIGQUIT,
            _ => return Err(Win32Error::ERROR_INVALID_PARAMETER),
        };
        let group = i32::try_from(dwprocessgroupid).ok().filter(|group| *group != 1);
        let group = group.ok_or(Win32Error::ERROR_INVALID_PARAMETER)?;
        interrupt::send_to_group(group, signal).map_err(|error| match error {
            Errno::EPERM => Win32Error::ERROR_ACCESS_DENIED,
            _ => Win32Error::ERROR_INVALID_PARAMETER,
        })
    })
}
