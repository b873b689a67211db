//! A file whose descriptor was closed behind the library's back leaves the next file alone that has its number.

use linsock_sys::Win32::Foundation::{CloseHandle, GENERIC_READ, GENERIC_WRITE, HANDLE};
use linsock_sys::Win32::Storage::FileSystem::*;
use std::ffi::CString;
use std::path::PathBuf;
use std::ptr::{null, null_mut};

fn path(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("{name}_{}", std::process::id()))
}

/// A new file that goes with its handle.
fn create(name: &str) -> HANDLE {
    let path = path(name);
    let path = CString::new(path.to_str().expect("a path of letters")).expect("no NUL in it");
    // SAFETY: the path is a live local.
    let file = unsafe {
        CreateFileA(
            path.as_ptr().cast(),
            GENERIC_READ | GENERIC_WRITE,
            0,
            null(),
            CREATE_ALWAYS,
            FILE_FLAG_DELETE_ON_CLOSE,
            null_mut(),
        )
    };
    assert!(file.addr() as isize > 0, "{name}");
    file
}

#[test]
fn the_next_file_of_its_number_stays_open() {
    let first = create("first");
    // SAFETY: a descriptor that only this test knows; the rest has live locals for pointers.
    unsafe {
        assert_eq!(libc::close(first.addr() as i32), 0);
        let second = create("second");
        assert_eq!(second, first, "the lowest number that is free");
        let mut written = 0;
        assert_eq!(WriteFile(second, b"here".as_ptr(), 4, &mut written, null_mut()), 1);
        assert_eq!(written, 4);
        assert_eq!(CloseHandle(second), 1);
        assert_eq!(CloseHandle(second), 0);
    }
    assert!(!path("first").exists() && !path("second").exists());
}
