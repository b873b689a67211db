//! Where things are: sources in the workspace, everything made in the target directory.

use std::path::{Path, PathBuf};

pub fn workspace() -> PathBuf {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_folder.ancestors().nth(2).unwrap_or(crate_folder).to_path_buf()
}

pub fn register() -> PathBuf {
    workspace().join("contract")
}

/// What the matrix is made of, beside the register.
pub fn functions() -> PathBuf {
    register().join("functions.toml")
}

pub fn matrix() -> PathBuf {
    workspace().join("MATRIX.md")
}

pub fn c_sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("c")
}

pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(chosen) => workspace().join(chosen),
        None => workspace().join("target"),
    }
}

/// Compiled test programs and the Wine prefix.
pub fn made() -> PathBuf {
    target().join("conformance")
}

/// How the native tests went the last time that all of them ran.
pub fn last_results() -> PathBuf {
    made().join("results.json")
}
