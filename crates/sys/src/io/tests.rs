use super::*;
use crate::last_error::{GetLastError, SetLastError};
use linsock_abi::*;
use std::ffi::CString;
use std::path::{Path, PathBuf};
use std::ptr::{null, null_mut};

fn last_error() -> u32 {
    // SAFETY: has no preconditions.
    unsafe { GetLastError() }
}

/// A new folder, removed with the value and all that is in it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("linsock_{}_{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir(&path).expect("a folder can be made");
        Folder(path)
    }

    fn at(&self, name: &str) -> CString {
        c(&self.0.join(name))
    }

    fn with(self, name: &str, contents: &str) -> Folder {
        std::fs::write(self.0.join(name), contents).expect("a file can be made");
        self
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn c(path: &Path) -> CString {
    CString::new(path.to_str().expect("UTF-8")).expect("no zero")
}

fn bytes(text: &CString) -> *const u8 {
    text.as_ptr().cast()
}

/// Fails with this error.
#[track_caller]
fn fails(done: BOOL, error: u32) {
    assert_eq!((done, last_error()), (0, error));
}

fn attributes_of(path: &CString) -> u32 {
    // SAFETY: a string that ends with a zero.
    unsafe { GetFileAttributesA(bytes(path)) }
}

#[test]
fn folders_are_made_and_removed() {
    let root = Folder::new("folders").with("file", "");
    let (inner, file, missing) = (root.at("inner"), root.at("file"), root.at("no/inner"));
    // SAFETY: strings that end with a zero.
    unsafe {
        assert_eq!(CreateDirectoryA(bytes(&inner), null()), 1);
        fails(CreateDirectoryA(bytes(&inner), null()), ERROR_ALREADY_EXISTS);
        fails(CreateDirectoryA(bytes(&missing), null()), ERROR_PATH_NOT_FOUND);
        fails(CreateDirectoryA(null(), null()), ERROR_PATH_NOT_FOUND);
        assert_eq!(attributes_of(&inner), FILE_ATTRIBUTE_DIRECTORY);
        fails(RemoveDirectoryA(bytes(&c(&root.0))), ERROR_DIR_NOT_EMPTY);
        fails(RemoveDirectoryA(bytes(&file)), ERROR_DIRECTORY);
        fails(RemoveDirectoryA(bytes(&missing)), ERROR_PATH_NOT_FOUND);
        assert_eq!(RemoveDirectoryA(bytes(&inner)), 1);
        fails(RemoveDirectoryA(bytes(&inner)), ERROR_FILE_NOT_FOUND);
        fails(DeleteFileA(bytes(&missing)), ERROR_PATH_NOT_FOUND);
        fails(SetCurrentDirectoryA(bytes(&inner)), ERROR_FILE_NOT_FOUND);
        fails(SetCurrentDirectoryA(bytes(&file)), ERROR_DIRECTORY);
    }
}

#[test]
fn the_current_folder_says_how_much_room_it_needs() {
    let here = std::env::current_dir().expect("it is there");
    let here = here.to_str().expect("UTF-8");
    let mut room = [0u8; 1000];
    // SAFETY: room as long as is said.
    unsafe {
        let needed = GetCurrentDirectoryA(0, null_mut());
        assert_eq!(needed as usize, here.len() + 1);
        assert_eq!(GetCurrentDirectoryA(needed - 1, room.as_mut_ptr()), needed);
        assert_eq!(GetCurrentDirectoryA(needed, room.as_mut_ptr()), needed - 1);
        assert_eq!(&room[..here.len()], here.as_bytes());
        assert_eq!(SetCurrentDirectoryA(c".".as_ptr().cast()), 1);
        let mut wide = [0u32; 1000];
        assert_eq!(GetCurrentDirectoryW_utf32(1000, wide.as_mut_ptr()), needed - 1);
    }
}

#[test]
fn temporary_files_have_names_of_their_own() {
    let root = Folder::new("temporary");
    let folder = c(&root.0);
    let mut first = [0u8; 260];
    let mut second = [0u16; 260];
    let wide = |text: &str| text.encode_utf16().chain([0]).collect::<Vec<u16>>();
    // SAFETY: strings that end with a zero, and room for MAX_PATH units.
    unsafe {
        let to = first.as_mut_ptr();
        let number = GetTempFileNameA(bytes(&folder), c"prefix".as_ptr().cast(), 0, to);
        assert!((1..=0xFFFF).contains(&number));
        let name = std::ffi::CStr::from_ptr(to.cast()).to_str().expect("UTF-8");
        let expected = root.0.join(format!("pre{number:X}.tmp"));
        assert_eq!(Path::new(name), expected);
        assert_eq!(std::fs::read(expected).expect("it was made"), b"");
        let path = wide(folder.to_str().expect("UTF-8"));
        let other = GetTempFileNameW(path.as_ptr(), wide("é").as_ptr(), 0, second.as_mut_ptr());
        assert!(other != 0 && other != number);
        assert_eq!(std::fs::read_dir(&root.0).expect("it is there").count(), 2);

        assert_eq!(GetTempFileNameA(bytes(&folder), null(), 0x1_00AB, to), 0x1_00AB);
        let name = std::ffi::CStr::from_ptr(to.cast()).to_str().expect("UTF-8");
        assert_eq!(Path::new(name), root.0.join("AB.tmp"));
        assert!(!Path::new(name).exists());

        let (none, long) = (root.at("none"), CString::new("x".repeat(247)).expect("no zero"));
        fails(GetTempFileNameA(bytes(&none), null(), 0, to) as BOOL, ERROR_DIRECTORY);
        fails(GetTempFileNameA(bytes(&long), null(), 0, to) as BOOL, ERROR_BUFFER_OVERFLOW);
        fails(GetTempFileNameA(null(), null(), 0, to) as BOOL, ERROR_PATH_NOT_FOUND);
        fails(GetTempFileNameA(bytes(&folder), null(), 0, null_mut()) as BOOL, 87);

        let needed = GetTempPathA(0, null_mut());
        assert_eq!(GetTempPathA(needed, to), needed - 1);
        assert_eq!(first[needed as usize - 2..needed as usize], *b"/\0");
    }
}

#[test]
fn attributes_sizes_and_times_are_told() {
    let root = Folder::new("attributes").with("file", "12345").with("read-only", "");
    let path = root.0.join("read-only");
    let mut permissions = std::fs::metadata(&path).expect("it is there").permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).expect("it is ours");
    std::os::unix::fs::symlink(&root.0, root.0.join("link")).expect("a link can be made");
    std::os::unix::fs::symlink("file", root.0.join("other")).expect("a link can be made");
    std::os::unix::fs::symlink("nowhere", root.0.join("dangling")).expect("a link can be made");
    let (archive, directory) = (FILE_ATTRIBUTE_ARCHIVE, FILE_ATTRIBUTE_DIRECTORY);
    for (name, attributes) in [
        ("file", archive),
        ("read-only", archive | FILE_ATTRIBUTE_READONLY),
        (".", directory),
        ("link", directory | FILE_ATTRIBUTE_REPARSE_POINT),
        ("other", archive),
        ("dangling", FILE_ATTRIBUTE_REPARSE_POINT),
    ] {
        assert_eq!(attributes_of(&root.at(name)), attributes, "{name}");
    }
    assert_eq!(attributes_of(&c"/dev/null".to_owned()), FILE_ATTRIBUTE_NORMAL);
    for (name, error) in [
        ("none", ERROR_FILE_NOT_FOUND),
        ("none/file", ERROR_PATH_NOT_FOUND),
        ("none/", ERROR_FILE_NOT_FOUND),
        ("file/x", ERROR_PATH_NOT_FOUND),
    ] {
        assert_eq!((attributes_of(&root.at(name)), last_error()), (u32::MAX, error), "{name}");
    }
    let mut data = WIN32_FILE_ATTRIBUTE_DATA::default();
    let mut written = FILETIME::default();
    // SAFETY: strings that end with a zero, records that stay.
    unsafe {
        let name = root.at("file");
        let get = |level, to| GetFileAttributesExA(bytes(&name), level, to);
        assert_eq!(get(GetFileExInfoStandard, (&raw mut data).cast()), 1);
        assert_eq!((data.nFileSizeLow, data.dwFileAttributes), (5, archive));
        fails(get(1, (&raw mut data).cast()), ERROR_INVALID_PARAMETER);
        fails(get(0, null_mut()), ERROR_NOACCESS);
        let file = CreateFileA(bytes(&name), GENERIC_READ, 0, null(), 3, 0, null_mut());
        assert_eq!(GetFileTime(file, null_mut(), null_mut(), &raw mut written), 1);
        crate::threading::CloseHandle(file);
        fails(GetFileTime(file, null_mut(), null_mut(), &raw mut written), ERROR_INVALID_HANDLE);
    }
    let time =
        |time: FILETIME| u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime);
    assert_eq!(time(written), time(data.ftLastWriteTime));
    let modified = std::fs::metadata(root.0.join("file")).and_then(|data| data.modified());
    let since = modified.expect("it has a time").duration_since(std::time::UNIX_EPOCH);
    let steps = since.expect("it is now").as_nanos() / 100;
    assert_eq!(u128::from(time(written)), steps + 116_444_736_000_000_000);
}

