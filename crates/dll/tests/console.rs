//! The console: what asks a program to end, the standard streams, single keys. C programs, and a terminal made for them.

mod common;

use common::library::shared_library;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::{FromRawFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;

/// Compiles a program of c/, once.
fn built(name: &str, place: &'static OnceLock<PathBuf>) -> &'static PathBuf {
    place.get_or_init(|| {
        let program = common::scratch().join(name);
        let folder = shared_library().parent().expect("a file has a folder").display().to_string();
        let output = Command::new("gcc")
            .args(["-Wall", "-Wextra", "-Werror", "-Iinclude"])
            .arg(format!("crates/dll/tests/c/{name}.c"))
            .arg("-o")
            .arg(&program)
            .args([format!("-L{folder}"), format!("-Wl,-rpath,{folder}")])
            .arg("-llinsock")
            .current_dir(common::root())
            .output()
            .expect("gcc starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        program
    })
}

/// A program of control handlers, in a process group of its own, which is what a terminal sends signals to.
struct Server {
    child: Child,
    said: BufReader<std::process::ChildStdout>,
}

impl Server {
    fn start(mode: &str, events: &str) -> Server {
        static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
        let mut child = Command::new(built("control", &PROGRAM))
            .args([mode, events])
            .env_remove("LD_LIBRARY_PATH")
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .expect("the program starts");
        let said = BufReader::new(child.stdout.take().expect("it was asked for"));
        let mut server = Server { child, said };
        server.hears("ready");
        server
    }

    fn hears(&mut self, expected: &str) {
        let mut line = String::new();
        self.said.read_line(&mut line).expect("the pipe can be read");
        assert_eq!(line.trim_end(), expected);
    }

    fn send(&self, signal: i32) {
        // SAFETY: no pointers; our own child.
        unsafe { libc::kill(self.child.id() as i32, signal) };
    }

    /// The rest of what it says, and how it ended.
    fn end(mut self) -> (String, ExitStatus) {
        let mut rest = String::new();
        self.said.read_to_string(&mut rest).expect("the pipe can be read");
        (rest, self.child.wait().expect("our own child"))
    }
}

#[test]
fn handlers_run_latest_first_on_a_thread_of_their_own() {
    let mut server = Server::start("", "2");
    server.send(libc::SIGINT);
    server.hears("later 0");
    server.hears("earlier 0");
    server.send(libc::SIGQUIT);
    server.hears("later 1");
    server.hears("earlier 1");
    let (rest, status) = server.end();
    assert_eq!((rest.as_str(), status.code()), ("over\n", Some(0)));
}

#[test]
fn a_program_may_send_to_its_own_group() {
    let mut server = Server::start("self", "1");
    server.hears("later 0");
    server.hears("earlier 0");
    assert_eq!(server.end().1.code(), Some(0));
}

#[test]
fn after_close_the_process_ends_whatever_a_handler_says() {
    for signal in [libc::SIGTERM, libc::SIGHUP] {
        let server = Server::start("", "9");
        server.send(signal);
        let (rest, status) = server.end();
        assert_eq!((rest.as_str(), status.signal()), ("later 2\nearlier 2\n", Some(signal)));
    }
}

#[test]
fn what_no_handler_takes_ends_the_process() {
    let server = Server::start("refuse", "9");
    server.send(libc::SIGINT);
    let (rest, status) = server.end();
    assert_eq!((rest.as_str(), status.signal()), ("later 0\nearlier 0\n", Some(libc::SIGINT)));
}

#[test]
fn without_handlers_signals_have_their_default_effect() {
    let server = Server::start("none", "9");
    server.send(libc::SIGINT);
    let (rest, status) = server.end();
    assert_eq!((rest.as_str(), status.signal()), ("", Some(libc::SIGINT)));
}

#[test]
fn ctrl_c_is_ignored_if_so_asked() {
    let server = Server::start("ignore", "9");
    server.send(libc::SIGINT);
    let (rest, status) = server.end();
    assert_eq!((rest.as_str(), status.code()), ("over\n", Some(0)));
}

/// The two ends of a new terminal.
fn terminal() -> (File, OwnedFd) {
    let (mut ours, mut theirs) = (-1, -1);
    let size = libc::winsize { ws_row: 30, ws_col: 90, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: room for two descriptors, and a size.
    let made = unsafe {
        libc::openpty(&mut ours, &mut theirs, std::ptr::null_mut(), std::ptr::null_mut(), &size)
    };
    assert_eq!(made, 0);
    // SAFETY: just made, and nobody else's.
    unsafe { (File::from_raw_fd(ours), OwnedFd::from_raw_fd(theirs)) }
}

#[test]
fn a_console_has_modes_lines_and_keys() {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let (mut keyboard, console) = terminal();
    let end = || Stdio::from(console.try_clone().expect("a descriptor can be duplicated"));
    let mut child = Command::new("timeout")
        .arg("30")
        .arg(built("keys", &PROGRAM))
        .env_remove("LD_LIBRARY_PATH")
        .stdin(end())
        .stdout(end())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .expect("timeout comes with the system");
    let mut report = BufReader::new(child.stderr.take().expect("it was asked for"));
    let mut hears = |expected: &str| {
        let mut line = String::new();
        report.read_line(&mut line).expect("the pipe can be read");
        assert_eq!(line.trim_end(), expected);
    };
    let mut press = |keys: &[u8]| keyboard.write_all(keys).expect("the terminal takes keys");
    hears("modes 7 7, type 2");
    press(b"hello\n");
    hears("line of 7, 1");
    hears("without echo 3");
    press(b"secret\n");
    hears("read secret");
    press(b"k");
    hears("key k");
    hears("key 1 u");
    hears("screen 90x30, colours 7");
    assert_eq!(child.wait().expect("our own child").code(), Some(0));
    drop(console);
    // A terminal gives what was written piece by piece, and an error at the end.
    let (mut shown, mut piece) = (Vec::new(), [0; 200]);
    while let Ok(n @ 1..) = keyboard.read(&mut piece) {
        shown.extend_from_slice(&piece[..n]);
    }
    let shown = String::from_utf8_lossy(&shown).into_owned();
    assert!(shown.starts_with("hello\r\n"), "{shown:?}");
    assert!(shown.ends_with("held back \x1b[0;31mand more \u{FC}!"), "{shown:?}");
    assert!(!shown.contains("secret"), "{shown:?}");
}
