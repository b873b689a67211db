//! Memory that cannot be missing, so that the kernel need not be asked about it: the calling thread's own stack, on which
//! whoever called works; the main program's image, which is never unloaded; and the C library's heap, as far as it is one
//! piece, below the program break. Nearly all addresses, buffers and OVERLAPPEDs of a program lie in one of the three.
//!
//! A program can take them away all the same, by `munmap` and `mprotect` on its own heap or variables. That is as if it had
//! done so right after the kernel was asked.

use super::PAGE_BYTES;
use std::cell::Cell;
use std::sync::OnceLock;

thread_local! {
    /// The lowest address of the thread's stack and the one above its highest; both 0: not yet
    /// known.
    static STACK: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

/// From the first address to the one after the last.
#[derive(Clone, Copy, Debug, Default)]
struct Range {
    low: usize,
    high: usize,
}

impl Range {
    #[inline]
    fn holds(self, address: usize, len: usize) -> bool {
        self.low <= address && address < self.high && len <= self.high - address
    }
}

/// What the process has from its start to its end. An empty range where nobody can tell.
#[derive(Debug, Default)]
struct Process {
    /// All of the main program, code and constants among it.
    image: Range,
    /// Its variables.
    variables: Range,
    /// Where its heap begins, if it is known.
    heap: Option<usize>,
}

/// Whether `len` bytes at `address` can be read whatever happens.
#[inline]
pub fn is_own_to_read(address: usize, len: usize) -> bool {
    is_on_own_stack(address, len) || process().image.holds(address, len) || is_on_heap(address, len)
}

/// Whether `len` bytes at `address` can be written whatever happens.
#[inline]
pub fn is_own_to_write(address: usize, len: usize) -> bool {
    is_on_own_stack(address, len)
        || process().variables.holds(address, len)
        || is_on_heap(address, len)
}

fn process() -> &'static Process {
    static PROCESS: OnceLock<Process> = OnceLock::new();
    PROCESS.get_or_init(|| {
        let (image, variables) = main_program();
        Process { image, variables, heap: heap_start() }
    })
}

/// Whether `len` bytes at `address` lie below the program break, whose first is the C library's to
/// tell without a system call.
#[inline]
fn is_on_heap(address: usize, len: usize) -> bool {
    let Some(low) = process().heap else { return false };
    // SAFETY: an increment of 0 changes nothing.
    low <= address && Range { low, high: unsafe { libc::sbrk(0) }.addr() }.holds(address, len)
}

/// Where the piece of memory begins that the kernel calls the heap, if that ends at the program break. Under an emulator the
/// two may have nothing to do with each other.
fn heap_start() -> Option<usize> {
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    let line = maps.lines().find(|line| line.ends_with("[heap]"))?;
    let (low, rest) = line.split_once('-')?;
    let (high, _) = rest.split_once(" rw")?;
    let (low, high) = (usize::from_str_radix(low, 16).ok()?, usize::from_str_radix(high, 16).ok()?);
    // SAFETY: an increment of 0 changes nothing.
    let end = unsafe { libc::sbrk(0) }.addr().next_multiple_of(PAGE_BYTES);
    (high == end).then_some(low)
}

/// Where the main program's image and its variables are.
fn main_program() -> (Range, Range) {
    let mut found = (Range::default(), Range::default());
    // SAFETY: the function is called with a structure that it may read, and with `found`.
    unsafe { libc::dl_iterate_phdr(Some(first_object), (&raw mut found).cast()) };
    found
}

/// Looks at the first object, which is the main program, and ends the walk.
///
/// # Safety
/// As `dl_iterate_phdr` calls it, with two [`Range`]s.
unsafe extern "C" fn first_object(
    info: *mut libc::dl_phdr_info,
    _bytes: libc::size_t,
    found: *mut libc::c_void,
) -> libc::c_int {
    // SAFETY: the caller's word.
    let (info, found) = unsafe { (&*info, &mut *found.cast::<(Range, Range)>()) };
    // SAFETY: the program's own headers, for as long as it runs.
    let headers =
        unsafe { std::slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum)) };
    let place = |header: &libc::Elf64_Phdr| {
        let low = (info.dlpi_addr + header.p_vaddr) as usize;
        Range { low, high: low + header.p_memsz as usize }
    };
    let (mut image, mut variables) = (Range::default(), Range::default());
    for header in headers.iter().filter(|header| header.p_type == libc::PT_LOAD) {
        let here = place(header);
        let follows = here.low & !(PAGE_BYTES - 1) <= image.high.next_multiple_of(PAGE_BYTES);
        if header.p_flags & libc::PF_R == 0 || (image.high != 0 && !follows) {
            // A hole, or what cannot be read, ends what is known.
            break;
        }
        image = Range { low: if image.high == 0 { here.low } else { image.low }, ..here };
        if header.p_flags & libc::PF_W != 0 {
            variables = here;
        }
    }
    for header in headers.iter().filter(|header| header.p_type == libc::PT_GNU_RELRO) {
        // These were made constant once the program was loaded.
        variables.low = variables.low.max(place(header).high.next_multiple_of(PAGE_BYTES));
    }
    *found = (image, variables);
    1
}

