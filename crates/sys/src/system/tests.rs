use super::*;
use crate::last_error::GetLastError;
use linsock_abi::*;
use std::ffi::c_void;
use std::ptr;

fn last_error() -> u32 {
    // SAFETY: has no preconditions.
    unsafe { GetLastError() }
}

fn message(flags: u32, source: *const c_void, number: u32) -> Result<String, u32> {
    let mut room = [0u8; 300];
    // SAFETY: the buffer is as long as is said.
    let count =
        unsafe { FormatMessageA(flags, source, number, 0, room.as_mut_ptr(), 300, ptr::null()) };
    if count == 0 {
        return Err(last_error());
    }
    assert_eq!(room[count as usize], 0);
    Ok(String::from_utf8(room[..count as usize].to_vec()).expect("English"))
}

#[test]
fn messages_of_the_system() {
    let flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS;
    assert_eq!(message(flags, ptr::null(), 5).as_deref(), Ok("Access is denied.\r\n"));
    assert_eq!(message(flags | 0xFF, ptr::null(), 5).as_deref(), Ok("Access is denied. "));
    assert_eq!(message(flags, ptr::null(), 7), Err(ERROR_MR_MID_NOT_FOUND));
    assert_eq!(message(0x8000, ptr::null(), 5), Err(ERROR_INVALID_PARAMETER));
}

#[test]
fn messages_of_the_program_take_an_array_of_arguments() {
    let text = c"%2 of %1!u! %%%n".as_ptr().cast();
    let arguments = [ptr::without_provenance(42), c"sockets".as_ptr()];
    let mut room = [0u8; 64];
    let flags = FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY;
    // SAFETY: the buffer is as long as is said, the array as long as the text asks for.
    let count =
        unsafe { FormatMessageA(flags, text, 0, 0, room.as_mut_ptr(), 64, arguments.as_ptr()) };
    assert_eq!(&room[..count as usize], b"sockets of 42 %\r\n");
}

#[test]
fn what_is_no_message_has_its_error() {
    let from_string =
        |text: &std::ffi::CStr| message(FORMAT_MESSAGE_FROM_STRING, text.as_ptr().cast(), 0);
    for text in [c"%1", c"%1!d!", c"%1!d", c"%1!q!", c"%"] {
        assert_eq!(from_string(text), Err(ERROR_INVALID_PARAMETER), "{text:?}");
    }
    for text in [c"", c"%0", c"%01"] {
        assert_eq!(from_string(text), Err(ERROR_NO_WORK_DONE), "{text:?}");
    }
    assert_eq!(message(0, c"text".as_ptr().cast(), 0), Err(ERROR_INVALID_PARAMETER));
    assert_eq!(message(FORMAT_MESSAGE_FROM_HMODULE, ptr::null(), 5), Err(ERROR_MR_MID_NOT_FOUND));
}

#[test]
fn a_message_may_be_allocated_and_must_fit() {
    let flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_ALLOCATE_BUFFER;
    let mut text: *mut u16 = ptr::null_mut();
    // SAFETY: with this flag the buffer is the place of a pointer.
    let count = unsafe {
        FormatMessageW(flags, ptr::null(), 10061, 0, (&raw mut text).cast(), 0, ptr::null())
    };
    // SAFETY: so many units were written.
    let units = unsafe { std::slice::from_raw_parts(text, count as usize) };
    assert!(String::from_utf16_lossy(units).contains("actively refused it.\r\n"));
    // SAFETY: allocated above, given back once.
    unsafe {
        assert!(LocalFree(text.cast()).is_null());
        let mut small = [0u8; 4];
        let count = FormatMessageA(
            FORMAT_MESSAGE_FROM_SYSTEM,
            ptr::null(),
            5,
            0,
            small.as_mut_ptr(),
            4,
            ptr::null(),
        );
        assert_eq!((count, last_error()), (0, ERROR_INSUFFICIENT_BUFFER));
    }
}

#[test]
fn blocks_know_their_heap_and_their_size() {
    // SAFETY: blocks are used within their size and given back once.
    unsafe {
        let heap = HeapCreate(0, 0, 1000);
        let other = HeapCreate(0, 0, 0);
        let block = HeapAlloc(heap, HEAP_ZERO_MEMORY, 100).cast::<u8>();
        assert!(std::slice::from_raw_parts(block, 100).iter().all(|byte| *byte == 0));
        assert_eq!(HeapSize(heap, 0, block.cast()), 100);
        block.write_bytes(7, 100);
        assert!(HeapAlloc(heap, 0, 901).is_null(), "more than the heap may have");
        let more = HeapReAlloc(heap, HEAP_ZERO_MEMORY, block.cast(), 200).cast::<u8>();
        assert_eq!((*more.add(99), *more.add(100)), (7, 0));
        assert!(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, more.cast(), 201).is_null());
        assert_eq!(HeapFree(other, 0, more.cast()), 0);
        assert_eq!(HeapFree(GetProcessHeap(), 0, more.cast()), 0);
        assert_eq!(HeapFree(heap, 0, more.cast()), 1);
        assert!(!HeapAlloc(heap, 0, 900).is_null(), "what was given back counts no more");
        assert_eq!(HeapDestroy(heap), 1);
        assert_eq!(HeapDestroy(heap), 0);
        assert!(HeapAlloc(heap, 0, 1).is_null());
        assert_eq!(last_error(), ERROR_INVALID_HANDLE);
        assert_eq!(HeapDestroy(other), 1);
        let local = LocalAlloc(LMEM_ZEROINIT, 8);
        assert_eq!(HeapFree(GetProcessHeap(), 0, local), 0);
        assert!(LocalFree(local).is_null());
    }
}

