//! Searches: the files of a folder whose names match a pattern.

use crate::file::error::name_error;
use crate::folder::{Facts, split};
use crate::sync::plain::{Mutex, lock};
use linsock_abi::Win32Error;
use linsock_backend::folder;
use std::collections::VecDeque;
use std::ffi::{CStr, CString};

/// A file that was found.
pub struct Found {
    pub name: Vec<u8>,
    pub facts: Facts,
}

/// A search under way: what it has not told of yet.
pub struct Search {
    folder: CString,
    names: Mutex<VecDeque<Vec<u8>>>,
}

impl Search {
    /// Looks for the files that a path with a pattern as its last name stands for.
    ///
    /// # Errors
    /// ERROR_FILE_NOT_FOUND: no pattern; ERROR_PATH_NOT_FOUND: no folder; ERROR_ACCESS_DENIED.
    pub fn new(path: &CStr) -> Result<Self, Win32Error> {
        let (folder, pattern) = split(path.to_bytes());
        if pattern.is_empty() {
            return Err(Win32Error::ERROR_FILE_NOT_FOUND);
        }
        let is_pattern = pattern.iter().any(|byte| matches!(byte, b'*' | b'?'));
        let names: VecDeque<_> = if is_pattern {
            let mut names =
                folder::names(&folder).map_err(|errno| match name_error(errno, &folder) {
                    Win32Error::ERROR_FILE_NOT_FOUND => Win32Error::ERROR_PATH_NOT_FOUND,
                    other => other,
                })?;
            names.sort_unstable();
            let all = [b".".to_vec(), b"..".to_vec()].into_iter().chain(names);
            all.filter(|name| matches(pattern, name)).collect()
        } else if folder::is_there(&folder) {
            VecDeque::from([pattern.to_vec()])
        } else {
            return Err(Win32Error::ERROR_PATH_NOT_FOUND);
        };
        Ok(Search { folder, names: Mutex::new(names) })
    }

    /// The next file that is still there.
    pub fn next(&self) -> Option<Found> {
        let mut names = lock(&self.names);
        while let Some(name) = names.pop_front() {
            let path = [self.folder.to_bytes(), b"/", &name].concat();
            let facts = CString::new(path).ok().and_then(|path| Facts::named(&path).ok());
            if let Some(facts) = facts {
                return Some(Found { name, facts });
            }
        }
        None
    }
}

/// Whether a name matches a pattern: `*` stands for any characters, `?` for one, or at the name's
/// end for none, and a dot before nothing but these for no dot, so that `*.*` is every name.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut seen) = (0, 0);
    // Behind the last `*`, and how much of the name it stands for up to there.
    let mut star: Option<(usize, usize)> = None;
    loop {
        let rest = &name[seen..];
        match (pattern.get(at), rest.first()) {
            (_, None) if is_nothing(&pattern[at..]) => return true,
            (Some(b'*'), _) => {
                at += 1;
                star = Some((at, seen));
                continue;
            }
            (Some(b'?'), Some(_)) => {
                (at, seen) = (at + 1, seen + character_bytes(rest));
                continue;
            }
            (Some(wanted), Some(found)) if wanted == found => {
                (at, seen) = (at + 1, seen + 1);
                continue;
            }
            _ => {}
        }
        // It does not go on so: the last `*` stands for more.
        match star {
            Some((behind, taken)) if taken < name.len() => {
                star = Some((behind, taken + 1));
                (at, seen) = (behind, taken + 1);
            }
            _ => return false,
        }
    }
}

/// Whether a pattern's rest matches a name that has come to its end.
fn is_nothing(pattern: &[u8]) -> bool {
    let rest = match pattern {
        [b'.', rest @ ..] if !rest.is_empty() => rest,
        all => all,
    };
    rest.iter().all(|c| matches!(c, b'*' | b'?'))
}

/// The bytes of the character that a name begins with.
fn character_bytes(name: &[u8]) -> usize {
    let is_inside = |byte: &&u8| **byte & 0xC0 == 0x80;
    1 + name[1..].iter().take_while(is_inside).count()
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_on_windows() {
        for (pattern, name, does) in [
            ("*", "a.txt", true),
            ("*.*", "a", true),
            ("*.*", ".", true),
            ("*.txt", "a.txt", true),
            ("*.txt", "a.txt.gz", false),
            ("*.TXT", "a.txt", false),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abcd", false),
            ("a?c", "abc", true),
            ("a?c", "aüc", true),
            ("a?c", "ac", false),
            ("a??", "a", true),
            ("log.*", "log", true),
            ("log.", "log", false),
            ("log", "log.", false),
        ] {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), does, "{pattern} {name}");
        }
    }
}