/// Whether `len` bytes at `address` lie in that part of the calling thread's stack that its calls
/// use: between the stack pointer and the stack's upper end. `false` on a stack of the program's
/// own making, as coroutines have.
#[inline]
fn is_on_own_stack(address: usize, len: usize) -> bool {
    let here = stack_pointer();
    if address < here {
        // As most addresses of the heap are.
        return false;
    }
    let Ok((mut low, mut high)) = STACK.try_with(Cell::get) else { return false };
    if high == 0 {
        (low, high) = measure_stack();
    }
    low <= here && address < high && len <= high - address
}

#[inline]
fn stack_pointer() -> usize {
    let here: usize;
    #[cfg(target_arch = "x86_64")]
    // SAFETY: reads a register.
    unsafe {
        std::arch::asm!("mov {}, rsp", out(reg) here, options(nomem, nostack, preserves_flags));
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: reads a register.
    unsafe {
        std::arch::asm!("mov {}, sp", out(reg) here, options(nomem, nostack, preserves_flags));
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        here = usize::MAX;
    }
    here
}

/// Asks where the calling thread's stack is, and remembers it.
#[cold]
fn measure_stack() -> (usize, usize) {
    // Where nobody can tell, nothing is on it.
    let mut ends = (1, 1);
    // SAFETY: the attributes are this function's own, and are given back.
    unsafe {
        let mut attributes: libc::pthread_attr_t = std::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &raw mut attributes) == 0 {
            let (mut low, mut bytes) = (std::ptr::null_mut(), 0);
            if libc::pthread_attr_getstack(&raw const attributes, &raw mut low, &raw mut bytes) == 0
            {
                ends = (low.addr(), low.addr() + bytes);
            }
            libc::pthread_attr_destroy(&raw mut attributes);
        }
    }
    let _ = STACK.try_with(|stack| stack.set(ends));
    ends
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::is_readable;
    use std::sync::atomic::AtomicU64;

    #[test]
    fn the_own_stack_is_known_and_no_other() {
        fn check() {
            let here = [0u64; 4];
            let at = here.as_ptr().addr();
            assert!(is_on_own_stack(at, size_of_val(&here)));
            let (low, high) = STACK.get();
            assert!(!is_on_own_stack(low, 8), "below the stack pointer");
            assert!(!is_on_own_stack(at, high - at + 1), "beyond the end");
            assert!(is_on_own_stack(at, high - at));
            assert!(!is_on_own_stack(high, 0) && !is_on_own_stack(0, 8));
            assert!(!is_on_own_stack(Box::new(0u64).as_ref() as *const u64 as usize, 8));
            assert!(!is_on_own_stack(at, usize::MAX));
        }
        check();
        let here = 0u64;
        let at = (&raw const here).addr();
        std::thread::spawn(move || {
            check();
            assert!(!is_on_own_stack(at, 8), "another thread's");
            assert!(is_readable(at, 8));
        })
        .join()
        .unwrap();
    }

    #[test]
    fn the_program_and_its_variables_are_known() {
        static VARIABLE: AtomicU64 = AtomicU64::new(5);
        static CONSTANT: [u8; 64] = [7; 64];
        let (variable, constant) = ((&raw const VARIABLE).addr(), CONSTANT.as_ptr().addr());
        assert!(is_own_to_read(variable, 8) && is_own_to_write(variable, 8));
        assert!(is_own_to_read(constant, 64) && !is_own_to_write(constant, 64));
        let Process { image, variables, .. } = process();
        assert!(variables.low < variables.high && image.low < variables.low);
        assert!(!is_own_to_write(image.low, 8), "the program's head");
        assert!(!is_own_to_read(image.high, 1) && !is_own_to_read(variable, image.high));
        // All that is claimed is true, page by page.
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        let allows = |page: usize, what: char| {
            maps.lines().any(|line| {
                let (range, rest) = line.split_once(' ').unwrap();
                let (low, high) = range.split_once('-').unwrap();
                let [low, high] = [low, high].map(|end| usize::from_str_radix(end, 16).unwrap());
                (low..high).contains(&page) && rest[..4].contains(what)
            })
        };
        for page in (image.low..image.high).step_by(PAGE_BYTES) {
            assert!(allows(page, 'r'), "{page:#x} of {image:#x?}\n{maps}");
        }
        for page in (variables.low..variables.high).step_by(PAGE_BYTES) {
            assert!(allows(page, 'w'), "{page:#x} of {variables:#x?}\n{maps}");
        }
    }

    #[test]
    fn the_heap_is_known_up_to_the_break() {
        // Small pieces on the main thread's arena lie there; test threads may have another one.
        // SAFETY: moves the break up, and down again, by whole pages.
        let piece = unsafe { libc::sbrk(4 * PAGE_BYTES as isize) }.addr();
        assert_ne!(piece, usize::MAX);
        assert!(is_own_to_write(piece, 4 * PAGE_BYTES) && is_own_to_read(piece, 1));
        // SAFETY: as above.
        let end = unsafe { libc::sbrk(0) }.addr();
        assert!(!is_own_to_read(end, 1) && !is_own_to_read(end - 4, 8));
        assert!(!is_own_to_read(process().heap.unwrap() - 1, 1));
    }
}
