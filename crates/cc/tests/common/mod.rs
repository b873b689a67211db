//! What the tests of the installation share: a prefix outside the checkout, and programs that run there.
// Each test file is a program of its own and uses its part of this.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

/// A program that hangs ends by this, not with the test run; what compiles may have to share the machine.
const RUN_SECONDS_MAX: &str = "300";

/// The checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the root exists")
}

/// Whether a program is there. What may be missing is named on stderr.
pub fn present(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        eprintln!("SKIPPED: {program} is not installed, its part of the checks did not run");
    }
    found
}

/// The C and C++ compilers that may stand behind the driver.
pub fn compilers() -> Vec<&'static str> {
    ["gcc", "clang"].into_iter().filter(|compiler| present(compiler)).collect()
}

/// A folder outside the checkout, which goes when it is dropped.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("linsock-{name}-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a folder for temporary files can be made");
        Folder(folder.canonicalize().expect("it was just made"))
    }

    /// Runs a line of shell in the folder, without what cargo set and with `bin` of a prefix first on the path.
    pub fn run(&self, prefix: &Path, line: &str) -> Output {
        Command::new("timeout")
            .args([RUN_SECONDS_MAX, "bash", "-euo", "pipefail", "-c", line])
            .current_dir(&self.0)
            .env_clear()
            .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", prefix.join("bin").display()))
            .env("HOME", &self.0)
            .env("PREFIX", prefix)
            .output()
            .expect("timeout comes with the system")
    }

    /// The same, for what has to succeed: what it said.
    #[track_caller]
    pub fn good(&self, prefix: &Path, line: &str) -> String {
        let output = self.run(prefix, line);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {}\n{said}{errors}", output.status);
        said
    }

    /// Runs a program on both backends; it has to say the same on each.
    #[track_caller]
    pub fn says(&self, prefix: &Path, program: &str, expected: &str) {
        for backend in ["epoll", "uring"] {
            let said = self.good(prefix, &format!("LINSOCK_BACKEND={backend} {program}"));
            assert_eq!(said, expected, "{program} on {backend}");
        }
    }

    /// Copies files of the checkout here.
    pub fn copy(&self, files: &[&str]) {
        for file in files {
            let from = root().join(file);
            let name = from.file_name().expect("a file has a name");
            std::fs::copy(&from, self.0.join(name)).unwrap_or_else(|e| panic!("{file}: {e}"));
        }
    }

    /// Everything below the folder, by its path from there.
    pub fn tree(&self) -> Vec<String> {
        let listed =
            self.good(Path::new("/"), "find . -mindepth 1 -printf '%P\\n' | LC_ALL=C sort");
        listed.lines().map(str::to_owned).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What is to be installed, built once: cargo's folder with it.
pub fn built() -> PathBuf {
    static BUILT: Once = Once::new();
    BUILT.call_once(|| {
        for packages in [&["linsock-dll"][..], &["linsock-cli", "linsock-cc"]] {
            let mut cargo = Command::new(env!("CARGO"));
            cargo.args(["build", "--quiet", "--release"]).current_dir(root());
            for package in packages {
                cargo.args(["-p", package]);
            }
            assert!(cargo.status().expect("cargo starts").success(), "{packages:?} do not build");
        }
    });
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    root().join(target).join("release")
}

/// Runs a script of the checkout; what is to be installed was built before.
#[track_caller]
pub fn script(words: &[&str]) -> String {
    built();
    let output = Command::new("sh")
        .args(words)
        .current_dir(root())
        .env_remove("DESTDIR")
        .output()
        .expect("sh starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {}\n{said}{errors}", output.status);
    said
}

/// An installation under a prefix of its own.
pub struct Installation(pub Folder);

impl Installation {
    pub fn new() -> Self {
        let folder = Folder::new("prefix");
        let prefix = folder.0.display().to_string();
        script(&["install.sh", "--no-build", "--prefix", &prefix]);
        Installation(folder)
    }

    pub fn prefix(&self) -> &Path {
        &self.0.0
    }
}
