use super::*;
use crate::io::{CreateFileA, DeleteFileA, GetFileSize, ReadFile, WriteFile};
use crate::last_error::GetLastError;
use crate::system::{VirtualAlloc, VirtualFree, VirtualProtect, VirtualQuery};
use crate::threading::{
    CloseHandle, CreateEventA, DuplicateHandle, GetCurrentProcess, GetHandleInformation,
    WaitForSingleObject,
};
use std::ffi::CString;
use std::ptr::null;

const GRANULARITY: usize = mapping::GRANULARITY;

fn last_error() -> u32 {
    // SAFETY: has no preconditions.
    unsafe { GetLastError() }
}

/// A new file with these contents, opened as `access` says; removed with the value.
struct Temporary {
    name: CString,
    handle: HANDLE,
}

impl Temporary {
    fn new(name: &str, contents: &[u8], access: u32) -> Temporary {
        let path = std::env::temp_dir().join(format!("linsock_{}_{name}", std::process::id()));
        std::fs::write(&path, contents).expect("a file can be made");
        let name = CString::new(path.to_str().expect("UTF-8")).expect("no zero");
        // SAFETY: a string that ends with a zero.
        let handle = unsafe {
            CreateFileA(name.as_ptr().cast(), access, 0, null(), OPEN_EXISTING, 0, ptr::null_mut())
        };
        assert_ne!(handle, INVALID_HANDLE_VALUE);
        Temporary { name, handle }
    }

    fn contents(&self) -> Vec<u8> {
        std::fs::read(self.name.to_str().expect("UTF-8")).expect("it is there")
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // SAFETY: the file's own handle and name.
        unsafe {
            CloseHandle(self.handle);
            DeleteFileA(self.name.as_ptr().cast());
        }
    }
}

fn mapping_of(file: HANDLE, protection: u32, bytes: u64) -> HANDLE {
    let (high, low) = ((bytes >> 32) as u32, bytes as u32);
    // SAFETY: no name.
    unsafe { CreateFileMappingA(file, null(), protection, high, low, null()) }
}

fn view_of(mapping: HANDLE, access: FILE_MAP, offset: usize, bytes: usize) -> *mut u8 {
    // SAFETY: any handle may be passed.
    unsafe { MapViewOfFile(mapping, access, 0, offset as u32, bytes) }.Value.cast()
}

fn unmap(view: *mut u8) -> bool {
    // SAFETY: nobody uses it after this.
    unsafe { UnmapViewOfFile(MEMORY_MAPPED_VIEW_ADDRESS { Value: view.cast() }) != 0 }
}

fn close(handle: HANDLE) {
    // SAFETY: any handle may be passed.
    assert_eq!(unsafe { CloseHandle(handle) }, 1);
}

#[test]
fn memory_is_shared_by_its_views_and_outlives_its_handle() {
    let mapping = mapping_of(INVALID_HANDLE_VALUE, PAGE_READWRITE | SEC_COMMIT, 3 * 65536);
    assert!(!mapping.is_null() && last_error() == 0);
    let first = view_of(mapping, FILE_MAP_ALL_ACCESS, 0, 0);
    let second = view_of(mapping, FILE_MAP_READ, GRANULARITY, 10);
    let copy = view_of(mapping, FILE_MAP_COPY, GRANULARITY, 10);
    assert!([first, second, copy].iter().all(|view| view.addr().is_multiple_of(GRANULARITY)));
    close(mapping);
    // SAFETY: views as long as is asked for.
    unsafe {
        assert_eq!(*second, 0);
        *first.add(GRANULARITY) = 7;
        assert_eq!((*second, *copy), (7, 7));
        *copy = 9;
        assert_eq!((*first.add(GRANULARITY), *second, *copy), (7, 7, 9));
        *first.add(3 * GRANULARITY - 1) = 1;
        assert_eq!(FlushViewOfFile(first.cast(), 0), 1);
    }
    assert!(unmap(first) && unmap(second) && unmap(copy));
    assert!(!unmap(first));
    assert_eq!(last_error(), ERROR_INVALID_ADDRESS);
    assert!(!unmap(ptr::null_mut()));
}

#[test]
fn a_file_is_read_written_and_grown_through_views() {
    let file = Temporary::new("grown", b"hello", GENERIC_READ | GENERIC_WRITE);
    let mapping = mapping_of(file.handle, PAGE_READWRITE, 70000);
    // SAFETY: the file's own handle.
    assert_eq!(unsafe { GetFileSize(file.handle, ptr::null_mut()) }, 70000);
    let view = view_of(mapping, FILE_MAP_WRITE, 0, 0);
    // SAFETY: a view as long as the mapping.
    unsafe {
        assert_eq!(std::slice::from_raw_parts(view, 6), b"hello\0");
        ptr::copy_nonoverlapping(b"jolly".as_ptr(), view, 5);
        *view.add(69999) = b'!';
        assert_eq!(FlushViewOfFile(view.add(5000).cast(), 100), 1);
        assert_eq!(FlushViewOfFile(view.cast(), 1 << 20), 0);
        assert_eq!(last_error(), ERROR_INVALID_ADDRESS);
    }
    let contents = file.contents();
    assert_eq!((&contents[..5], contents.len(), contents[69999]), (&b"jolly"[..], 70000, b'!'));
    // And the other way round.
    let mut moved = 0;
    // SAFETY: pointers that stay.
    unsafe {
        WriteFile(file.handle, b"J".as_ptr(), 1, &raw mut moved, ptr::null_mut());
        assert_eq!((*view, moved), (b'J', 1));
        let mut byte = 0;
        ReadFile(file.handle, &raw mut byte, 1, &raw mut moved, ptr::null_mut());
        assert_eq!(byte, b'o');
    }
    close(mapping);
    drop(file);
    // SAFETY: the view is there still.
    assert_eq!(unsafe { *view.add(1) }, b'o');
    assert!(unmap(view));
}

