//! `LINSOCK_TRACE`: a line for each call, with its arguments, result, error and thread.
//!
//! `#[api]` makes of every function a jump through its [`Entry`]: to its body while there is no trace, and else to a
//! function beside it, which notes the arguments, calls the body, and writes the line when that came back. The last error
//! and `errno` stay as the call left them.

mod line;
mod names;
mod result;
mod spelling;
mod value;

use crate::last_error::{self, KeepErrno};
use line::Line;
use linsock_backend::trace_file::TraceFile;
use std::fmt::Write;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, Ordering};

/// What the trace knows of a function.
pub(crate) struct Function {
    pub name: &'static str,
    /// Names and types, as the source has them.
    pub parameters: &'static [(&'static str, &'static str)],
    pub result: &'static str,
}

/// More than any function has.
const PARAMETERS_MAX: usize = 12;

fn file() -> Option<&'static TraceFile> {
    static FILE: OnceLock<Option<TraceFile>> = OnceLock::new();
    FILE.get_or_init(TraceFile::from_environment).as_ref()
}

/// Where a function jumps to.
#[repr(transparent)]
pub(crate) struct Entry(AtomicPtr<()>);

impl Entry {
    /// A function that decides.
    pub const fn new(first: *mut ()) -> Entry {
        Entry(AtomicPtr::new(first))
    }

    /// Where it points, for machines whose jump is not written out.
    #[allow(dead_code)]
    pub fn get(&self) -> *mut () {
        self.0.load(Ordering::Relaxed)
    }

    /// Points at one of two functions for good; whether at the one that traces.
    pub fn decide(&self, body: *mut (), traced: *mut ()) -> bool {
        let _errno = KeepErrno::new();
        let is_on = file().is_some();
        self.0.store(if is_on { traced } else { body }, Ordering::Relaxed);
        is_on
    }
}

/// An argument's or a result's bytes. Functions pass nothing that is longer.
pub(crate) fn word<T: Copy>(value: &T) -> u64 {
    const { assert!(size_of::<T>() <= size_of::<u64>()) };
    let mut word = [0; size_of::<u64>()];
    // SAFETY: integers, pointers, and structures of one integer, which have no gaps; no more bytes than there are.
    unsafe {
        std::ptr::copy_nonoverlapping(
            std::ptr::from_ref(value).cast::<u8>(),
            word.as_mut_ptr(),
            size_of::<T>(),
        );
    }
    u64::from_le_bytes(word)
}

/// A call under way.
pub(crate) struct Call {
    function: &'static Function,
    words: [u64; PARAMETERS_MAX],
    /// The arguments as they were before the call, one after the other.
    before: Line,
    /// Where each of them ends.
    ends: [usize; PARAMETERS_MAX],
}

impl Call {
    /// Notes the arguments.
    pub fn begin<const N: usize>(function: &'static Function, arguments: [u64; N]) -> Call {
        const { assert!(N <= PARAMETERS_MAX) };
        let mut words = [0; PARAMETERS_MAX];
        words[..N].copy_from_slice(&arguments);
        Call::noted(function, words)
    }

    fn noted(function: &'static Function, words: [u64; PARAMETERS_MAX]) -> Call {
        let _errno = KeepErrno::new();
        let mut call = Call { function, words, before: Line::default(), ends: [0; PARAMETERS_MAX] };
        for at in 0..function.parameters.len() {
            let mut text = std::mem::take(&mut call.before);
            // A line takes whatever is written, as far as it has room.
            let _ = value::before(&mut text, &call, at);
            call.ends[at] = text.as_bytes().len();
            call.before = text;
        }
        call
    }

    /// Writes the line of a call that came back.
    pub fn end(self, result: u64) {
        let _errno = KeepErrno::new();
        let error = last_error::get();
        let mut line = self.arguments(true);
        let _ = result::write(&mut line, self.function, result, error);
        line.finish();
        self.write(&line);
    }

    /// Writes the line of a call that will not come back.
    pub fn end_without_result(&self) {
        let _errno = KeepErrno::new();
        let mut line = self.arguments(false);
        let _ = line.write_str(" = ?");
        line.finish();
        self.write(&line);
    }

    fn write(&self, line: &Line) {
        if let Some(file) = file() {
            file.write(line.as_bytes());
        }
    }

    fn arguments(&self, came_back: bool) -> Line {
        let mut line = Line::default();
        let name = self.function.name.trim_end_matches("_utf32");
        // SAFETY: takes nothing.
        let _ = write!(line, "[tid {}] {name}(", unsafe { libc::gettid() });
        for (at, (parameter, _)) in self.function.parameters.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            let parameter = spelling::of(parameter.trim_start_matches('_'));
            let _ = write!(line, "{comma}{parameter}=");
            if came_back && value::after(&mut line, self, at) {
                continue;
            }
            let start = if at == 0 { 0 } else { self.ends[at - 1] };
            line.push(self.before.as_bytes().get(start..self.ends[at]).unwrap_or_default());
        }
        let _ = line.write_str(")");
        line
    }

    /// An argument by its place; 0 for one that there is not.
    fn word(&self, at: usize) -> u64 {
        self.words.get(at).copied().unwrap_or(0)
    }

    fn parameter(&self, at: usize) -> (&'static str, &'static str) {
        let (name, of) = self.function.parameters.get(at).copied().unwrap_or(("", ""));
        (name.trim_start_matches('_'), of)
    }
}
