//! File mappings and their views.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

use linsock_abi::*;
use linsock_backend::pages;
use linsock_engine::handle::Object;
use linsock_engine::mapping::{self, Mapping, Source, View};

use super::regions::{Pieces, Region, access, copies, region_of, regions};
use crate::last_error::KeepErrno;
use crate::shape::truth;
use crate::threading::{NameUnit, handle_or_null, handles, make_named, name_of, open_named};

/// What views of a mapping may do by its protection: write to the file, and be run.
#[rustfmt::skip]
const MAY: [(PAGE_PROTECTION_FLAGS, bool, bool); 6] = [
    (PAGE_READONLY,          false, false),
    (PAGE_READWRITE,         true,  false),
    (PAGE_WRITECOPY,         false, false),
    (PAGE_EXECUTE_READ,      false, true),
    (PAGE_EXECUTE_READWRITE, true,  true),
    (PAGE_EXECUTE_WRITECOPY, false, true),
];

fn is_mapping(object: &Object) -> bool {
    matches!(object, Object::Mapping(_))
}

fn whole(high: u32, low: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

fn make(file: HANDLE, protection: u32, bytes: u64) -> Result<Mapping, Win32Error> {
    const SECTION: u32 = 0xFF80_0000;
    let source = match crate::io::stream(file) {
        // NULL, too, as on Windows.
        _ if file == INVALID_HANDLE_VALUE || file.is_null() => Source::Memory,
        Some(stream) => Source::file(stream.descriptor() as usize)?,
        None => Source::file(file.addr())?,
    };
    match protection & SECTION {
        // The cache is the processor's business here.
        section if section & !(SEC_COMMIT | SEC_RESERVE | SEC_NOCACHE) == 0 => {}
        section if section & SEC_IMAGE != 0 => return Err(Win32Error::ERROR_BAD_EXE_FORMAT),
        section if section & SEC_LARGE_PAGES != 0 => {
            return Err(Win32Error::ERROR_PRIVILEGE_NOT_HELD);
        }
        _ => return Err(Win32Error::ERROR_INVALID_PARAMETER),
    }
    let known = MAY.iter().find(|(known, ..)| *known == protection & !SECTION);
    let (_, write, execute) = *known.ok_or(Win32Error::ERROR_INVALID_PARAMETER)?;
    Mapping::new(source, bytes, write, execute)
}

/// # Safety
/// NULL, or a name that ends with a zero.
unsafe fn create<U: NameUnit>(file: HANDLE, protection: u32, bytes: u64, name: *const U) -> HANDLE {
    let _errno = KeepErrno::new();
    match make(file, protection, bytes) {
        Ok(made) => {
            // SAFETY: the caller's word.
            let name = unsafe { name_of(name) };
            make_named(name, || Object::Mapping(Arc::new(made)), is_mapping)
        }
        Err(error) => handle_or_null(Err(error)),
    }
}

/// The protection of a view that was asked for with this access.
fn protection_of(asked: FILE_MAP) -> Result<PAGE_PROTECTION_FLAGS, Win32Error> {
    let with = |bits| asked & bits != 0;
    let runs = with(FILE_MAP_EXECUTE);
    Ok(match () {
        _ if with(FILE_MAP_WRITE) && runs => PAGE_EXECUTE_READWRITE,
        _ if with(FILE_MAP_WRITE) => PAGE_READWRITE,
        _ if with(FILE_MAP_COPY) && runs => PAGE_EXECUTE_WRITECOPY,
        _ if with(FILE_MAP_COPY) => PAGE_WRITECOPY,
        _ if runs => PAGE_EXECUTE_READ,
        _ if with(FILE_MAP_READ) => PAGE_READONLY,
        _ => return Err(Win32Error::ERROR_INVALID_PARAMETER),
    })
}

fn map(
    object: HANDLE,
    asked: FILE_MAP,
    offset: u64,
    bytes: usize,
    wanted: *const c_void,
) -> MEMORY_MAPPED_VIEW_ADDRESS {
    let _errno = KeepErrno::new();
    let show = || {
        let mapping = handles().mapping(object.addr())?;
        let protection = protection_of(asked)?;
        let view = View {
            at: (!wanted.is_null()).then_some(wanted.addr()),
            offset,
            bytes,
            access: access(protection)?,
            copies: copies(protection),
        };
        // Before anybody else can ask about the address.
        let mut regions = regions();
        let (start, bytes) = mapping.view(view)?;
        let end = start + bytes.next_multiple_of(pages::page_bytes());
        let committed = Pieces::from([(start, (end, protection))]);
        regions.insert(start, Region { end, kind: MEM_MAPPED, protection, committed });
        Ok(start)
    };
    let Value = match show() {
        Ok(start) => ptr::with_exposed_provenance_mut(start),
        Err(error) => {
            let error: Win32Error = error;
            crate::last_error::set(error.0);
            ptr::null_mut()
        }
    };
    MEMORY_MAPPED_VIEW_ADDRESS { Value }
}

fn unmap(address: usize) -> Result<(), Win32Error> {
    let mut regions = regions();
    let view = region_of(&mut regions, address).filter(|(_, region)| region.kind == MEM_MAPPED);
    let (start, region) = view.ok_or(Win32Error::ERROR_INVALID_ADDRESS)?;
    // SAFETY: mapped here; the caller gives it back.
    unsafe { pages::release(start, region.end - start) }
        .map_err(|_| Win32Error::ERROR_INVALID_ADDRESS)?;
    regions.remove(&start);
    Ok(())
}

fn flush(address: usize, bytes: usize) -> Result<(), Win32Error> {
    let page = pages::page_bytes();
    let first = address - address % page;
    let end = {
        let mut regions = regions();
        let view = region_of(&mut regions, address).filter(|(_, region)| region.kind == MEM_MAPPED);
        let (_, region) = view.ok_or(Win32Error::ERROR_INVALID_ADDRESS)?;
        let end = if bytes == 0 { Some(region.end) } else { address.checked_add(bytes) };
        end.filter(|end| *end <= region.end).ok_or(Win32Error::ERROR_INVALID_ADDRESS)?
    };
    // Not under the lock: the disk takes its time.
    mapping::flush(first, end - first)
}

/// Makes a file mapping, of a file or of memory (INVALID_HANDLE_VALUE or NULL), or opens the one of this
/// name.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// NULL and ERROR_INVALID_HANDLE (6): not a file, or the name is that of another kind of object;
/// ERROR_ACCESS_DENIED (5): the file was not opened for that; ERROR_FILE_INVALID (1006): the whole of
/// an empty file; ERROR_NOT_ENOUGH_MEMORY (8): longer than a file that may not grow;
/// ERROR_DISK_FULL (112); ERROR_INVALID_PARAMETER (87): no protection, or memory of no size;
/// ERROR_BAD_EXE_FORMAT (193): SEC_IMAGE; ERROR_PRIVILEGE_NOT_HELD (1314): SEC_LARGE_PAGES. A handle
/// and ERROR_ALREADY_EXISTS (183) when the name is taken: the mapping is that one, of its size.
///
/// # Linux
/// Memory is a memfd, which takes none before it is touched. A file grows by ftruncate, so that disk
/// space is not set aside; and a file that is cut while it is mapped is not protected, as on Windows,
/// but kills who touches what is gone (SIGBUS). Names are known in this process only, and all kinds of
/// objects share them. SEC_COMMIT, SEC_RESERVE and SEC_NOCACHE change nothing: all pages are
/// committed. The security attributes are ignored.
///
/// # Sources
/// learn.microsoft.com: winbase.h, CreateFileMappingA
#[api]
pub unsafe extern "system" fn CreateFileMappingA(
    hfile: HANDLE,
    _lpfilemappingattributes: *const SECURITY_ATTRIBUTES,
    flprotect: PAGE_PROTECTION_FLAGS,
    dwmaximumsizehigh: u32,
    dwmaximumsizelow: u32,
    lpname: PCSTR,
) -> HANDLE {
    // SAFETY: by the crate's vocabulary.
    unsafe { create(hfile, flprotect, whole(dwmaximumsizehigh, dwmaximumsizelow), lpname) }
}

/// [`CreateFileMappingA`] with a name in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`CreateFileMappingA`].
///
/// # Linux
/// As [`CreateFileMappingA`].
///
/// # Sources
/// learn.microsoft.com: memoryapi.h, CreateFileMappingW
#[api]
pub unsafe extern "system" fn CreateFileMappingW(
    hfile: HANDLE,
    _lpfilemappingattributes: *const SECURITY_ATTRIBUTES,
    flprotect: PAGE_PROTECTION_FLAGS,
    dwmaximumsizehigh: u32,
    dwmaximumsizelow: u32,
    lpname: PCWSTR,
) -> HANDLE {
    // SAFETY: by the crate's vocabulary.
    unsafe { create(hfile, flprotect, whole(dwmaximumsizehigh, dwmaximumsizelow), lpname) }
}

/// [`CreateFileMappingW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`CreateFileMappingA`].
///
/// # Linux
/// The header binds CreateFileMappingW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: memoryapi.h, CreateFileMappingW
#[api]
pub unsafe extern "system" fn CreateFileMappingW_utf32(
    hfile: HANDLE,
    _lpfilemappingattributes: *const SECURITY_ATTRIBUTES,
    flprotect: PAGE_PROTECTION_FLAGS,
    dwmaximumsizehigh: u32,
    dwmaximumsizelow: u32,
    lpname: *const u32,
) -> HANDLE {
    // SAFETY: by the crate's vocabulary.
    unsafe { create(hfile, flprotect, whole(dwmaximumsizehigh, dwmaximumsizelow), lpname) }
}

/// Opens the file mapping of a name.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// NULL and ERROR_FILE_NOT_FOUND (2): no object has the name; ERROR_INVALID_HANDLE (6): one of
/// another kind has it; ERROR_INVALID_PARAMETER (87): no name; ERROR_NOT_ENOUGH_MEMORY (8).
///
/// # Linux
/// Names are known in this process only. The access asked for is ignored: views may be whatever the
/// mapping was made for.
///
/// # Sources
/// learn.microsoft.com: winbase.h, OpenFileMappingA
#[api]
pub unsafe extern "system" fn OpenFileMappingA(
    _dwdesiredaccess: u32,
    _binherithandle: BOOL,
    lpname: PCSTR,
) -> HANDLE {
    // SAFETY: by the crate's vocabulary.
    handle_or_null(open_named(unsafe { name_of(lpname) }, is_mapping))
}

/// [`OpenFileMappingA`] with a name in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`OpenFileMappingA`].
///
/// # Linux
/// As [`OpenFileMappingA`].
///
/// # Sources
/// learn.microsoft.com: memoryapi.h, OpenFileMappingW
#[api]
pub unsafe extern "system" fn OpenFileMappingW(
    _dwdesiredaccess: u32,
    _binherithandle: BOOL,
    lpname: PCWSTR,
) -> HANDLE {
    // SAFETY: by the crate's vocabulary.
    handle_or_null(open_named(unsafe { name_of(lpname) }, is_mapping))
}

/// [`OpenFileMappingW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`OpenFileMappingA`].
///
/// # Linux
/// The header binds OpenFileMappingW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: memoryapi.h, OpenFileMappingW
#[api]
pub unsafe extern "system" fn OpenFileMappingW_utf32(
    _dwdesiredaccess: u32,
    _binherithandle: BOOL,
    lpname: *const u32,
) -> HANDLE {
    // SAFETY: by the crate's vocabulary.
    handle_or_null(open_named(unsafe { name_of(lpname) }, is_mapping))
}

/// Shows a part of a file mapping as memory; 0 bytes: to its end.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// NULL and ERROR_INVALID_HANDLE (6); ERROR_INVALID_PARAMETER (87): no access;
/// ERROR_MAPPED_ALIGNMENT (1132): the offset is no multiple of 64 KiB; ERROR_ACCESS_DENIED (5): the
/// mapping was not made for that, or ends before; ERROR_NOT_ENOUGH_MEMORY (8).
///
/// # Linux
/// mmap, at a multiple of 64 KiB as on Windows. The view stays when the handles of the mapping and of
/// the file are closed. FILE_MAP_COPY is a private mapping.
///
/// # Sources
/// learn.microsoft.com: memoryapi.h, MapViewOfFile
#[api]
pub unsafe extern "system" fn MapViewOfFile(
    hfilemappingobject: HANDLE,
    dwdesiredaccess: FILE_MAP,
    dwfileoffsethigh: u32,
    dwfileoffsetlow: u32,
    dwnumberofbytestomap: usize,
) -> MEMORY_MAPPED_VIEW_ADDRESS {
    let offset = whole(dwfileoffsethigh, dwfileoffsetlow);
    map(hfilemappingobject, dwdesiredaccess, offset, dwnumberofbytestomap, ptr::null())
}

/// [`MapViewOfFile`] at an address of the caller's choice; NULL leaves that to the system.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`MapViewOfFile`]; ERROR_MAPPED_ALIGNMENT (1132): nor is the address a multiple of 64 KiB;
/// ERROR_INVALID_ADDRESS (487): something is there.
///
/// # Linux
/// As [`MapViewOfFile`].
///
/// # Sources
/// learn.microsoft.com: memoryapi.h, MapViewOfFileEx
#[api]
pub unsafe extern "system" fn MapViewOfFileEx(
    hfilemappingobject: HANDLE,
    dwdesiredaccess: FILE_MAP,
    dwfileoffsethigh: u32,
    dwfileoffsetlow: u32,
    dwnumberofbytestomap: usize,
    lpbaseaddress: *const c_void,
) -> MEMORY_MAPPED_VIEW_ADDRESS {
    let offset = whole(dwfileoffsethigh, dwfileoffsetlow);
    map(hfilemappingobject, dwdesiredaccess, offset, dwnumberofbytestomap, lpbaseaddress)
}

/// Takes a view away.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_ADDRESS (487): no view is there.
///
/// # Linux
/// munmap. Any address of the view will do.
///
/// # Safety
/// Nobody uses the view any more.
///
/// # Sources
/// learn.microsoft.com: memoryapi.h, UnmapViewOfFile
#[api]
pub unsafe extern "system" fn UnmapViewOfFile(lpbaseaddress: MEMORY_MAPPED_VIEW_ADDRESS) -> BOOL {
    truth(|| unmap(lpbaseaddress.Value.addr()))
}

/// Has what was written to a view reach its file; 0 bytes: to the view's end.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_ADDRESS (487): no view is there, or it ends before; ERROR_IO_DEVICE (1117).
///
/// # Linux
/// msync, which waits for the disk as FlushFileBuffers does. The file's other readers see what is
/// written at once.
///
/// # Sources
/// learn.microsoft.com: memoryapi.h, FlushViewOfFile
#[api]
pub unsafe extern "system" fn FlushViewOfFile(
    lpbaseaddress: *const c_void,
    dwnumberofbytestoflush: usize,
) -> BOOL {
    truth(|| flush(lpbaseaddress.addr(), dwnumberofbytestoflush))
}

#[cfg(test)]
mod tests;
