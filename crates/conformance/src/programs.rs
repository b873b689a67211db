//! The C programs: what tests they hold, and how they are built in both worlds.

use crate::paths;
use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// Files of c/ that are linked into every program.
const SUPPORT: [&str; 3] = ["harness.c", "support.c", "world.c"];
pub const MINGW: &str = "x86_64-w64-mingw32-gcc";
pub const WINE: &str = "/usr/lib/wine/wine64";

/// One file of tests.
#[derive(Clone, Debug)]
pub struct Program {
    pub source: PathBuf,
    pub tests: Vec<Test>,
}

#[derive(Clone, Debug)]
pub struct Test {
    pub name: String,
    pub slow: bool,
    /// What must be in the environment before the process starts.
    pub env: Vec<(String, String)>,
    wants_env: bool,
}

impl Program {
    pub fn name(&self) -> &str {
        self.source.file_stem().and_then(|s| s.to_str()).unwrap_or_default()
    }

    pub fn native(&self) -> PathBuf {
        paths::made().join("native").join(self.name())
    }

    pub fn windows(&self) -> PathBuf {
        paths::made().join("windows").join(self.name()).with_extension("exe")
    }
}

/// All programs with their tests, read from the sources.
pub fn programs() -> Result<Vec<Program>> {
    let folder = paths::c_sources();
    let mut sources: Vec<PathBuf> = std::fs::read_dir(&folder)?
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "c"))
        .filter(|p| !SUPPORT.iter().any(|s| p.ends_with(s)))
        .collect();
    sources.sort();
    let mut programs = Vec::new();
    for source in sources {
        let text = std::fs::read_to_string(&source)?;
        let tests: Vec<Test> = text.lines().filter_map(declared).collect();
        if let Some(test) = tests.iter().find(|t| t.wants_env && t.env.is_empty()) {
            bail!("{}: the environment is not written out beside the name", test.name);
        }
        programs.push(Program { source, tests });
    }
    Ok(programs)
}

/// `TEST_ENV(name, "KEY=value") {` at the start of a line.
fn declared(line: &str) -> Option<Test> {
    let rest = line.strip_prefix("TEST")?;
    let (macro_name, rest) = rest.split_once('(')?;
    let arguments = rest.split_once(')')?.0;
    let mut parts = arguments.splitn(2, ',');
    let name = parts.next()?.trim().to_owned();
    let more = parts.next().unwrap_or_default();
    let env = more.split('"').nth(1).unwrap_or_default();
    let env = env
        .split_whitespace()
        .filter_map(|pair| pair.split_once('='))
        .map(|(k, v)| (k.to_owned(), v.to_owned()));
    Some(Test {
        name,
        slow: macro_name == "_SLOW" || more.contains("SLOW"),
        env: env.collect(),
        wants_env: macro_name == "_ENV",
    })
}

/// `cargo build --release -p linsock-dll`; the programs are linked to what it leaves.
pub fn build_library() -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--release", "--quiet", "-p", "linsock-dll"])
        .current_dir(paths::workspace())
        .env("CARGO_TARGET_DIR", paths::target())
        .status()?;
    ensure!(status.success(), "the library does not build");
    Ok(())
}

pub fn build_native(program: &Program) -> Result<()> {
    let library = paths::target().join("release");
    let mut command = Command::new("gcc");
    command
        .args(["-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-I"])
        .arg(paths::workspace().join("include"))
        .arg("-o")
        .arg(being_made(&program.native()))
        .args(sources(program))
        .arg("-L")
        .arg(&library)
        .arg(format!("-Wl,-rpath,{}", library.display()))
        .args(["-llinsock", "-lpthread"]);
    compile(command, program, &program.native(), &[paths::workspace().join("include")])
}

pub fn build_windows(program: &Program) -> Result<()> {
    let mut command = Command::new(MINGW);
    command
        .args(["-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-o"])
        .arg(being_made(&program.windows()))
        .args(sources(program))
        .args(["-lws2_32", "-lmswsock"]);
    compile(command, program, &program.windows(), &[])
}

fn sources(program: &Program) -> Vec<PathBuf> {
    let mut list = vec![program.source.clone()];
    list.extend(SUPPORT.iter().map(|s| paths::c_sources().join(s)));
    list
}

/// Where the compiler puts a program that is put in its place when whole: another run of the suite may have its
/// predecessor at work.
fn being_made(made: &Path) -> PathBuf {
    made.with_extension(format!("{}.exe", std::process::id()))
}

/// Runs the compiler unless the program is newer than all that it is made from.
fn compile(mut command: Command, program: &Program, made: &Path, more: &[PathBuf]) -> Result<()> {
    let mut from = sources(program);
    from.push(paths::c_sources().join("harness.h"));
    for folder in more {
        from.extend(std::fs::read_dir(folder)?.filter_map(|e| e.ok().map(|e| e.path())));
    }
    let newest = from.iter().filter_map(|p| changed(p)).max();
    if changed(made).is_some_and(|then| Some(then) > newest) {
        return Ok(());
    }
    if let Some(folder) = made.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let output = command.output().with_context(|| format!("{:?}", command.get_program()))?;
    if !output.status.success() {
        bail!("{} does not compile:\n{}", program.name(), String::from_utf8_lossy(&output.stderr));
    }
    std::fs::rename(being_made(made), made)?;
    if !output.stderr.is_empty() {
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

fn changed(path: &Path) -> Option<SystemTime> {
    path.metadata().ok()?.modified().ok()
}