#[test]
fn files_are_moved_and_copied() {
    let root = Folder::new("moved").with("a", "a").with("b", "b");
    let (a, b, to) = (root.at("a"), root.at("b"), root.at("c"));
    let (folder, missing, far) = (root.at("folder"), root.at("none"), root.at("none/c"));
    let renamed = root.at("renamed");
    let read = |name: &str| std::fs::read_to_string(root.0.join(name)).unwrap_or_default();
    // SAFETY: strings that end with a zero.
    unsafe {
        let move_to = |from, to, flags| MoveFileExA(bytes(from), bytes(to), flags);
        fails(MoveFileA(bytes(&a), bytes(&b)), ERROR_ALREADY_EXISTS);
        fails(MoveFileA(bytes(&missing), bytes(&to)), ERROR_FILE_NOT_FOUND);
        fails(MoveFileA(bytes(&a), bytes(&far)), ERROR_PATH_NOT_FOUND);
        assert_eq!(MoveFileA(bytes(&a), bytes(&to)), 1);
        assert_eq!((read("c"), read("a")), ("a".into(), "".into()));
        assert_eq!(move_to(&to, &b, MOVEFILE_REPLACE_EXISTING), 1);
        assert_eq!(read("b"), "a");
        CreateDirectoryA(bytes(&folder), null());
        fails(move_to(&b, &folder, MOVEFILE_REPLACE_EXISTING), ERROR_ACCESS_DENIED);
        fails(move_to(&b, &to, MOVEFILE_DELAY_UNTIL_REBOOT), ERROR_NOT_SUPPORTED);
        fails(MoveFileA(bytes(&folder), bytes(&root.at("folder/in"))), ERROR_SHARING_VIOLATION);
        assert_eq!(MoveFileA(bytes(&folder), bytes(&renamed)), 1);

        let copy = |from, to, only_new| CopyFileA(bytes(from), bytes(to), only_new);
        assert_eq!(copy(&b, &to, 1), 1);
        fails(copy(&b, &to, 1), ERROR_FILE_EXISTS);
        std::fs::write(root.0.join("c"), "something longer").expect("it is ours");
        assert_eq!(copy(&b, &to, 0), 1);
        assert_eq!((read("b"), read("c")), ("a".into(), "a".into()));
        fails(copy(&b, &b, 0), ERROR_SHARING_VIOLATION);
        fails(copy(&b, &renamed, 0), ERROR_ACCESS_DENIED);
        fails(copy(&renamed, &to, 0), ERROR_ACCESS_DENIED);
        fails(copy(&missing, &to, 0), ERROR_FILE_NOT_FOUND);
        fails(copy(&b, &far, 0), ERROR_PATH_NOT_FOUND);
        assert_eq!(read("b"), "a", "a copy that fails leaves its source");
    }
    let times = ["b", "c"].map(|name| std::fs::metadata(root.0.join(name)).expect("there"));
    let [from, to] = times.map(|data| data.modified().expect("it has a time"));
    assert_eq!(from, to);
}

