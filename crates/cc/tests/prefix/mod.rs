//! A prefix with the headers and the library of this checkout, and the driver that looks into it.
// Each test file is a program of its own and uses its part of this.
#![allow(dead_code)]

#[path = "../../../dll/tests/common/library.rs"]
mod library;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The workspace's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("it exists")
}

/// A folder for this test program's files.
pub fn scratch() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME"));
    fs::create_dir_all(&folder).expect("a folder under the target folder can be made");
    folder
}

/// The prefix, with the release build of the library.
pub fn made() -> &'static Path {
    static PREFIX: OnceLock<PathBuf> = OnceLock::new();
    PREFIX.get_or_init(|| {
        let prefix = scratch().join("prefix");
        // Whatever is there may be another build's.
        let _ = fs::remove_dir_all(&prefix);
        fs::create_dir_all(prefix.join("lib")).expect("a folder can be made");
        symlink(root().join("include"), prefix.join("include")).expect("a link can be made");
        symlink(library::shared_library(), prefix.join("lib/liblinsock.so")).expect("as above");
        prefix
    })
}

/// linsock-cc or linsock-c++.
pub fn driver(cxx: bool) -> Command {
    let program =
        if cxx { env!("CARGO_BIN_EXE_linsock-cxx") } else { env!("CARGO_BIN_EXE_linsock-cc") };
    let mut command = Command::new(program);
    command.env("LINSOCK_PREFIX", made());
    command
}

/// Whether a program can be started; a missing one is named.
pub fn present(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        eprintln!("SKIPPED: {program} is not installed, its share of the checks did not run");
    }
    found
}
