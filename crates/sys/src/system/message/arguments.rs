//! Where a message's inserts come from: an array, or the variable arguments of a C function.

use std::ffi::c_void;

use linsock_abi::Win32Error;

/// What inserts are numbered in.
pub enum Arguments {
    None,
    /// One word an argument.
    Array(*const usize),
    /// The variable arguments, and those of them that were fetched: they cannot be fetched twice.
    List(List, Vec<usize>),
}

impl Arguments {
    /// # Safety
    /// NULL, an array, or the place of a va_list. What the message names is there as long as this is.
    pub unsafe fn new(at: *const c_void, is_array: bool) -> Result<Arguments, Win32Error> {
        if at.is_null() {
            return Ok(Arguments::None);
        }
        if is_array {
            return Ok(Arguments::Array(at.cast()));
        }
        // SAFETY: the caller's word.
        Ok(Arguments::List(unsafe { List::new(at) }?, Vec::new()))
    }

    /// The words of an insert: those that its stars stand for, and its own.
    ///
    /// In an array the own word is the one behind the stars', and other numbers stay what they are. Of variable
    /// arguments one that a star has taken is counted no more, so "%1!*.*s! %3 %4!*s!" goes with 4, 2, "Bill", "Bob", 6,
    /// "Bill", as Microsoft's page has it.
    ///
    /// # Errors
    /// ERROR_INVALID_PARAMETER: there are no arguments.
    ///
    /// # Safety
    /// The arguments that the message names are there.
    pub unsafe fn take(&mut self, number: usize, stars: usize) -> Result<Vec<usize>, Win32Error> {
        let words = number - 1..number + stars;
        match self {
            Arguments::None => Err(Win32Error::ERROR_INVALID_PARAMETER),
            Arguments::Array(at) => {
                // SAFETY: the caller's word.
                Ok(words.map(|i| unsafe { at.add(i).read_unaligned() }).collect())
            }
            Arguments::List(list, fetched) => {
                while fetched.len() < words.end {
                    // SAFETY: the caller's word.
                    fetched.push(unsafe { list.next() });
                }
                let taken = fetched[words].to_vec();
                if stars > 0 {
                    fetched.remove(number - 1);
                }
                Ok(taken)
            }
        }
    }
}

/// A copy of the record behind a va_list, as the System V ABI for x86-64 lays it out (section 3.5.7): integers and
/// pointers are first in the registers, which the function has saved, then on its caller's stack. Floating point is not
/// looked at, because FormatMessage has none.
#[cfg(target_arch = "x86_64")]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct List {
    /// From the saved registers to the next one.
    next_register: u32,
    next_vector_register: u32,
    next_on_stack: *const usize,
    registers: *const u8,
}

#[cfg(target_arch = "x86_64")]
impl List {
    /// Six registers of eight bytes hold arguments.
    const REGISTERS_BYTES: u32 = 48;

    /// # Safety
    /// The place of a va_list.
    unsafe fn new(at: *const c_void) -> Result<List, Win32Error> {
        // SAFETY: a va_list is an array of one such record, so its place is the record's.
        Ok(unsafe { at.cast::<List>().read_unaligned() })
    }

    /// # Safety
    /// There is another argument, and the function that took them has not returned.
    unsafe fn next(&mut self) -> usize {
        if self.next_register < List::REGISTERS_BYTES {
            // SAFETY: within the registers that the function saved.
            let word =
                unsafe { self.registers.add(self.next_register as usize).cast::<usize>().read() };
            self.next_register += 8;
            return word;
        }
        // SAFETY: the caller's word.
        let word = unsafe { self.next_on_stack.read() };
        self.next_on_stack = self.next_on_stack.wrapping_add(1);
        word
    }
}

/// Elsewhere the record is another one, which nobody has tried.
#[cfg(not(target_arch = "x86_64"))]
pub struct List(std::convert::Infallible);

#[cfg(not(target_arch = "x86_64"))]
impl List {
    unsafe fn new(_at: *const c_void) -> Result<List, Win32Error> {
        Err(Win32Error::ERROR_NOT_SUPPORTED)
    }

    unsafe fn next(&mut self) -> usize {
        match self.0 {}
    }
}
