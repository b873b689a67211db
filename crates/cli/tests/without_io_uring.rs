//! The command where a system call filter forbids io_uring, as in a container.
#![cfg(target_os = "linux")]

use std::os::unix::process::CommandExt;
use std::process::{Command, Output};

/// `linsock` with these arguments, unable to set a ring up.
fn linsock(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linsock"));
    command.args(arguments).env_remove("LINSOCK_BACKEND").env_remove("LINSOCK_LOG");
    // SAFETY: between fork and exec only system calls are made.
    unsafe { command.pre_exec(forbid_io_uring) };
    command.output().expect("the command starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn auto_connects() {
    for choice in [&[][..], &["--backend", "auto"], &["--backend", "epoll"]] {
        let output = linsock(&[&["connect", "--json"], choice].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!((&said["backend"], &said["connected"]), (&"epoll".into(), &1.into()), "{said}");
    }
}

#[test]
fn forced_uring_is_refused_with_its_reason() {
    let output = linsock(&["connect", "--backend", "uring"]);
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("seccomp profile forbids io_uring_setup"), "{errors}");
    assert_eq!(text(&output.stdout), "", "nothing was connected");
}

#[test]
fn doctor_tells_the_reason() {
    let output = linsock(&["doctor"]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("refused: a seccomp profile forbids io_uring_setup"), "{said}");
}

/// io_uring_setup answers EPERM in this process from now on.
fn forbid_io_uring() -> std::io::Result<()> {
    const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
    const JUMP_IF_EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
    const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;
    let step = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    let mut steps = [
        // The call's number is the first field of seccomp_data.
        step(LOAD, 0, 0, 0),
        step(JUMP_IF_EQUAL, 0, 1, libc::SYS_io_uring_setup as u32),
        step(RETURN, 0, 0, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32),
        step(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let filter = libc::sock_fprog { len: steps.len() as u16, filter: steps.as_mut_ptr() };
    // SAFETY: the kernel copies the filter during the call; the first call takes no pointer.
    let installed = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
            && libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &filter) == 0
    };
    if installed { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}
