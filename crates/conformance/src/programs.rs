//! The C programs: what tests they hold, and how they are built in both worlds.

use crate::paths;
use anyhow::{Context, Result, bail, ensure};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::slice;
use std::sync::{Mutex, PoisonError};
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

/// One of the two worlds that programs are built for.
struct Target {
    compiler: &'static str,
    flags: Vec<OsString>,
    /// Behind the objects.
    libraries: Vec<OsString>,
    /// Where headers are, beside c/, that may change.
    headers: Option<PathBuf>,
    folder: PathBuf,
}

/// What all programs have in common is compiled once: most of the time of the others would go there, too.
static COMMON: Mutex<()> = Mutex::new(());

pub fn build_native(program: &Program) -> Result<()> {
    let library = paths::target().join("release");
    let headers = paths::workspace().join("include");
    let target = Target {
        compiler: "gcc",
        flags: vec!["-I".into(), headers.clone().into()],
        libraries: vec![
            "-L".into(),
            library.clone().into(),
            format!("-Wl,-rpath,{}", library.display()).into(),
            "-llinsock".into(),
            "-lpthread".into(),
        ],
        headers: Some(headers),
        folder: paths::made().join("native"),
    };
    target.build(program, &program.native())
}

pub fn build_windows(program: &Program) -> Result<()> {
    let target = Target {
        compiler: MINGW,
        flags: Vec::new(),
        libraries: vec!["-lws2_32".into(), "-lmswsock".into()],
        headers: None,
        folder: paths::made().join("windows"),
    };
    target.build(program, &program.windows())
}

impl Target {
    fn build(&self, program: &Program, made: &Path) -> Result<()> {
        let headers = self.headers()?;
        let objects = self.common(&headers)?;
        let mut from = headers;
        from.push(program.source.clone());
        from.extend(objects.iter().cloned());
        self.make(made, &from, |command| {
            // The source includes it anyway; by this it is the one that is compiled already.
            command.arg("-include").arg(self.harness()).arg(&program.source).args(&objects);
            command.args(&self.libraries);
        })
    }

    /// The header that includes all others, compiled, and the objects that are linked into every program.
    fn common(&self, headers: &[PathBuf]) -> Result<Vec<PathBuf>> {
        let _one_at_a_time = COMMON.lock().unwrap_or_else(PoisonError::into_inner);
        std::fs::create_dir_all(&self.folder)?;
        let harness = self.harness();
        // The compiler reads this one where the compiled one does not suit it.
        let line = format!("#include \"{}\"\n", paths::c_sources().join("harness.h").display());
        if std::fs::read_to_string(&harness).unwrap_or_default() != line {
            std::fs::write(&harness, line)?;
        }
        let compiled = self.folder.join("harness.h.gch");
        self.make(&compiled, headers, |command| {
            command.args(["-x", "c-header"]).arg(&harness);
        })?;
        let mut objects = Vec::new();
        for name in SUPPORT {
            let source = paths::c_sources().join(name);
            let object = self.folder.join(name).with_extension("o");
            self.make(&object, &[headers, slice::from_ref(&source)].concat(), |command| {
                command.arg("-include").arg(&harness).arg("-c").arg(&source);
            })?;
            objects.push(object);
        }
        Ok(objects)
    }

    fn harness(&self) -> PathBuf {
        self.folder.join("harness.h")
    }

    /// All headers that a program may include, but for the system's.
    fn headers(&self) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        let mut folders = vec![paths::c_sources()];
        folders.extend(self.headers.clone());
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_none_or(|e| e != "c") {
                    found.push(path);
                }
            }
        }
        Ok(found)
    }

    /// Runs the compiler unless what it makes is newer than all that it is made from.
    fn make(&self, made: &Path, from: &[PathBuf], more: impl FnOnce(&mut Command)) -> Result<()> {
        let newest = from.iter().filter_map(|p| changed(p)).max();
        if changed(made).is_some_and(|then| Some(then) > newest) {
            return Ok(());
        }
        let mut command = Command::new(self.compiler);
        command.args(["-std=gnu11", "-O1", "-g", "-Wall", "-Wextra"]).args(&self.flags);
        command.arg("-o").arg(being_made(made));
        more(&mut command);
        let output = command.output().with_context(|| format!("{:?}", command.get_program()))?;
        if !output.status.success() {
            let errors = String::from_utf8_lossy(&output.stderr);
            bail!("{} does not compile:\n{errors}", made.display());
        }
        std::fs::rename(being_made(made), made)?;
        if !output.stderr.is_empty() {
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }
}

/// Where the compiler puts what is put in its place when whole: another run of the suite may have its predecessor at
/// work.
fn being_made(made: &Path) -> PathBuf {
    made.with_extension(format!("{}.exe", std::process::id()))
}

fn changed(path: &Path) -> Option<SystemTime> {
    path.metadata().ok()?.modified().ok()
}
