//! A C extension of Python that gives `socket.fileno()` to ConnectEx and WSARecv: built by pip from its source
//! distribution against an installed prefix, then run.

mod common;

use common::{Folder, Installation, root};

const SAYS: &str = "\
sent 12
the peer is the listener: True
received b'FIRST DATA, AND MORE\\n'
nothing for 20 ms: True
the end: b''
refused three times
a local socket cannot connect: True
8 of 8 threads
not a socket: True
WSAECONNREFUSED is not ECONNREFUSED: True
";

/// Without a network: setuptools is the system's.
const BUILD: &str = "\
cp -r SOURCE source
/usr/bin/python3 -m venv --system-site-packages venv
export PKG_CONFIG_PATH=$PREFIX/lib/pkgconfig
(cd source && ../venv/bin/python -c 'from setuptools import build_meta; build_meta.build_sdist(\"..\")')
venv/bin/pip install --quiet --no-cache-dir --no-index --no-build-isolation ./connectex-*.tar.gz
";

#[test]
fn pythons_sockets_connect_by_connect_ex() {
    let needed = "import setuptools, wheel, venv, sysconfig, os.path as p; \
                  assert p.exists(p.join(sysconfig.get_paths()['include'], 'Python.h'))";
    let installation = Installation::new();
    let prefix = installation.prefix();
    let folder = Folder::new("python");
    let there = format!("/usr/bin/python3 -c \"{needed}\" && pkg-config --version");
    if !folder.run(prefix, &there).status.success() {
        eprintln!(
            "SKIPPED: Python's extension was not built (Debian: python3-dev python3-venv python3-pip \
             python3-setuptools python3-wheel pkg-config)"
        );
        return;
    }
    let source = root().join("examples/python").display().to_string();
    folder.good(prefix, &BUILD.replace("SOURCE", &source));
    // From the distribution alone.
    let listed = folder.good(prefix, "tar tzf connectex-*.tar.gz");
    assert!(listed.contains("/connectex.c\n") && listed.contains("/setup.py\n"), "{listed}");
    folder.good(prefix, "rm source/connectex.c source/setup.py");
    for backend in ["epoll", "uring"] {
        let run =
            format!("LINSOCK_BACKEND={backend} venv/bin/python source/tests/try_connectex.py");
        assert_eq!(folder.good(prefix, &run), SAYS, "{backend}");
    }
}
