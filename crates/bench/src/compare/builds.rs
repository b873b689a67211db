//! Builds the contestants that are programs of their own, where what they need is installed.

use super::contestant::{Contestant, Program, Who};
use anyhow::{Context, Result, bail, ensure};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const MINGW: &str = "x86_64-w64-mingw32-gcc";
const WINE: &str = "/usr/lib/wine/wine64";
const WINE_SERVER: &str = "/usr/lib/wine/wineserver64";
const ASIO: &str = "/usr/include/asio.hpp";

/// A contestant ready to be started, or why it is not.
pub fn prepare(who: Who) -> Result<Contestant> {
    let program = match who {
        Who::RawUring | Who::RawEpoll | Who::Blocking => Program::Part,
        Who::LinsockEpoll | Who::LinsockUring | Who::LinsockAuto => {
            Program::Made(linsock()?, vec![])
        }
        Who::Tokio => Program::Made(runtimes()?, vec!["tokio"]),
        Who::Compio => Program::Made(runtimes()?, vec!["compio"]),
        Who::Monoio => Program::Made(runtimes()?, vec!["monoio"]),
        Who::Asio => Program::Made(asio()?, vec![]),
        Who::AsioLinsockEpoll | Who::AsioLinsockUring => Program::Made(asio_on_linsock()?, vec![]),
        Who::Wine => windows()?,
    };
    Ok(Contestant { who, program })
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn workspace() -> PathBuf {
    here().ancestors().nth(2).unwrap_or(here()).to_path_buf()
}

fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(chosen) => workspace().join(chosen),
        None => workspace().join("target"),
    }
}

fn made(name: &str) -> Result<PathBuf> {
    let folder = target().join("bench");
    std::fs::create_dir_all(&folder)?;
    Ok(folder.join(name))
}

fn finish(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().with_context(|| name.clone())?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name} failed: {errors}");
    Ok(())
}

/// Whether it was made after what it is made from.
fn is_fresh(made: &Path, from: &[PathBuf]) -> bool {
    let changed = |path: &Path| path.metadata().ok()?.modified().ok();
    let newest = from.iter().map(|path| changed(path)).max().flatten();
    changed(made).is_some_and(|then| Some(then) > newest)
}

/// A source, and what all of them include.
fn sources(name: &str) -> Vec<PathBuf> {
    let folder = here().join("c");
    vec![folder.join(name), folder.join("contestant.h")]
}

fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["build", "--release", "--quiet"]);
    command
}

/// The shared library, as it is now.
pub fn library() -> Result<PathBuf> {
    cargo_makes("linsock-dll")
}

/// Builds a package of the workspace; answers the folder of what was made.
fn cargo_makes(package: &str) -> Result<PathBuf> {
    let mut build = cargo();
    build.args(["-p", package]).current_dir(workspace());
    build.env("CARGO_TARGET_DIR", target());
    finish(&mut build)?;
    Ok(target().join("release"))
}

/// A program in C on the exported functions.
pub fn on_the_library(source: &str, name: &str) -> Result<PathBuf> {
    let (library, made) = (library()?, made(name)?);
    let mut from = sources(source);
    from.push(library.join("liblinsock.so"));
    if is_fresh(&made, &from) {
        return Ok(made);
    }
    let mut command = Command::new("gcc");
    command.args(["-O2", "-Wall", "-Wextra", "-I"]).arg(workspace().join("include"));
    command.arg(here().join("c").join(source)).arg("-o").arg(&made).arg("-L").arg(&library);
    command.arg(format!("-Wl,-rpath,{}", library.display())).args(["-llinsock", "-lpthread"]);
    finish(&mut command)?;
    Ok(made)
}

fn linsock() -> Result<PathBuf> {
    on_the_library("winsock.c", "winsock")
}

/// tokio, compio and monoio: a workspace of their own, so that nobody else builds them.
fn runtimes() -> Result<PathBuf> {
    let mut build = cargo();
    build.current_dir(here().join("runtimes")).arg("--locked");
    build.env("CARGO_TARGET_DIR", target().join("bench"));
    finish(&mut build)?;
    Ok(target().join("bench/release/runtimes"))
}

