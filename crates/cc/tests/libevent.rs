//! A library that nobody here wrote, with the tests that nobody here wrote: libevent's Windows side, unmodified, as its
//! Makefile for nmake lists it, and its own regression tests of completion ports and of what stands on them.

mod common;

use common::{Folder, Installation, root};
use std::fs;
use std::path::{Path, PathBuf};

/// Made by nmake's CORE_OBJS, WIN_OBJS and EXTRA_OBJS.
const LIBRARY: &str = "event buffer bufferevent bufferevent_sock bufferevent_pair listener evmap log evutil strlcpy signal
    bufferevent_filter evthread bufferevent_ratelim evutil_rand evutil_time win32select evthread_win32 buffer_iocp event_iocp
    bufferevent_async event_tagging http evdns evrpc";
const TESTS: &str = "tinytest regress regress.gen regress_buffer regress_bufferevent regress_dns regress_et regress_finalize
    regress_http regress_iocp regress_listener regress_main regress_minheap regress_rpc regress_testutils regress_thread
    regress_util";

/// nmake's options but for speed, and what a configuration would find out of this C library: names that Microsoft's lacks.
const OPTIONS: &str = "/IWIN32-Code /IWIN32-Code/nmake /Iinclude /Icompat /Itest /I. /DHAVE_CONFIG_H /Od /W3 /wd4996 /nologo
    /DEVENT__HAVE_STRSEP=1 /DEVENT__HAVE_STRTOK_R=1 /DEVENT__HAVE_ARC4RANDOM=1 /DEVENT__HAVE_ARC4RANDOM_BUF=1";

/// What of the tests is run, each in a process of its own, which CreateProcess starts. The other tests of HTTP pass, too,
/// and wait for a minute.
const GROUPS: &str =
    "iocp/.. bufferevent/.. evbuffer/.. listener/.. util/.. thread/.. main/.. http/basic http/post";

const ATTEMPTS: usize = 3;

/// An unpacked source, such as `libevent-2.1.12-stable`.
fn source() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("LINSOCK_SOURCES")?);
    let mut entries = fs::read_dir(root().join(folder)).ok()?.flatten();
    let found =
        entries.find(|entry| entry.file_name().to_string_lossy().starts_with("libevent-"))?;
    Some(found.path())
}

fn objects(names: &str, folder: &str) -> String {
    let line = |name| format!("linsock-cc {} /c {folder}{name}.c /Fo{name}.o", words(OPTIONS));
    names.split_whitespace().map(|name| line(name) + "\n").collect()
}

fn words(list: &str) -> String {
    list.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn libevents_windows_side_passes_its_own_tests() {
    let Some(source) = source() else {
        eprintln!(
            "SKIPPED: no source of libevent below $LINSOCK_SOURCES (Debian: apt-get source libevent), it was not compiled"
        );
        return;
    };
    let installation = Installation::new();
    let prefix = installation.prefix();
    let work = Folder::new("libevent");
    work.good(Path::new("/"), &format!("cp -r {}/. .", source.display()));
    let stand_in = root().join("crates/cc/tests/libevent/shlobj.h");
    fs::copy(stand_in, work.0.join("compat/shlobj.h")).expect("a header can be copied");
    let lines = objects(LIBRARY, "") + &objects(TESTS, "test/");
    fs::write(work.0.join("lines"), lines).expect("a file can be written");
    // Its warnings are its own.
    work.good(
        prefix,
        "tr '\\n' '\\0' <lines | xargs -0 -P 2 -I{} sh -c '{}' 2>errors || { cat errors; exit 1; }",
    );
    work.good(prefix, "linsock-cc *.o -o regress -lws2_32");
    for backend in ["epoll", "uring"] {
        let line = format!(
            "LINSOCK_BACKEND={backend} unshare -rn sh -c 'ip link set lo up && exec ./regress {GROUPS}' 2>&1"
        );
        // Some of them measure time, and say themselves that they may fail on a busy machine.
        let passed = (0..ATTEMPTS).find_map(|_| {
            let output = work.run(prefix, &line);
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            let good = output.status.success() && said.contains("tests ok.");
            eprintln!(
                "{backend}: {}",
                if good { said.lines().last().unwrap_or_default() } else { &said }
            );
            good.then_some(())
        });
        assert!(passed.is_some(), "{backend}: {ATTEMPTS} times something failed");
    }
}
