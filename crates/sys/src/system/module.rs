//! Modules: Windows' own libraries, whose functions are this library's, and the program's plug-ins.

use std::ffi::{CStr, CString, c_void};
use std::ptr;
use std::sync::{Mutex, MutexGuard};

use linsock_abi::{BOOL, FARPROC, HANDLE, HMODULE, PCSTR, PCWSTR, Win32Error};

use crate::winsock::text::Unit;

/// Windows' libraries that programs look functions up in. All of them are this one.
const SYSTEM: [&str; 10] = [
    "kernel32",
    "kernelbase",
    "ntdll",
    "ws2_32",
    "wsock32",
    "mswsock",
    "advapi32",
    "user32",
    "iphlpapi",
    "bcrypt",
];

/// Their handles: this and on, where Windows puts modules and nothing of ours is.
const SYSTEM_FIRST: usize = 0x7FF8_0000_0000;
const SYSTEM_STEP: usize = 0x1_0000;

/// The program itself.
const PROGRAM: usize = 0x1_4000_0000;

/// Names of Windows' own that have an underscore; others that have one are ours alone.
const UNDERSCORED: [&str; 3] = ["__WSAFDIsSet", "if_indextoname", "if_nametoindex"];

/// Fetched by their GUIDs alone, on Windows too.
const BY_GUID_ALONE: [&str; 2] = ["ConnectEx", "DisconnectEx"];

/// Plug-ins that LoadLibrary opened, once for each time.
static LOADED: Mutex<Vec<usize>> = Mutex::new(Vec::new());

fn loaded() -> MutexGuard<'static, Vec<usize>> {
    LOADED.lock().unwrap_or_else(|poison| poison.into_inner())
}

/// The handle of one of Windows' libraries, named with or without folder and `.dll`.
fn system_module(name: &str) -> Option<usize> {
    let name = name.rsplit(['\\', '/']).next()?.to_ascii_lowercase();
    let name = name.strip_suffix(".dll").unwrap_or(&name);
    let place = SYSTEM.iter().position(|known| *known == name)?;
    Some(SYSTEM_FIRST + place * SYSTEM_STEP)
}

fn is_system(module: usize) -> bool {
    let end = SYSTEM_FIRST + SYSTEM.len() * SYSTEM_STEP;
    (SYSTEM_FIRST..end).contains(&module) && (module - SYSTEM_FIRST).is_multiple_of(SYSTEM_STEP)
}

fn module_or_null(result: Result<usize, Win32Error>) -> HMODULE {
    result.map_or_else(
        |error| {
            crate::last_error::set(error.0);
            ptr::null_mut()
        },
        ptr::with_exposed_provenance_mut,
    )
}

/// # Safety
/// NULL, or a text that ends with a zero.
unsafe fn name<U: Unit>(text: *const U) -> Result<String, Win32Error> {
    // SAFETY: the caller's word.
    let units = unsafe { crate::threading::until_zero(text) };
    U::decode(units.ok_or(Win32Error::ERROR_INVALID_PARAMETER)?)
        .ok_or(Win32Error::ERROR_NO_UNICODE_TRANSLATION)
}

/// # Safety
/// As [`name`].
unsafe fn handle_of<U: Unit>(text: *const U) -> Result<usize, Win32Error> {
    if text.is_null() {
        return Ok(PROGRAM);
    }
    // SAFETY: the caller's word.
    system_module(&unsafe { name(text) }?).ok_or(Win32Error::ERROR_MOD_NOT_FOUND)
}

/// # Safety
/// As [`name`]; a plug-in's initialisers may run.
unsafe fn load<U: Unit>(text: *const U) -> Result<usize, Win32Error> {
    // SAFETY: the caller's word.
    let name = unsafe { name(text) }?;
    if let Some(known) = system_module(&name) {
        return Ok(known);
    }
    let name = CString::new(name).map_err(|_| Win32Error::ERROR_INVALID_NAME)?;
    // SAFETY: a name that ends with a zero; the caller's word for what runs.
    let opened = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    if opened.is_null() {
        return Err(Win32Error::ERROR_MOD_NOT_FOUND);
    }
    loaded().push(opened.expose_provenance());
    Ok(opened.expose_provenance())
}