#[test]
fn what_is_not_allowed_has_its_error() {
    let denied = |made: bool, error: u32| {
        assert!(!made);
        assert_eq!(last_error(), error);
    };
    let readable = Temporary::new("readable", b"0123456789", GENERIC_READ);
    denied(!mapping_of(readable.handle, PAGE_READWRITE, 0).is_null(), ERROR_ACCESS_DENIED);
    denied(!mapping_of(readable.handle, PAGE_READONLY, 11).is_null(), ERROR_NOT_ENOUGH_MEMORY);
    denied(!mapping_of(readable.handle, 0, 0).is_null(), ERROR_INVALID_PARAMETER);
    denied(!mapping_of(readable.handle, PAGE_READONLY | SEC_IMAGE, 0).is_null(), 193);
    let mapping = mapping_of(readable.handle, PAGE_READONLY, 0);
    denied(!view_of(mapping, FILE_MAP_WRITE, 0, 0).is_null(), ERROR_ACCESS_DENIED);
    denied(!view_of(mapping, FILE_MAP_READ, 0, 11).is_null(), ERROR_ACCESS_DENIED);
    denied(!view_of(mapping, FILE_MAP_READ, GRANULARITY, 0).is_null(), ERROR_ACCESS_DENIED);
    denied(!view_of(mapping, FILE_MAP_READ, 4096, 0).is_null(), ERROR_MAPPED_ALIGNMENT);
    denied(!view_of(mapping, FILE_MAP_READ | FILE_MAP_EXECUTE, 0, 0).is_null(), 5);
    denied(!view_of(mapping, 0, 0, 0).is_null(), ERROR_INVALID_PARAMETER);
    let copy = view_of(mapping, FILE_MAP_COPY, 0, 0);
    // SAFETY: a view of ten bytes.
    unsafe { *copy = b'x' };
    assert_eq!(readable.contents()[0], b'0');
    assert!(unmap(copy));
    // SAFETY: any handle may be passed.
    denied(unsafe { WaitForSingleObject(mapping, 0) } == 0, ERROR_INVALID_HANDLE);
    close(mapping);
    denied(!view_of(mapping, FILE_MAP_READ, 0, 0).is_null(), ERROR_INVALID_HANDLE);

    let empty = Temporary::new("empty", b"", GENERIC_READ | GENERIC_WRITE);
    denied(!mapping_of(empty.handle, PAGE_READWRITE, 0).is_null(), ERROR_FILE_INVALID);
    denied(!mapping_of(INVALID_HANDLE_VALUE, PAGE_READWRITE, 0).is_null(), 87);
    denied(!mapping_of(INVALID_HANDLE_VALUE, PAGE_READWRITE, u64::MAX).is_null(), 8);
    close(mapping_of(ptr::null_mut(), PAGE_READWRITE, 1));
    // SAFETY: no pointers.
    let event = unsafe { CreateEventA(null(), 1, 0, null()) };
    denied(!mapping_of(event, PAGE_READWRITE, 1).is_null(), ERROR_INVALID_HANDLE);
    close(event);
}

#[test]
fn a_view_has_the_address_that_is_asked_for() {
    let mapping = mapping_of(INVALID_HANDLE_VALUE, PAGE_READWRITE, 4096);
    let view = view_of(mapping, FILE_MAP_WRITE, 0, 0);
    let at = |address: *const u8| {
        // SAFETY: any address may be asked for.
        unsafe { MapViewOfFileEx(mapping, FILE_MAP_READ, 0, 0, 0, address.cast()) }.Value
    };
    assert!(at(view).is_null());
    assert_eq!(last_error(), ERROR_INVALID_ADDRESS);
    assert!(at(view.wrapping_add(4096)).is_null());
    assert_eq!(last_error(), ERROR_MAPPED_ALIGNMENT);
    assert!(unmap(view));
    let again = at(view);
    assert!(again == view.cast() || again.is_null(), "unless another thread took the place");
    if !again.is_null() {
        assert!(unmap(again.cast()));
    }
    close(mapping);
}

