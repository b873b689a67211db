//! Overlapped reads of what is not in memory, on both backends.
//!
//! A backend is chosen once for a process, so each test runs in one of its own.

use linsock_sys::Win32::Foundation::{CloseHandle, ERROR_IO_PENDING, GetLastError, HANDLE};
use linsock_sys::Win32::Storage::FileSystem::{
    CreateFileA, DeleteFileA, FILE_FLAG_OVERLAPPED, OPEN_EXISTING, ReadFile,
};
use linsock_sys::Win32::System::IO::{
    CreateIoCompletionPort, GetQueuedCompletionStatus, OVERLAPPED,
};
use std::ffi::CString;
use std::os::fd::AsRawFd;
use std::ptr::{null, null_mut};

const BYTES: usize = 8 << 20;
const CHUNK: usize = 64 << 10;

fn contents() -> Vec<u8> {
    (0..BYTES).map(|n| (n * 7 / 13) as u8).collect()
}

/// A file that is on the disk and, as far as the kernel does as it is asked, not in memory.
fn uncached(name: &str) -> CString {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, contents()).unwrap();
    let file = std::fs::File::open(&path).unwrap();
    file.sync_all().unwrap();
    // SAFETY: no pointers.
    unsafe { libc::posix_fadvise(file.as_raw_fd(), 0, 0, libc::POSIX_FADV_DONTNEED) };
    CString::new(path.to_str().unwrap()).unwrap()
}

fn open(name: &CString) -> HANDLE {
    const GENERIC_READ: u32 = 0x8000_0000;
    // SAFETY: a string that ends with a zero.
    let file = unsafe {
        CreateFileA(
            name.as_ptr().cast(),
            GENERIC_READ,
            0,
            null(),
            OPEN_EXISTING,
            FILE_FLAG_OVERLAPPED,
            null_mut(),
        )
    };
    assert_ne!(file.addr(), usize::MAX);
    file
}

/// Reads all chunks of an uncached file at once, last one first, by packets; closes the handle
/// while they are under way if `closes`.
fn read_all(name: &str, closes: bool) {
    let name = uncached(name);
    let file = open(&name);
    // SAFETY: handles and pointers that stay until every packet has come.
    unsafe {
        let port = CreateIoCompletionPort(file, null_mut(), 5, 1);
        assert!(!port.is_null());
        let mut got = vec![0u8; BYTES];
        let mut reads: Vec<OVERLAPPED> = vec![std::mem::zeroed(); BYTES / CHUNK];
        let mut pended = 0;
        for n in (0..reads.len()).rev() {
            reads[n].Anonymous.Anonymous.Offset = (n * CHUNK) as u32;
            let to = got.as_mut_ptr().add(n * CHUNK);
            let done = ReadFile(file, to, CHUNK as u32, null_mut(), &raw mut reads[n]);
            if done == 0 {
                assert_eq!(GetLastError(), ERROR_IO_PENDING);
                pended += 1;
            }
        }
        println!("{pended} of {} reads pended", reads.len());
        if closes {
            assert_ne!(CloseHandle(file), 0);
        }
        let mut seen = vec![0; reads.len()];
        for _ in 0..reads.len() {
            let (mut bytes, mut key, mut told) = (0, 0, null_mut());
            let taken = GetQueuedCompletionStatus(port, &mut bytes, &mut key, &mut told, 20_000);
            assert_ne!(taken, 0, "last error {}", GetLastError());
            assert_eq!((bytes as usize, key), (CHUNK, 5));
            seen[told.offset_from(reads.as_ptr()) as usize] += 1;
        }
        assert!(seen.iter().all(|&times| times == 1), "{seen:?}");
        assert!(got == contents());
        let (mut bytes, mut key, mut told) = (0, 0, null_mut());
        assert_eq!(GetQueuedCompletionStatus(port, &mut bytes, &mut key, &mut told, 20), 0);
        if !closes {
            assert_ne!(CloseHandle(file), 0);
        }
        assert_ne!(CloseHandle(port), 0);
        assert_ne!(DeleteFileA(name.as_ptr().cast()), 0);
    }
}

/// Runs this test again on each backend; `true` in those runs.
fn on_each_backend(test: &str) -> bool {
    const INNER: &str = "DISK_TEST_INNER";
    if std::env::var_os(INNER).is_some() {
        return true;
    }
    for backend in ["epoll", "uring"] {
        let status = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(INNER, backend)
            .env("LINSOCK_BACKEND", backend)
            .status()
            .unwrap();
        assert!(status.success(), "{test} on {backend}");
    }
    false
}

/// A name that the other runs do not use.
fn name(test: &str) -> String {
    format!("{test}-{}", std::process::id())
}

#[test]
fn uncached_reads_are_told_of_once() {
    if on_each_backend("uncached_reads_are_told_of_once") {
        read_all(&name("uncached"), false);
    }
}

#[test]
fn a_closed_handle_leaves_its_reads_alone() {
    if on_each_backend("a_closed_handle_leaves_its_reads_alone") {
        read_all(&name("closed"), true);
    }
}