/// This library, as the loader knows it: the shared object, or the program it was linked into.
fn own_image() -> *mut c_void {
    // SAFETY: numbers and pointers, which the call fills.
    let mut info: libc::Dl_info = unsafe { std::mem::zeroed() };
    let inside: *const c_void = (own_image as fn() -> *mut c_void as *const ()).cast();
    // SAFETY: any address may be asked about; room for the answer.
    let found = unsafe { libc::dladdr(inside, &raw mut info) } != 0 && !info.dli_fname.is_null();
    let image = if found {
        // SAFETY: a name that the loader keeps; nothing is loaded anew.
        unsafe { libc::dlopen(info.dli_fname, libc::RTLD_NOW | libc::RTLD_NOLOAD) }
    } else {
        ptr::null_mut()
    };
    // SAFETY: NULL stands for the program.
    if image.is_null() { unsafe { libc::dlopen(ptr::null(), libc::RTLD_NOW) } } else { image }
}

/// A symbol of an image.
fn symbol(image: *mut c_void, name: &str) -> Option<*mut c_void> {
    let name = CString::new(name).ok()?;
    // SAFETY: an open image and a name that ends with a zero.
    let found = unsafe { libc::dlsym(image, name.as_ptr()) };
    (!found.is_null()).then_some(found)
}

/// # Safety
/// As [`name`].
unsafe fn procedure(module: usize, text: PCSTR, wide: &str) -> Result<*mut c_void, Win32Error> {
    // A number stands for an ordinal; there are none here.
    if text.addr() <= usize::from(u16::MAX) {
        return Err(Win32Error::ERROR_PROC_NOT_FOUND);
    }
    // SAFETY: the caller's word.
    let asked = unsafe { CStr::from_ptr(text.cast()) };
    let asked = asked.to_str().map_err(|_| Win32Error::ERROR_PROC_NOT_FOUND)?;
    if is_system(module) {
        // Ours alone, under the names that Windows gives them.
        let hidden =
            asked.contains('_') && !UNDERSCORED.contains(&asked) || BY_GUID_ALONE.contains(&asked);
        let image = own_image();
        let spelt = [format!("{asked}{wide}"), format!("ws2_{asked}"), asked.to_owned()];
        let ours = |name: &String| symbol(image, name).filter(|at| is_in_own_image(*at));
        let found = (!hidden).then(|| spelt.iter().find_map(ours)).flatten();
        return found.ok_or(Win32Error::ERROR_PROC_NOT_FOUND);
    }
    let image = match module {
        // SAFETY: NULL stands for the program.
        0 | PROGRAM => unsafe { libc::dlopen(ptr::null(), libc::RTLD_NOW) },
        _ if loaded().contains(&module) => ptr::with_exposed_provenance_mut(module),
        _ => return Err(Win32Error::ERROR_INVALID_HANDLE),
    };
    symbol(image, asked).ok_or(Win32Error::ERROR_PROC_NOT_FOUND)
}

/// The path of the file that Windows' own libraries are.
pub(super) fn system_path() -> Result<std::path::PathBuf, Win32Error> {
    path_of(SYSTEM_FIRST)
}

/// The path of a module's file.
pub(super) fn path_of(module: usize) -> Result<std::path::PathBuf, Win32Error> {
    if module == 0 || module == PROGRAM {
        return std::fs::read_link("/proc/self/exe").map_err(|_| Win32Error::ERROR_MOD_NOT_FOUND);
    }
    let inside: *const c_void = if is_system(module) {
        (own_image as fn() -> *mut c_void as *const ()).cast()
    } else if loaded().contains(&module) {
        // An object of the loader's begins with where it lies, as the C library's `struct link_map` says.
        // SAFETY: opened by LoadLibrary and not closed.
        ptr::with_exposed_provenance(unsafe {
            ptr::with_exposed_provenance::<usize>(module).read()
        })
    } else {
        return Err(Win32Error::ERROR_MOD_NOT_FOUND);
    };
    // SAFETY: numbers and pointers, which the call fills.
    let mut info: libc::Dl_info = unsafe { std::mem::zeroed() };
    // SAFETY: any address may be asked about; room for the answer.
    let found = unsafe { libc::dladdr(inside, &raw mut info) } != 0 && !info.dli_fname.is_null();
    if !found {
        return Err(Win32Error::ERROR_MOD_NOT_FOUND);
    }
    // SAFETY: a name that the loader keeps.
    let name = unsafe { CStr::from_ptr(info.dli_fname) };
    let name = std::path::PathBuf::from(name.to_string_lossy().into_owned());
    Ok(std::fs::canonicalize(&name).unwrap_or(name))
}