#[test]
fn windows_libraries_are_here_and_others_are_not() {
    // SAFETY: names that end with a zero.
    unsafe {
        let winsock = GetModuleHandleA(c"WS2_32.DLL".as_ptr().cast());
        assert!(!winsock.is_null());
        assert_eq!(winsock, LoadLibraryA(c"C:\\Windows\\System32\\ws2_32.dll".as_ptr().cast()));
        assert_ne!(winsock, GetModuleHandleA(c"kernel32".as_ptr().cast()));
        let helper = LoadLibraryA(c"C:\\Windows\\System32\\IPHLPAPI.DLL".as_ptr().cast());
        assert!(!helper.is_null() && helper == GetModuleHandleA(c"iphlpapi".as_ptr().cast()));
        assert_eq!(FreeLibrary(winsock), 1);
        assert!(GetModuleHandleA(c"d3d11.dll".as_ptr().cast()).is_null());
        assert_eq!(last_error(), ERROR_MOD_NOT_FOUND);
        assert!(LoadLibraryA(c"/nowhere/plug-in.so".as_ptr().cast()).is_null());
        assert_eq!(last_error(), ERROR_MOD_NOT_FOUND);
        assert_eq!(FreeLibrary(ptr::without_provenance_mut(0x1230)), 0);
        assert_eq!(last_error(), ERROR_INVALID_HANDLE);
        assert!(GetProcAddress(winsock, c"ConnectEx".as_ptr().cast()).is_none());
        assert_eq!(last_error(), ERROR_PROC_NOT_FOUND);
        assert!(GetProcAddress(winsock, ptr::without_provenance(17)).is_none());
        assert!(!GetModuleHandleA(ptr::null()).is_null());
    }
}

#[test]
fn a_shared_object_is_loaded_and_its_functions_found() {
    // SAFETY: the C library's mathematics, whose function is not called.
    unsafe {
        let module = LoadLibraryA(c"libm.so.6".as_ptr().cast());
        assert!(!module.is_null());
        assert!(GetProcAddress(module, c"cos".as_ptr().cast()).is_some());
        assert_eq!(FreeLibrary(module), 1);
        assert!(GetProcAddress(module, c"cos".as_ptr().cast()).is_none());
    }
}

#[test]
fn the_version_compares_place_by_place() {
    let verify = |major, minor, how: u32| {
        let mut asked =
            OSVERSIONINFOEXA { dwMajorVersion: major, dwMinorVersion: minor, ..Default::default() };
        let parts = VER_MAJORVERSION | VER_MINORVERSION;
        // SAFETY: a whole record.
        unsafe {
            let mask = VerSetConditionMask(0, VER_MAJORVERSION, how as u8);
            let mask = VerSetConditionMask(mask, VER_MINORVERSION, how as u8);
            VerifyVersionInfoA(&raw mut asked, parts, mask) != 0
        }
    };
    assert!(verify(6, 3, VER_GREATER_EQUAL), "10.0 is later than 6.3");
    assert!(verify(10, 0, VER_EQUAL));
    assert!(!verify(10, 1, VER_GREATER_EQUAL));
    assert_eq!(last_error(), Win32Error::ERROR_OLD_WIN_VERSION.0);
    assert!(!verify(6, 1, VER_LESS));
}

#[test]
fn the_system_has_a_folder_and_its_libraries_are_in_it() {
    // SAFETY: room as long as is said; names that end with a zero.
    unsafe {
        assert_eq!(GetVersion(), 10 | 19045 << 16);
        let mut folder = [0u8; 1000];
        let length = GetSystemDirectoryA(folder.as_mut_ptr(), 1000) as usize;
        assert_eq!(GetSystemDirectoryA(ptr::null_mut(), 0) as usize, length + 1);
        let path = std::str::from_utf8(&folder[..length]).expect("UTF-8").to_owned();
        assert!(std::path::Path::new(&path).is_dir(), "{path}");
        for mark in ["/", "\\"] {
            let library =
                std::ffi::CString::new(format!("{path}{mark}WS2_32.dll")).expect("no zero");
            let winsock = GetModuleHandleA(c"ws2_32".as_ptr().cast());
            assert_eq!(LoadLibraryA(library.as_ptr().cast()), winsock, "{library:?}");
        }
        let mut wide = [0u16; 1000];
        assert_eq!(GetWindowsDirectoryW(wide.as_mut_ptr(), 1000), length as u32);
        assert_eq!(String::from_utf16_lossy(&wide[..length]), path);
        assert_eq!(GetSystemWindowsDirectoryW(wide.as_mut_ptr(), 1000), length as u32);
    }
}

#[test]
fn the_system_is_described() {
    // SAFETY: room for the answers.
    unsafe {
        let mut info = SYSTEM_INFO::default();
        GetSystemInfo(&raw mut info);
        assert!(info.dwNumberOfProcessors >= 1 && info.dwPageSize.is_power_of_two());
        assert_eq!(info.dwActiveProcessorMask.count_ones(), info.dwNumberOfProcessors.min(64));
        let mut time = FILETIME::default();
        GetSystemTimeAsFileTime(&raw mut time);
        let steps = u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime);
        // 2020 and 2200 in steps of 100 ns since 1601.
        assert!((132_223_104_000_000_000..189_000_000_000_000_000).contains(&steps), "{steps}");
        let mut bytes = [0u8; 600];
        assert_eq!(BCryptGenRandom(ptr::null_mut(), bytes.as_mut_ptr(), 600, 2), 0);
        assert!(bytes.iter().any(|byte| *byte != 0));
        assert_ne!(BCryptGenRandom(ptr::null_mut(), bytes.as_mut_ptr(), 600, 0), 0);
    }
}