#[test]
fn mappings_have_names_and_several_handles() {
    let create = |bytes| {
        // SAFETY: a name that ends with a zero.
        unsafe {
            let name = c"a mapping's name".as_ptr().cast();
            CreateFileMappingA(INVALID_HANDLE_VALUE, null(), PAGE_READWRITE, 0, bytes, name)
        }
    };
    let open = |name: &std::ffi::CStr| {
        // SAFETY: a name that ends with a zero.
        unsafe { OpenFileMappingA(FILE_MAP_ALL_ACCESS, 0, name.as_ptr().cast()) }
    };
    let first = create(100);
    assert_eq!(last_error(), 0);
    let second = create(1 << 20);
    assert_eq!(last_error(), ERROR_ALREADY_EXISTS);
    let third = open(c"Local\\a mapping's name");
    let mut fourth = ptr::null_mut();
    let mut flags = 7;
    // SAFETY: pointers that stay.
    unsafe {
        let us = GetCurrentProcess();
        let same = DUPLICATE_SAME_ACCESS;
        assert_eq!(DuplicateHandle(us, third, us, &raw mut fourth, 0, 0, same), 1);
        assert_eq!(GetHandleInformation(fourth, &raw mut flags), 1);
    }
    assert_eq!(flags, 0);
    let write = view_of(first, FILE_MAP_WRITE, 0, 0);
    let read = view_of(fourth, FILE_MAP_READ, 0, 0);
    // SAFETY: views of a page each.
    unsafe {
        *write.add(99) = 5;
        assert_eq!(*read.add(99), 5);
    }
    assert!(view_of(second, FILE_MAP_READ, 0, 1 << 20).is_null(), "it is the first one's size");
    [first, second, third, fourth].into_iter().for_each(close);
    assert!(open(c"a mapping's name").is_null());
    assert_eq!(last_error(), ERROR_FILE_NOT_FOUND);
    assert!(unmap(write) && unmap(read));

    // SAFETY: a name that ends with a zero.
    let event = unsafe { CreateEventA(null(), 1, 0, c"an event's name".as_ptr().cast()) };
    assert!(open(c"an event's name").is_null());
    assert_eq!(last_error(), ERROR_INVALID_HANDLE);
    close(event);
}

#[test]
fn a_view_is_a_region_of_its_own_kind() {
    let mapping = mapping_of(INVALID_HANDLE_VALUE, PAGE_READWRITE, 3 * 4096);
    let view = view_of(mapping, FILE_MAP_READ, 0, 5000);
    let mut told = MEMORY_BASIC_INFORMATION::default();
    let mut before = 0;
    // SAFETY: pointers that stay; a view of two pages.
    unsafe {
        let size = size_of::<MEMORY_BASIC_INFORMATION>();
        VirtualQuery(view.add(4096).cast(), &raw mut told, size);
        assert_eq!((told.Type, told.State, told.RegionSize), (MEM_MAPPED, MEM_COMMIT, 4096));
        assert_eq!(told.AllocationBase, view.cast());
        assert_eq!((told.AllocationProtect, told.Protect), (PAGE_READONLY, PAGE_READONLY));
        let mut protect =
            |protection| VirtualProtect(view.cast(), 4096, protection, &raw mut before);
        assert_eq!(protect(PAGE_READWRITE), 0);
        assert_eq!(last_error(), ERROR_INVALID_PARAMETER);
        assert_eq!(protect(PAGE_WRITECOPY), 0);
        assert_eq!(protect(PAGE_NOACCESS), 1);
        assert_eq!(protect(PAGE_READONLY), 1);
        assert_eq!(before, PAGE_NOACCESS);
        assert_eq!(VirtualFree(view.cast(), 0, MEM_RELEASE), 0);
        assert_eq!(last_error(), ERROR_INVALID_PARAMETER);
        assert!(!VirtualAlloc(view.cast(), 4096, MEM_COMMIT, PAGE_READONLY).is_null());
        let pages = VirtualAlloc(null(), 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
        assert!(!unmap(pages.cast()), "it is no view");
        assert_eq!(FlushViewOfFile(pages, 0), 0);
        assert_eq!(VirtualFree(pages, 0, MEM_RELEASE), 1);
        assert!(VirtualAlloc(null(), 4096, MEM_COMMIT, PAGE_WRITECOPY).is_null());
    }
    assert!(unmap(view.wrapping_add(4097)));
    close(mapping);
}

#[test]
fn a_descriptor_of_somebody_else_is_mapped_as_it_was_opened() {
    use std::os::fd::AsRawFd;
    let path = std::env::temp_dir().join(format!("linsock_{}_adopted", std::process::id()));
    std::fs::write(&path, b"adopted").expect("a file can be made");
    let file = std::fs::File::open(&path).expect("it is there");
    let handle: HANDLE = ptr::without_provenance_mut(file.as_raw_fd() as usize);
    assert!(mapping_of(handle, PAGE_READWRITE, 0).is_null());
    assert_eq!(last_error(), ERROR_ACCESS_DENIED);
    let mapping = mapping_of(handle, PAGE_WRITECOPY, 0);
    drop(file);
    std::fs::remove_file(&path).expect("it is there");
    let view = view_of(mapping, FILE_MAP_READ, 0, 0);
    close(mapping);
    // SAFETY: a view of seven bytes.
    assert_eq!(unsafe { std::slice::from_raw_parts(view, 7) }, b"adopted");
    assert!(unmap(view));
}