/// Whether an address is in the same image as this code: a search goes on into what an image was linked with.
fn is_in_own_image(address: *mut c_void) -> bool {
    let base_of = |address: *const c_void| {
        // SAFETY: numbers and pointers, which the call fills; any address may be asked about.
        unsafe {
            let mut info: libc::Dl_info = std::mem::zeroed();
            (libc::dladdr(address, &raw mut info) != 0).then_some(info.dli_fbase)
        }
    };
    base_of(address) == base_of((is_in_own_image as fn(*mut c_void) -> bool as *const ()).cast())
}

/// # Safety
/// As [`name`].
unsafe fn address(module: HMODULE, text: PCSTR, wide: &str) -> FARPROC {
    // SAFETY: the caller's word.
    match unsafe { procedure(module.expose_provenance(), text, wide) } {
        // SAFETY: the address of a function, or of data that the program does not call.
        Ok(found) => unsafe { std::mem::transmute::<*mut c_void, FARPROC>(found) },
        Err(error) => {
            crate::last_error::set(error.0);
            None
        }
    }
}

/// The handle of a module that is loaded: NULL for the program, else one of Windows' libraries.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// NULL and ERROR_MOD_NOT_FOUND (126): not one of those.
///
/// # Linux
/// kernel32, kernelbase, ntdll, ws2_32, wsock32, mswsock, advapi32, user32, iphlpapi and bcrypt are this library.
///
/// # Sources
/// learn.microsoft.com: libloaderapi.h, GetModuleHandleA
#[api]
pub unsafe extern "system" fn GetModuleHandleA(lpmodulename: PCSTR) -> HMODULE {
    // SAFETY: by the crate's vocabulary.
    module_or_null(unsafe { handle_of(lpmodulename) })
}

/// As GetModuleHandleA, in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetModuleHandleA`].
///
/// # Linux
/// As [`GetModuleHandleA`].
///
/// # Sources
/// learn.microsoft.com: libloaderapi.h, GetModuleHandleW
#[api]
pub unsafe extern "system" fn GetModuleHandleW(lpmodulename: PCWSTR) -> HMODULE {
    // SAFETY: by the crate's vocabulary.
    module_or_null(unsafe { handle_of(lpmodulename) })
}

/// As GetModuleHandleW, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetModuleHandleA`].
///
/// # Linux
/// As [`GetModuleHandleA`].
///
/// # Sources
/// learn.microsoft.com: libloaderapi.h, GetModuleHandleW
#[api]
pub unsafe extern "system" fn GetModuleHandleW_utf32(lpmodulename: *const u32) -> HMODULE {
    // SAFETY: by the crate's vocabulary.
    module_or_null(unsafe { handle_of(lpmodulename) })
}

/// Loads a module: one of Windows' libraries, which is here already, or a shared object.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// NULL and ERROR_MOD_NOT_FOUND (126): none of that name.
///
/// # Linux
/// Another name is the loader's business: a path, or a name that it looks for.
///
/// # Safety
/// The initialisers of the shared object run.
///
/// # Sources
/// learn.microsoft.com: libloaderapi.h, LoadLibraryA
#[api]
pub unsafe extern "system" fn LoadLibraryA(lplibfilename: PCSTR) -> HMODULE {
    // SAFETY: by this function's own contract.
    module_or_null(unsafe { load(lplibfilename) })
}

