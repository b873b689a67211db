//! The commands of docs/porting.md work, in their order, from a checkout; and what it says of errors is what is said.

mod common;

use common::{Folder, built, present, root};
use std::fs;
use std::process::Command;

/// Before a block that is not run: an HTML comment that begins with this, and gives the reason.
const NOT_RUN: &str = "<!-- not run";

/// The blocks of shell that are run, as one script.
fn script(page: &str) -> String {
    let (mut script, mut open, mut before) = (String::new(), false, "");
    let mut blocks = 0;
    for line in page.lines() {
        if line == "```sh" && !before.starts_with(NOT_RUN) {
            open = true;
            blocks += 1;
        } else if line.starts_with("```") {
            open = false;
        } else if open {
            script += &format!("{line}\n");
        }
        before = line;
    }
    assert!(blocks >= 7, "only {blocks} blocks");
    script
}

#[test]
fn commands_of_the_page_work() {
    for program in ["cmake", "make", "pkg-config", "valgrind"] {
        if !present(program) {
            return;
        }
    }
    // Cargo has it built, and install.sh then finds nothing to do.
    built();
    let page = fs::read_to_string(root().join("docs/porting.md")).expect("the page is there");
    let home = Folder::new("porting");
    let own_home = std::env::var("HOME").expect("a home");
    let of_rust = |name: &str, folder: &str| {
        std::env::var(name).unwrap_or_else(|_| format!("{own_home}/{folder}"))
    };
    let output = Command::new("timeout")
        .args(["600", "bash", "-euxo", "pipefail", "-c", &script(&page)])
        .current_dir(root())
        .env("CARGO_HOME", of_rust("CARGO_HOME", ".cargo"))
        .env("RUSTUP_HOME", of_rust("RUSTUP_HOME", ".rustup"))
        .env("HOME", &home.0)
        .env_remove("LD_LIBRARY_PATH")
        .env_remove("LINSOCK_BACKEND")
        .output()
        .expect("timeout comes with the system");
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{said}{errors}", output.status);
    assert!(said.matches("the listener received").count() >= 6, "{said}{errors}");
    assert!(said.contains("6 bytes: echo 5"), "{said}");
}
