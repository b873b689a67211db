//! Which functions are here.

use crate::{paths, programs};
use anyhow::{Result, ensure};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

#[derive(Default)]
pub struct Here {
    /// What the shared library exports, by Windows' names.
    pub exported: BTreeSet<String>,
    /// What WSAIoctl gives out.
    pub by_guid: BTreeSet<String>,
    /// All headers, one after the other.
    pub headers: String,
}

impl Here {
    /// Builds the library, and looks.
    pub fn look() -> Result<Here> {
        programs::build_library()?;
        let library = paths::target().join("release/liblinsock.so");
        let output = Command::new("nm")
            .args(["-D", "--defined-only", "--format=posix"])
            .arg(&library)
            .output()?;
        ensure!(output.status.success(), "nm {}", library.display());
        let symbols = String::from_utf8_lossy(&output.stdout);
        let exported: BTreeSet<String> =
            symbols.lines().filter_map(|line| line.split([' ', '@']).next()).map(plain).collect();
        ensure!(exported.contains("connect"), "{} exports no connect", library.display());
        let source = paths::workspace().join("crates/sys/src/winsock/extension.rs");
        let source = std::fs::read_to_string(source)?;
        let given = source.split(" as *const c_void").filter_map(|part| part.rsplit(' ').next());
        let by_guid = given.map(str::to_owned).collect();
        let mut headers = String::new();
        read_headers(&paths::workspace().join("include"), &mut headers)?;
        Ok(Here { exported, by_guid, headers })
    }

    /// Whether headers define a macro or a function of this name.
    pub fn is_in_headers(&self, name: &str) -> bool {
        self.headers.lines().any(|line| {
            let macro_of = line.trim_start().strip_prefix('#').map(str::trim_start);
            match macro_of.and_then(|line| line.strip_prefix("define ")) {
                Some(defined) => defined.trim_start().strip_prefix(name).is_some_and(|rest| {
                    !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')
                }),
                None => line.contains(&format!(" {name}(")) && !line.starts_with([' ', '*', '/']),
            }
        })
    }
}

/// Windows' name of a symbol.
fn plain(symbol: &str) -> String {
    let name = symbol.strip_prefix("ws2_").unwrap_or(symbol);
    name.strip_suffix("_utf32").unwrap_or(name).to_owned()
}

fn read_headers(folder: &Path, text: &mut String) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_headers(&path, text)?;
        } else {
            text.push_str(&std::fs::read_to_string(&path)?);
        }
    }
    Ok(())
}
