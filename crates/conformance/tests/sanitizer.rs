//! The library, the clause tests and the examples under AddressSanitizer, on both backends: no access to memory that was
//! freed, none past its end, and nothing leaked.
//!
//! The library itself is instrumented, not only the programs: what it must not do is to write to an OVERLAPPED after the
//! program may have freed it. The compiler has the switch, but keeps it for nightly builds; RUSTC_BOOTSTRAP opens it.
//! Everything is built once more for this, so the tests are ignored unless asked for:
//!
//!     cargo test --release -p linsock-conformance --test sanitizer -- --ignored

// The runner's own way to give a test a network or a limit.
#[allow(dead_code)]
#[path = "../src/process.rs"]
mod process;
#[path = "../src/world.rs"]
mod world;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

const BACKENDS: [&str; 2] = ["epoll", "uring"];
/// What a program ends with that the sanitizer stopped; no test does.
const STOPPED: i32 = 99;
const SUPPORT: [&str; 3] = ["harness.c", "support.c", "world.c"];
/// ConnectEx operations of the stress test, on each backend, unless STRESS_OPERATIONS says otherwise.
const STRESS_OPERATIONS: &str = "200000";

/// Tests that measure what the sanitizer changes.
const LEFT_OUT: [(&str, &str); 1] = [(
    "c_046_memory_is_released_at_completion",
    "the sanitizer keeps freed memory back, to see who still uses it",
)];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn made() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root().join("target"), |t| root().join(t));
    target.join("sanitizer")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

fn must(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}\n{}", text(&output.stderr));
    output
}

/// The folder of the instrumented library, built once.
fn library() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let version = text(&must(Command::new("rustc").arg("-vV")).stdout);
        let host = version
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .unwrap_or_else(|| panic!("{version}"));
        // With a target named, build scripts and macros stay as they are.
        must(
            Command::new(env!("CARGO"))
                .args(["build", "--release", "--quiet", "-p", "linsock-dll", "--target", host])
                .env("RUSTC_BOOTSTRAP", "1")
                .env("RUSTFLAGS", "-Zsanitizer=address -Cforce-frame-pointers=yes")
                .env("CARGO_TARGET_DIR", made())
                .current_dir(root()),
        );
        made().join(host).join("release")
    })
}

fn gcc() -> Command {
    let mut gcc = Command::new("gcc");
    gcc.args(["-std=gnu11", "-O1", "-g", "-fsanitize=address", "-fno-omit-frame-pointer"]);
    gcc.arg("-Iinclude").current_dir(root());
    gcc
}

/// Compiles a program against the instrumented library.
fn built(source: &Path, objects: &[PathBuf]) -> PathBuf {
    let name = source.file_stem().unwrap_or_else(|| panic!("{source:?}"));
    let program = made().join(name);
    must(
        gcc()
            .arg(source)
            .args(objects)
            .arg("-o")
            .arg(&program)
            .arg("-L")
            .arg(library())
            .arg(format!("-Wl,-rpath,{}", library().display()))
            .args(["-llinsock", "-lpthread"]),
    );
    program
}

/// What every program of c/ is linked with, compiled once.
fn support() -> &'static [PathBuf] {
    static OBJECTS: OnceLock<Vec<PathBuf>> = OnceLock::new();
    OBJECTS.get_or_init(|| {
        let object = |name: &&str| {
            let object = made().join(name).with_extension("o");
            must(gcc().arg("-c").arg(c_sources().join(name)).arg("-o").arg(&object));
            object
        };
        library();
        SUPPORT.iter().map(object).collect()
    })
}

fn c_sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("c")
}

fn sanitized(program: &Path, backend: &str) -> Command {
    let suppressions = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c/leaks.supp");
    let mut command = Command::new(program);
    command
        .env("LINSOCK_BACKEND", backend)
        // Cargo puts its own folders there, and the plain library with them.
        .env_remove("LD_LIBRARY_PATH")
        .env("ASAN_OPTIONS", format!("exitcode={STOPPED}:detect_leaks=1:log_path=stderr"))
        .env(
            "LSAN_OPTIONS",
            format!("suppressions={}:print_suppressions=0", suppressions.display()),
        );
    command
}

/// How a test went.
enum End {
    Clean,
    /// The test's own check failed, which the plain suite judges: here everything is slower.
    Failed(String),
    /// Stopped by the sanitizer, crashed or hanging.
    Fault(String),
}

/// One test in a process of its own.
fn run(mut command: Command, test: &str, env: &[(String, String)], limit_s: u64) -> End {
    command.arg(test).envs(env.iter().cloned());
    if let Err(error) = world::prepare(&mut command, env) {
        return End::Fault(error.to_string());
    }
    let ended = match process::run(&mut command, Duration::from_secs(limit_s)) {
        Ok(ended) => ended,
        Err(error) => return End::Fault(error.to_string()),
    };
    let said = process::outcomes(&ended.output).into_iter().find(|(name, _)| name == test);
    match (said, ended.trouble) {
        (_, Some(trouble)) => End::Fault(format!("{trouble}\n{}", ended.errors)),
        (Some((_, process::Outcome::Failed(what))), None) => End::Failed(what),
        (Some(_), None) => End::Clean,
        (None, None) => End::Fault("no word about the test".to_owned()),
    }
}