/// As LoadLibraryA, in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`LoadLibraryA`].
///
/// # Linux
/// As [`LoadLibraryA`].
///
/// # Safety
/// As [`LoadLibraryA`].
///
/// # Sources
/// learn.microsoft.com: libloaderapi.h, LoadLibraryW
#[api]
pub unsafe extern "system" fn LoadLibraryW(lplibfilename: PCWSTR) -> HMODULE {
    // SAFETY: by this function's own contract.
    module_or_null(unsafe { load(lplibfilename) })
}

/// As LoadLibraryW, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`LoadLibraryA`].
///
/// # Linux
/// As [`LoadLibraryA`].
///
/// # Safety
/// As [`LoadLibraryA`].
///
/// # Sources
/// learn.microsoft.com: libloaderapi.h, LoadLibraryW
#[api]
pub unsafe extern "system" fn LoadLibraryW_utf32(lplibfilename: *const u32) -> HMODULE {
    // SAFETY: by this function's own contract.
    module_or_null(unsafe { load(lplibfilename) })
}

/// As LoadLibraryA, with flags.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`LoadLibraryA`]; ERROR_INVALID_PARAMETER (87): hFile is not NULL.
///
/// # Linux
/// The flags, which say where to look, are not followed.
///
/// # Safety
/// As [`LoadLibraryA`].
///
/// # Sources
/// learn.microsoft.com: libloaderapi.h, LoadLibraryExA
#[api]
pub unsafe extern "system" fn LoadLibraryExA(
    lplibfilename: PCSTR,
    hfile: HANDLE,
    _dwflags: u32,
) -> HMODULE {
    if !hfile.is_null() {
        return module_or_null(Err(Win32Error::ERROR_INVALID_PARAMETER));
    }
    // SAFETY: by this function's own contract.
    module_or_null(unsafe { load(lplibfilename) })
}

/// Gives a module of LoadLibrary up.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6): no module.
///
/// # Linux
/// Windows' libraries stay.
///
/// # Safety
/// Nothing of the shared object is used any more.
///
/// # Sources
/// learn.microsoft.com: libloaderapi.h, FreeLibrary
#[api]
pub unsafe extern "system" fn FreeLibrary(hlibmodule: HMODULE) -> BOOL {
    let module = hlibmodule.expose_provenance();
    if is_system(module) || module == PROGRAM {
        return 1;
    }
    let opened = {
        let mut loaded = loaded();
        let place = loaded.iter().position(|known| *known == module);
        place.map(|place| loaded.swap_remove(place))
    };
    if opened.is_none() {
        crate::last_error::set(Win32Error::ERROR_INVALID_HANDLE.0);
        return 0;
    }
    // SAFETY: opened by LoadLibrary, as often as it is closed.
    BOOL::from(unsafe { libc::dlclose(hlibmodule) } == 0)
}

/// The address of a function of a module.
///
/// # Contract
/// C-003: what is an extension is fetched by its GUID, not by name.
///
/// # Errors
/// NULL and ERROR_PROC_NOT_FOUND (127): none of that name; ERROR_INVALID_HANDLE (6): no module.
///
/// # Linux
/// Every one of Windows' libraries answers for the functions of all of them. Where this library is linked statically
/// they are found only if the program exports them (-rdynamic).
///
/// # Sources
/// learn.microsoft.com: libloaderapi.h, GetProcAddress
#[api]
pub unsafe extern "system" fn GetProcAddress(hmodule: HMODULE, lpprocname: PCSTR) -> FARPROC {
    // SAFETY: by the crate's vocabulary.
    unsafe { address(hmodule, lpprocname, "") }
}

/// [`GetProcAddress`] for programs whose wchar_t has 32 bits: wide functions are those that take such texts.
///
/// # Contract
/// C-003: what is an extension is fetched by its GUID, not by name.
///
/// # Errors
/// As [`GetProcAddress`].
///
/// # Linux
/// The header binds GetProcAddress to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: libloaderapi.h, GetProcAddress
#[api]
pub unsafe extern "system" fn GetProcAddress_utf32(hmodule: HMODULE, lpprocname: PCSTR) -> FARPROC {
    // SAFETY: by the crate's vocabulary.
    unsafe { address(hmodule, lpprocname, "_utf32") }
}
