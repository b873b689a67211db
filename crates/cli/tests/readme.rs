//! What the README says is so: its commands work, its programs are the ones in the tree, its settings are all there are.
//! Links and names of files lead somewhere on every page.
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Before a block that is not run: an HTML comment that begins with this, and gives the reason.
const NOT_RUN: &str = "<!-- not run";
/// A whole release build may be part of a block.
const BLOCK_SECONDS_MAX: &str = "900";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

struct Block {
    language: String,
    text: String,
    run: bool,
}

/// The fenced blocks of a page.
fn blocks(page: &str) -> Vec<Block> {
    let (mut blocks, mut open, mut before) = (Vec::new(), None::<Block>, "");
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => {
                let run = !before.starts_with(NOT_RUN);
                open = Some(Block { language: language.to_owned(), text: String::new(), run });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => block.text += &format!("{line}\n"),
            (None, None) => before = line,
        }
        if !line.is_empty() && open.is_none() {
            before = line;
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

fn of<'a>(all: &'a [Block], language: &str) -> Vec<&'a Block> {
    all.iter().filter(|block| block.language == language).collect()
}

/// Runs the blocks of a page as they stand there.
fn run_blocks(page: &str, blocks_min: usize) {
    let all = blocks(&read(page));
    let shell = of(&all, "sh");
    let run = shell.iter().filter(|block| block.run);
    assert!(run.clone().count() >= blocks_min, "{page} has too few blocks to run");
    let target = std::env::var("CARGO_TARGET_DIR");
    for block in run {
        // The page knows the usual target folder; this build may have another.
        let text = match &target {
            Ok(folder) => block
                .text
                .replace("$PWD/target/", "target/")
                .replace("target/", &format!("{folder}/")),
            Err(_) => block.text.clone(),
        };
        let output = Command::new("timeout")
            .args([BLOCK_SECONDS_MAX, "bash", "-euo", "pipefail", "-c", &text])
            .current_dir(root())
            // As from a reader's shell: without what cargo sets for tests.
            .env_remove("LD_LIBRARY_PATH")
            .env_remove("LINSOCK_BACKEND")
            .output()
            .expect("bash starts");
        let said = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}:\n{text}\n{said}{errors}", output.status);
    }
}

#[test]
fn commands_of_the_readme_work() {
    run_blocks("README.md", 4);
}

#[test]
fn programs_of_the_readme_are_those_in_the_tree() {
    let all = blocks(&read("README.md"));
    for (language, path) in
        [("c", "examples/c/connectex_port.c"), ("rust", "crates/linsock/examples/connect_ex.rs")]
    {
        let [block] = of(&all, language)[..] else { panic!("one {language} block was expected") };
        assert_eq!(block.text, read(path), "{path}");
    }
}

/// The words that begin with LINSOCK_ and a capital letter.
fn variables(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_uppercase() || c == '_'));
    words
        .filter(|word| word.len() > "LINSOCK_".len() && word.starts_with("LINSOCK_"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn settings_of_the_readme_are_those_that_are_read() {
    let files = ["engine/src/settings.rs", "backend/src/choice.rs", "backend/src/trace_file.rs"];
    let code: String = files.map(|file| read(&format!("crates/{file}"))).concat();
    let listed = read("README.md");
    let listed: String = listed.lines().filter(|line| line.starts_with("| `LINSOCK_")).collect();
    assert_eq!(variables(&listed), variables(&code));
}

/// The pages of the tree: the root's, those in docs, and the crates' and examples' own.
fn pages() -> Vec<String> {
    let mut pages = Vec::new();
    let mut add = |folder: &str, wanted: fn(&str) -> bool| {
        let entries = std::fs::read_dir(root().join(folder)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        pages.extend(names.filter(|name| wanted(name)).map(|name| format!("{folder}{name}")));
    };
    add("", |name| name.ends_with(".md"));
    add("docs/", |name| name.ends_with(".md"));
    for parent in ["crates", "examples"] {
        for entry in std::fs::read_dir(root().join(parent)).unwrap() {
            let folder = entry.unwrap();
            if folder.path().is_dir() {
                let folder = folder.file_name().into_string().unwrap();
                add(&format!("{parent}/{folder}/"), |name| name == "README.md");
            }
        }
    }
    pages
}

/// Links to files of the tree.
#[test]
fn links_lead_somewhere() {
    let pages = pages();
    for page in ["README.md", "docs/porting.md", "crates/bench/README.md"] {
        assert!(pages.iter().any(|other| other == page), "{page} is not among {pages:?}");
    }
    for page in &pages {
        let (text, folder) = (read(page), root().join(page).parent().unwrap().to_owned());
        for link in
            text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link)
        {
            let file = link.split('#').next().unwrap_or_default();
            let local = !link.contains("://") && !file.is_empty();
            assert!(!local || folder.join(file).exists(), "{page}: {link}");
        }
    }
}

/// Words between backticks that name a file by its way from the root, or from the page's own folder.
#[test]
fn files_that_are_named_are_there() {
    let mut found = 0;
    for page in pages() {
        let (text, folder) = (read(&page), root().join(&page).parent().unwrap().to_owned());
        let folders = [root(), folder];
        let is_path = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
        // Blocks of code have backticks of their own, and an odd number of them.
        let lines = text.lines().filter(|line| !line.starts_with("```"));
        for word in lines.flat_map(|line| line.split('`').skip(1).step_by(2)) {
            let Some((first, _)) = word.split_once('/') else { continue };
            let made = first.is_empty() || first.starts_with('.') || first == "target";
            if made || !word.chars().all(is_path) || !folders.iter().any(|f| f.join(first).is_dir())
            {
                continue;
            }
            found += 1;
            assert!(folders.iter().any(|folder| folder.join(word).exists()), "{page}: {word}");
        }
    }
    assert!(found > 40, "{found} names");
}
