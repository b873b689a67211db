//! Windows programs under Wine, without a display and in a prefix of their own.
// Each test file is a program of its own and uses its part of this.
#![allow(dead_code)]

use super::common::present;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub const GCC: &str = "x86_64-w64-mingw32-gcc";
/// The one whose library has threads.
pub const GXX: &str = "x86_64-w64-mingw32-g++-posix";
const WINE: &str = "/usr/lib/wine/wine64";

/// A folder for this test program's files, which stays.
pub fn scratch() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME"));
    std::fs::create_dir_all(&folder).expect("a folder under the target folder can be made");
    folder
}

/// Of each test program its own: Wine's server opens the sockets, in the network that it was started in.
fn folder() -> PathBuf {
    scratch().join("wine")
}

fn environment(command: &mut Command) {
    command.env("WINEPREFIX", folder()).env("WINEDEBUG", "-all").env_remove("DISPLAY");
    // A program that crashes is to end, not to be debugged.
    command.env("WINEDLLOVERRIDES", "winedbg.exe=d");
}

/// A command that runs the program that is its next argument, no longer than it may take.
pub fn command() -> Command {
    command_in(&[])
}

/// The same by way of another command.
pub fn command_in(way: &[&str]) -> Command {
    let mut command = Command::new("timeout");
    command.arg("60").args(way).arg(WINE);
    environment(&mut command);
    command
}

/// Whether there is a Wine to ask, and compilers for it; if so it is ready.
pub fn prepared() -> bool {
    if !Path::new(WINE).exists() {
        eprintln!("SKIPPED: {WINE} is not there (Debian: wine wine64), Wine was not asked");
        return false;
    }
    if !present(GCC) || !present(GXX) {
        return false;
    }
    let done = folder().join(".prepared");
    if !done.exists() {
        let mut boot = Command::new("timeout");
        environment(&mut boot);
        let status = boot
            .args(["300", WINE, "wineboot", "-u"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("timeout comes with the system");
        assert!(status.success(), "wineboot: {status}");
        std::fs::write(done, "").expect("its folder is there now");
    }
    true
}