/// The names that a search by a pattern tells of.
fn found(pattern: &CString) -> Result<Vec<String>, u32> {
    let mut data = WIN32_FIND_DATAA::default();
    // SAFETY: a string that ends with a zero, a record that stays.
    unsafe {
        let search = FindFirstFileA(bytes(pattern), &raw mut data);
        if search == INVALID_HANDLE_VALUE {
            return Err(last_error());
        }
        let mut names = Vec::new();
        loop {
            let name = std::ffi::CStr::from_ptr(data.cFileName.as_ptr().cast());
            names.push(name.to_str().expect("UTF-8").to_owned());
            if FindNextFileA(search, &raw mut data) == 0 {
                break;
            }
        }
        assert_eq!(last_error(), ERROR_NO_MORE_FILES);
        assert_eq!(crate::threading::CloseHandle(search), 0, "FindClose alone closes it");
        assert_eq!(FindClose(search), 1);
        fails(FindClose(search), ERROR_INVALID_HANDLE);
        fails(FindNextFileA(search, &raw mut data), ERROR_INVALID_HANDLE);
        Ok(names)
    }
}

#[test]
fn searches_tell_of_each_file_once() {
    let root = Folder::new("search").with("b.txt", "12").with("a.txt", "1").with("ü", "");
    let names = |pattern| found(&root.at(pattern));
    let all = [".", "..", "a.txt", "b.txt", "ü"].map(String::from).to_vec();
    assert_eq!(names("*"), Ok(all.clone()));
    assert_eq!(names("*.*"), Ok(all));
    assert_eq!(names("*.txt"), Ok(vec!["a.txt".into(), "b.txt".into()]));
    assert_eq!(names("b.txt"), Ok(vec!["b.txt".into()]));
    assert_eq!(names("?.txt").map(|names| names.len()), Ok(2));
    assert_eq!(names("*.c"), Err(ERROR_FILE_NOT_FOUND));
    assert_eq!(names("c"), Err(ERROR_FILE_NOT_FOUND));
    assert_eq!(names(""), Err(ERROR_FILE_NOT_FOUND));
    assert_eq!(names("none/*"), Err(ERROR_PATH_NOT_FOUND));
    assert_eq!(names("none/c"), Err(ERROR_PATH_NOT_FOUND));

    let mut narrow = vec![0u32; 1000];
    let path: Vec<u32> =
        root.at("ü").to_str().expect("UTF-8").chars().map(u32::from).chain([0]).collect();
    // SAFETY: a string that ends with a zero, and more room than a record in such units needs.
    unsafe {
        let search = FindFirstFileW_utf32(path.as_ptr(), narrow.as_mut_ptr().cast());
        assert_ne!(search, INVALID_HANDLE_VALUE);
        assert_eq!(narrow[11..13], [u32::from('ü'), 0], "the name begins at 44 bytes");
        assert_eq!(narrow[0], FILE_ATTRIBUTE_ARCHIVE);
        SetLastError(0);
        fails(FindNextFileW_utf32(search, null_mut()), ERROR_INVALID_PARAMETER);
        fails(FindNextFileW_utf32(search, narrow.as_mut_ptr().cast()), ERROR_NO_MORE_FILES);
        assert_eq!(FindClose(search), 1);
    }
}