fn asio() -> Result<PathBuf> {
    asio_by(Command::new("g++"), "asio", vec![], &["-lpthread"])
}

/// The driver that is made here: Asio takes its Windows side, at a completion port.
fn asio_on_linsock() -> Result<PathBuf> {
    let library = library()?;
    let driver = cargo_makes("linsock-cc")?.join("linsock-cxx");
    let from = vec![library.join("liblinsock.so"), driver.clone()];
    let mut compiler = Command::new(driver);
    // Which Windows: Asio warns where nothing says so.
    compiler.arg("-D_WIN32_WINNT=0x0A00");
    asio_by(compiler, "asio-linsock", from, &["-lws2_32", "-lmswsock"])
}

/// Asio's program, by a compiler; `from` is what else it is made from.
fn asio_by(
    mut compiler: Command,
    name: &str,
    mut from: Vec<PathBuf>,
    libraries: &[&str],
) -> Result<PathBuf> {
    ensure!(Path::new(ASIO).exists(), "{ASIO} is not there (Debian: libasio-dev)");
    let made = made(name)?;
    from.append(&mut sources("asio.cpp"));
    if is_fresh(&made, &from) {
        return Ok(made);
    }
    compiler.args(["-std=c++20", "-O2", "-Wall", "-Wextra", "-DASIO_STANDALONE"]);
    compiler.arg(here().join("c/asio.cpp")).arg("-o").arg(&made).args(libraries);
    finish(&mut compiler)?;
    Ok(made)
}

fn windows() -> Result<Program> {
    ensure!(Path::new(WINE).exists(), "{WINE} is not there (Debian: wine wine64)");
    let (made, folder) = (made("winsock.exe")?, made("wine")?);
    let mut command = Command::new(MINGW);
    command.args(["-O2", "-Wall", "-Wextra"]).arg(here().join("c/winsock.c"));
    command.arg("-o").arg(&made).args(["-lws2_32", "-lmswsock"]);
    finish(&mut command).with_context(|| format!("{MINGW} (Debian: gcc-mingw-w64-x86-64)"))?;
    let prepared = folder.join(".prepared");
    if !prepared.exists() {
        let mut boot = wine(&folder);
        boot.args(["wineboot", "-u"]).stdin(Stdio::null());
        boot.stdout(Stdio::null()).stderr(Stdio::null());
        ensure!(boot.status()?.success(), "wineboot failed");
        std::fs::write(prepared, "")?;
    }
    Ok(Program::Windows(made, folder))
}

/// Wine's server, for as long as this lives.
pub struct WineServer(PathBuf);

impl WineServer {
    /// It makes the sockets, so it must be started where the measurements are, in the benchmark's
    /// own network namespace; and not by whose system calls are counted.
    pub fn start(folder: &Path) -> Result<Self> {
        WineServer::tell(folder, "-k")?;
        WineServer::tell(folder, "-p")?;
        Ok(WineServer(folder.to_owned()))
    }

    /// Ending it fails where none runs.
    fn tell(folder: &Path, what: &str) -> Result<()> {
        let mut server = Command::new(WINE_SERVER);
        server.arg(what).env("WINEPREFIX", folder);
        server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        Ok(())
    }
}

impl Drop for WineServer {
    fn drop(&mut self) {
        let _ = WineServer::tell(&self.0, "-k");
    }
}

/// Wine with a folder of the suite's own.
pub fn wine(folder: &Path) -> Command {
    let mut command = Command::new(WINE);
    command.env("WINEPREFIX", folder).env("WINEDEBUG", "-all").env_remove("DISPLAY");
    command
}

/// The process of the server of that folder's Wine.
pub fn wine_server(folder: &Path) -> Result<u32> {
    let mark = [b"WINEPREFIX=", folder.as_os_str().as_bytes()].concat();
    for entry in std::fs::read_dir("/proc")?.filter_map(Result::ok) {
        let Some(process) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let read = |what| std::fs::read(entry.path().join(what)).unwrap_or_default();
        if read("comm").starts_with(b"wineserver")
            && read("environ").split(|&byte| byte == 0).any(|variable| variable == mark)
        {
            return Ok(process);
        }
    }
    bail!("no wineserver runs for {}", folder.display())
}
