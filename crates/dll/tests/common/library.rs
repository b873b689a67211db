//! liblinsock.so, built once for each test program.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The release build of the shared library.
pub fn shared_library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(build)
}

fn build() -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--release", "-p", "linsock-dll", "--message-format", "json"]);
    let output = cargo.current_dir(super::root()).output().expect("cargo starts");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "the library does not build:\n{}\n{text}",
        String::from_utf8_lossy(&output.stderr)
    );
    // Cargo itself says where the file is, whatever the target folder.
    let files = text
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|message| message["filenames"].as_array().cloned())
        .flatten();
    let mut names = files.filter_map(|f| f.as_str().map(PathBuf::from));
    names
        .rfind(|path| path.file_name().is_some_and(|n| n == "liblinsock.so"))
        .expect("cargo names liblinsock.so")
}