struct Job {
    program: PathBuf,
    backend: &'static str,
    test: String,
    env: Vec<(String, String)>,
}

/// The wanted tests of the programs of c/ in whose source `mark` stands, as the programs themselves list them.
fn jobs(mark: &str, wanted: impl Fn(&str) -> bool) -> Vec<Job> {
    let folder = c_sources();
    let entries =
        std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut sources: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    sources.retain(|path| {
        path.extension().is_some_and(|e| e == "c")
            && !SUPPORT.iter().any(|s| path.ends_with(s))
            && std::fs::read_to_string(path).is_ok_and(|text| text.contains(mark))
    });
    sources.sort();
    let objects = support();
    let (next, programs) = (Mutex::new(sources.iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(source) = lock(&next).next() else { break };
                    let program = built(source, objects);
                    lock(&programs).push(program);
                }
            });
        }
    });
    let mut programs = std::mem::take(&mut *lock(&programs));
    programs.sort();
    let mut jobs = Vec::new();
    for program in programs {
        let list = text(&must(Command::new(&program).arg("--list")).stdout);
        for line in list.lines() {
            let mut parts = line.split('\t');
            let test = parts.next().unwrap_or_default().to_owned();
            if !wanted(&test) || LEFT_OUT.iter().any(|(name, _)| *name == test) {
                continue;
            }
            let pairs = parts.nth(1).unwrap_or_default().split_whitespace();
            let env: Vec<(String, String)> = pairs
                .filter_map(|pair| pair.split_once('='))
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
                .collect();
            for backend in BACKENDS {
                jobs.push(Job {
                    program: program.clone(),
                    backend,
                    test: test.clone(),
                    env: env.clone(),
                });
            }
        }
    }
    jobs
}

const STRESS: &str = "x_008_each_completes_once_under_stress";

#[test]
#[ignore = "builds everything once more; see the file's head"]
fn the_sanitizer_sees_what_the_library_writes() {
    let program = built(Path::new("crates/conformance/tests/c/freed_overlapped.c"), &[]);
    for backend in BACKENDS {
        let output =
            sanitized(&program, backend).output().unwrap_or_else(|error| panic!("{error}"));
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(STOPPED), "{backend}: {errors}");
        assert!(
            errors.contains("heap-use-after-free") && errors.contains("linsock_engine"),
            "{backend}: {errors}"
        );
    }
}

#[test]
#[ignore = "builds everything once more; see the file's head"]
fn examples_are_clean() {
    for name in ["connectex_port", "connectex_event"] {
        let program = built(Path::new(&format!("examples/c/{name}.c")), &[]);
        for backend in BACKENDS {
            must(&mut sanitized(&program, backend));
        }
    }
}

#[test]
#[ignore = "builds everything once more; see the file's head"]
fn clause_tests_are_clean() {
    let jobs = jobs("TEST", |test| test != STRESS);
    assert!(jobs.len() > 100, "only {} tests were found", jobs.len());
    let queue = Mutex::new(jobs.iter());
    let (faults, failures) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        // Many tests wait more than they compute.
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let Some(job) = lock(&queue).next() else { break };
                    let line = |what| format!("{} on {}: {what}", job.test, job.backend);
                    match run(sanitized(&job.program, job.backend), &job.test, &job.env, 120) {
                        End::Clean => {}
                        End::Failed(what) => lock(&failures).push(line(what)),
                        End::Fault(what) => lock(&faults).push(line(what)),
                    }
                }
            });
        }
    });
    let (faults, failures) = (lock(&faults), lock(&failures));
    println!("{} tests, {} of them failed:\n{}", jobs.len(), failures.len(), failures.join("\n"));
    assert!(faults.is_empty(), "{} of {} tests\n{}", faults.len(), jobs.len(), faults.join("\n"));
    // A test that fails early looks at little.
    assert!(failures.len() * 20 < jobs.len(), "{} of {} tests failed", failures.len(), jobs.len());
}

#[test]
#[ignore = "builds everything once more; see the file's head"]
fn stress_is_clean() {
    let operations =
        std::env::var("STRESS_OPERATIONS").unwrap_or_else(|_| STRESS_OPERATIONS.to_owned());
    for job in jobs(STRESS, |test| test == STRESS) {
        let mut command = sanitized(&job.program, job.backend);
        command.env("STRESS_OPERATIONS", &operations);
        if let End::Failed(what) | End::Fault(what) = run(command, &job.test, &job.env, 900) {
            panic!("{operations} operations on {}: {what}", job.backend);
        }
    }
}
