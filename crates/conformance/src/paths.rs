//! Where things are: sources in the workspace, everything made in the target directory.

use std::path::{Path, PathBuf};

pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").components().collect()
}

pub fn register() -> PathBuf {
    workspace().join("contract")
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
