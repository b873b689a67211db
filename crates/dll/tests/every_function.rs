//! Every exported function, called with NULL, with handles that are bad, closed or of the wrong kind, and before
//! WSAStartup: none crashes, none hangs, and what is wrong with a handle has its error.
//!
//! The functions are those that the library exports, so that none is forgotten; their parameters are read from the
//! sources. Each function is called in a process of its own, many times, with one argument list after the other. All
//! arguments are integers or pointers, which this ABI passes alike, so one type serves for all calls.

mod common;

use common::library::shared_library;
use common::rust_text::{Signature, functions, sources};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{CString, c_void};
use std::process::{Command, Output};

/// Not called here, and why.
const LEFT_OUT: [(&str, &str); 6] = [
    ("_putch", "writes into what this test reads"),
    ("ExitThread", "ends the thread that calls it"),
    ("ExitProcess", "ends the process"),
    ("TerminateProcess", "likewise"),
    ("DebugBreak", "likewise"),
    ("GenerateConsoleCtrlEvent", "ends the process and those around it"),
];

/// Given no other pointer than NULL, and why.
const NULL_ALONE: [(&str, &str); 7] = [
    ("GlobalFree", "takes what GlobalAlloc made"),
    ("EnterCriticalSection", "takes an initialised one, which zeroes are not"),
    ("SleepConditionVariableCS", "likewise"),
    ("LocalFree", "takes what LocalAlloc made"),
    ("FreeAddrInfoW", "takes what GetAddrInfoW made"),
    ("FreeAddrInfoW_utf32", "likewise"),
    ("ws2_freeaddrinfo", "takes what getaddrinfo made"),
];

/// Those that a macro declares.
const BY_MACRO: [(&str, &[(&str, &str)]); 8] = [
    ("htonl", &[("value", "u32")]),
    ("htons", &[("value", "u16")]),
    ("ntohl", &[("value", "u32")]),
    ("ntohs", &[("value", "u16")]),
    ("WSAHtonl", &[("s", "SOCKET"), ("value", "u32"), ("out", "*mut u32")]),
    ("WSAHtons", &[("s", "SOCKET"), ("value", "u16"), ("out", "*mut u16")]),
    ("WSANtohl", &[("s", "SOCKET"), ("value", "u32"), ("out", "*mut u32")]),
    ("WSANtohs", &[("s", "SOCKET"), ("value", "u16"), ("out", "*mut u16")]),
];

/// Winsock functions that work before WSAStartup (W-001).
const WITHOUT_STARTUP: [(&str, &str); 21] = [
    ("FreeAddrInfoW", "gives memory back"),
    ("FreeAddrInfoW_utf32", "likewise"),
    ("ws2_freeaddrinfo", "likewise"),
    ("GetAcceptExSockaddrs", "reads a buffer, and returns nothing"),
    ("InetNtopW", "a conversion of texts"),
    ("InetNtopW_utf32", "likewise"),
    ("InetPtonW", "likewise"),
    ("InetPtonW_utf32", "likewise"),
    ("WSAStartup", "it is what starts"),
    ("__WSAFDIsSet", "looks into the set alone"),
    ("gai_strerrorA", "a table of texts"),
    ("gai_strerrorW", "likewise"),
    ("gai_strerrorW_utf32", "likewise"),
    ("ws2_htonl", "byte order"),
    ("ws2_htons", "byte order"),
    ("ws2_inet_addr", "a conversion of texts"),
    ("ws2_inet_ntoa", "likewise"),
    ("ws2_inet_ntop", "likewise"),
    ("ws2_inet_pton", "likewise"),
    ("ws2_ntohl", "byte order"),
    ("ws2_ntohs", "byte order"),
];

/// Functions whose first handle may be anything, and why.
const ANY_HANDLE: [(&str, &str); 12] = [
    ("CreateFileMappingA", "NULL stands for memory, as INVALID_HANDLE_VALUE does"),
    ("CreateFileMappingW", "likewise"),
    ("CreateFileMappingW_utf32", "likewise"),
    ("HeapSetInformation", "NULL stands for all heaps"),
    ("ReadFileEx", "without a routine it looks no further"),
    ("WriteFileEx", "likewise"),
    ("HeapFree", "the block says whose it is"),
    ("HeapReAlloc", "likewise"),
    ("HeapSize", "likewise"),
    ("GetOverlappedResult", "reads the OVERLAPPED once that is complete (G-007)"),
    ("GetOverlappedResultEx", "likewise"),
    ("__WSAFDIsSet", "looks into the set alone"),
];

const WSANOTINITIALISED: u32 = 10093;
const WSAENOTSOCK: u32 = 10038;
const ERROR_INVALID_HANDLE: u32 = 6;
/// No function sets this one.
const UNTOUCHED: u32 = 0x2BAD_C0DE;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Socket,
    Handle,
    Pointer,
    /// Called, if it is not NULL.
    Routine,
    /// How long to wait.
    Time,
    Number,
}

const KINDS: [Kind; 6] =
    [Kind::Socket, Kind::Handle, Kind::Pointer, Kind::Routine, Kind::Time, Kind::Number];

fn kind(name: &str, of: &str) -> Kind {
    const POINTERS: [&str; 7] =
        ["PSTR", "PCSTR", "PWSTR", "PCWSTR", "HLOCAL", "HGLOBAL", "MEMORY_MAPPED_VIEW_ADDRESS"];
    const ROUTINES: [&str; 6] = ["ROUTINE", "FUNC", "FUNCTION", "_FN", "PROC", "CALLBACK"];
    match of {
        "SOCKET" => Kind::Socket,
        "HANDLE" | "WSAEVENT" => Kind::Handle,
        _ if of.starts_with('*') || POINTERS.contains(&of) => Kind::Pointer,
        _ if ROUTINES.iter().any(|end| of.ends_with(end)) => Kind::Routine,
        _ if ["milliseconds", "timeout"].iter().any(|part| name.contains(part)) => Kind::Time,
        _ => Kind::Number,
    }
}

/// A function as this test calls it.
struct Function {
    symbol: String,
    parameters: Vec<Kind>,
    /// Winsock's, which wants WSAStartup first.
    winsock: bool,
}

/// As the process is told that calls it: reading all sources again would take longer than the calls.
impl Function {
    fn to_text(&self) -> String {
        let kinds = self.parameters.iter().map(|kind| format!(" {kind:?}")).collect::<String>();
        format!("{} {}{kinds}", self.symbol, self.winsock)
    }

    fn from_text(text: &str) -> Function {
        let mut words = text.split(' ');
        let mut next = || words.next().expect("a symbol and whether it is Winsock's").to_string();
        let (symbol, winsock) = (next(), next() == "true");
        let kind = |word| {
            let known = KINDS.into_iter().find(|kind| format!("{kind:?}") == word);
            known.unwrap_or_else(|| panic!("{word} is no kind"))
        };
        Function { symbol, winsock, parameters: words.map(kind).collect() }
    }
}

/// The name in the sources of an exported symbol.
fn in_sources(symbol: &str) -> &str {
    symbol.strip_prefix("ws2_").unwrap_or(symbol)
}

fn exported() -> BTreeSet<String> {
    let output = Command::new("nm")
        .args(["-D", "--defined-only", "--format=posix"])
        .arg(shared_library())
        .output();
    let output = output.expect("nm comes with gcc");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().filter_map(|line| line.split([' ', '@']).next()).map(str::to_string).collect()
}

fn all_functions() -> Vec<Function> {
    let sys = common::root().join("crates/sys/src");
    let all = functions(&sources(&sys));
    let winsock = functions(&sources(&sys.join("winsock")));
    let described = |symbol: &str, signature: &Signature| Function {
        symbol: symbol.to_string(),
        parameters: signature
            .names
            .iter()
            .zip(&signature.parameters)
            .map(|(n, t)| kind(n, t))
            .collect(),
        winsock: winsock.contains_key(in_sources(symbol)),
    };
    let by_macro: BTreeMap<&str, &[(&str, &str)]> = BY_MACRO.into_iter().collect();
    let mut found = Vec::new();
    for symbol in exported() {
        match (all.get(in_sources(&symbol)), by_macro.get(in_sources(&symbol))) {
            (Some(signature), _) => found.push(described(&symbol, signature)),
            (None, Some(parameters)) => found.push(Function {
                parameters: parameters.iter().map(|(n, t)| kind(n, t)).collect(),
                winsock: true,
                symbol,
            }),
            (None, None) => panic!("{symbol} is exported, and no declaration of it was found"),
        }
    }
    assert!(found.len() > 130, "only {} functions", found.len());
    found
}

fn is_in(table: &[(&str, &str)], symbol: &str) -> bool {
    table.iter().any(|(name, _)| *name == symbol)
}

#[test]
fn no_function_crashes_or_hangs_and_bad_handles_have_their_errors() {
    let functions = all_functions();
    let mut faults = Vec::new();
    std::thread::scope(|scope| {
        let halves = functions.chunks(functions.len().div_ceil(2));
        let workers: Vec<_> = halves
            .map(|half| scope.spawn(|| half.iter().flat_map(faults_of).collect::<Vec<_>>()))
            .collect();
        for worker in workers {
            faults.extend(worker.join().expect("a worker does not panic"));
        }
    });
    assert!(
        faults.is_empty(),
        "{} of {} functions:\n{}",
        faults.len(),
        functions.len(),
        faults.join("\n")
    );
    for (name, reason) in
        LEFT_OUT.iter().chain(&NULL_ALONE).chain(&WITHOUT_STARTUP).chain(&ANY_HANDLE)
    {
        assert!(functions.iter().any(|f| f.symbol == *name), "{name} needs no row ({reason})");
    }
}

/// Calls one function in a process of its own, and, less often, in one with a trace: whatever the arguments are, the
/// trace copes with them too, and no function is without it.
fn faults_of(function: &Function) -> Option<String> {
    if is_in(&LEFT_OUT, &function.symbol) {
        return None;
    }
    let line = format!("] {}(", in_sources(&function.symbol).trim_end_matches("_utf32"));
    let has_line = |output: &Output| String::from_utf8_lossy(&output.stderr).contains(&line);
    fault_in(function, &calls(function, "0")).or_else(|| {
        let traced = calls(function, "1");
        let missing = || format!("{}: it has no line in the trace", function.symbol);
        fault_in(function, &traced).or_else(|| (!has_line(&traced)).then(missing))
    })
}

fn calls(function: &Function, trace: &str) -> Output {
    Command::new(std::env::current_exe().expect("this program has a path"))
        .args(["one_function", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
        .env("EVERY_FUNCTION", function.to_text())
        .env("EVERY_FUNCTION_LIBRARY", shared_library())
        .env("LINSOCK_TRACE", trace)
        .output()
        .expect("this program starts")
}

fn fault_in(function: &Function, output: &Output) -> Option<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    let faults: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("FAULT ")).collect();
    let ended = text.lines().any(|line| line.starts_with("ENDED"));
    if ended && faults.is_empty() {
        return None;
    }
    let last =
        text.lines().rfind(|line| line.starts_with("CALL ")).unwrap_or("before its first call");
    Some(match faults.first() {
        Some(fault) if ended => {
            format!("{}: {} faults, the first: {fault}", function.symbol, faults.len())
        }
        _ => format!("{}: {} in {last}", function.symbol, output.status),
    })
}

type Call = unsafe extern "C" fn(
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
) -> usize;

/// The library in the process that makes the calls.
struct Library(*mut c_void);

impl Library {
    fn open() -> Library {
        let path = std::env::var("EVERY_FUNCTION_LIBRARY").expect("the parent names the library");
        let path = CString::new(path).expect("a path has no zero byte");
        // SAFETY: a path that ends with a zero; the library has no initialisers of its own.
        let handle = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW) };
        assert!(!handle.is_null(), "the library loads");
        Library(handle)
    }

    fn call(&self, symbol: &str, arguments: &[usize]) -> usize {
        let name = CString::new(symbol).expect("a symbol has no zero byte");
        // SAFETY: an open library and a name that ends with a zero.
        let address = unsafe { libc::dlsym(self.0, name.as_ptr()) };
        assert!(!address.is_null(), "{symbol} is exported");
        // SAFETY: all parameters are integers or pointers; more registers than are read do no harm.
        let function: Call = unsafe { std::mem::transmute::<*mut c_void, Call>(address) };
        let mut a = [0; 10];
        a[..arguments.len()].copy_from_slice(arguments);
        // SAFETY: what this test is about: whatever is passed, the function has to cope.
        unsafe { function(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9]) }
    }
}

/// What handles there are to be mistaken for others.
struct Fixture {
    /// No handle at all: (what, value).
    bad: Vec<(&'static str, usize)>,
    /// Handles of every kind.
    good: Vec<(&'static str, usize)>,
}

unsafe extern "C" fn nothing(_: *mut c_void) -> u32 {
    0
}

impl Fixture {
    fn new(library: &Library) -> Fixture {
        const OPEN_EXISTING: usize = 3;
        const INVALID: usize = usize::MAX;
        let event = || library.call("CreateEventA", &[0, 1, 0, 0]);
        let tcp = || library.call("ws2_socket", &[2, 1, 6]);
        let closed_socket = tcp();
        library.call("closesocket", &[closed_socket]);
        let closed_event = event();
        library.call("CloseHandle", &[closed_event]);
        let zero_device = c"/dev/zero".as_ptr().addr();
        let good = vec![
            ("a TCP socket", tcp()),
            ("a UDP socket", library.call("ws2_socket", &[2, 2, 17])),
            ("an event", event()),
            ("a port", library.call("CreateIoCompletionPort", &[INVALID, 0, 0, 0])),
            (
                "a thread",
                library.call("CreateThread", &[0, 0, nothing as *const () as usize, 0, 0, 0]),
            ),
            (
                "a file",
                library.call("CreateFileA", &[zero_device, 0xC000_0000, 3, 0, OPEN_EXISTING, 0, 0]),
            ),
        ];
        // Made after the closed ones were: a number that is in use again is not a closed handle.
        let bad = [
            ("NULL", 0),
            ("INVALID_HANDLE_VALUE", INVALID),
            ("a closed socket", closed_socket),
            ("a closed event", closed_event),
            ("a number never used", 0x7FFF_FFFC),
            ("a wild number", 0xFFFF_8000_0000_0000),
        ];
        let bad =
            bad.into_iter().filter(|(_, value)| good.iter().all(|(_, g)| g != value)).collect();
        Fixture { bad, good }
    }

    fn close(&self, library: &Library) {
        for (_, handle) in &self.good {
            library.call("CloseHandle", &[*handle]);
        }
    }
}

/// How the pointers of one call are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pointers {
    /// To zeroed memory, enough for everything.
    Good,
    Null,
    /// All good but the one with this number among the parameters.
    NullAt(usize),
}

#[test]
#[ignore = "a part of the other test, which starts it"]
fn one_function() {
    let told = std::env::var("EVERY_FUNCTION").expect("the parent names the function");
    let function = Function::from_text(&told);
    let library = Library::open();
    // SAFETY: no pointers; the default action of the alarm ends the process, which the parent takes for a hang.
    unsafe { libc::alarm(60) };
    before_startup(&library, &function);
    after_startup(&library, &function);
    println!("ENDED");
}

fn before_startup(library: &Library, function: &Function) {
    let arguments = vec![0; function.parameters.len()];
    println!("CALL {} before WSAStartup", function.symbol);
    library.call("SetLastError", &[UNTOUCHED as usize]);
    let result = library.call(&function.symbol, &arguments) as u32;
    let error = library.call("GetLastError", &[]) as u32;
    let expected = function.winsock && !is_in(&WITHOUT_STARTUP, &function.symbol);
    // Some return the error itself.
    if expected && error != WSANOTINITIALISED && result != WSANOTINITIALISED {
        println!("FAULT before WSAStartup: error {error}, result {result:#x}");
    }
}

fn after_startup(library: &Library, function: &Function) {
    const NUMBERS: [usize; 4] = [0, 1, 16, u32::MAX as usize];
    let mut memory = vec![0u64; 1 << 16];
    let scratch = memory.as_mut_ptr().addr();
    let of = |wanted: &[Kind]| -> Vec<usize> {
        (0..function.parameters.len())
            .filter(|at| wanted.contains(&function.parameters[*at]))
            .collect()
    };
    let (handles, pointers) = (of(&[Kind::Socket, Kind::Handle]), of(&[Kind::Pointer]));
    let mut ways = vec![Pointers::Good, Pointers::Null];
    ways.extend(pointers.iter().map(|at| Pointers::NullAt(*at)));
    let null_alone = is_in(&NULL_ALONE, &function.symbol);
    let brief = std::env::var("LINSOCK_TRACE").is_ok_and(|trace| trace == "1");
    let kinds = Fixture::new_after_startup(library).count();
    for way in ways {
        for number in NUMBERS {
            // A length that lies about memory that is there is the caller's fault, here as on Windows.
            if number == u32::MAX as usize && way != Pointers::Null || brief && number != 1 {
                continue;
            }
            // Each handle in turn is any of all kinds, the others are bad or good alike.
            for others in [0, kinds - 4] {
                for at in handles.iter().copied().chain(handles.is_empty().then_some(usize::MAX)) {
                    for choice in 0..if at == usize::MAX { 1 } else { kinds } {
                        memory.fill(0);
                        let fixture = Fixture::new_after_startup(library);
                        let arguments: Vec<usize> = (0..function.parameters.len())
                            .map(|p| match function.parameters[p] {
                                Kind::Socket | Kind::Handle => {
                                    fixture.handle(if p == at { choice } else { others }).1
                                }
                                Kind::Pointer
                                    if null_alone
                                        || way == Pointers::Null
                                        || way == Pointers::NullAt(p) =>
                                {
                                    0
                                }
                                Kind::Pointer => scratch,
                                Kind::Routine | Kind::Time => 0,
                                Kind::Number => number,
                            })
                            .collect();
                        let what =
                            if at == usize::MAX { "no handle" } else { fixture.handle(choice).0 };
                        let call = format!("{}({arguments:x?}), {what} at {at}", function.symbol);
                        println!("CALL {call}");
                        library.call("SetLastError", &[UNTOUCHED as usize]);
                        let result = library.call(&function.symbol, &arguments);
                        let error = library.call("GetLastError", &[]) as u32;
                        let judged = way == Pointers::Good
                            && number == 1
                            && at == 0
                            && choice < fixture.bad.len();
                        if judged && !is_in(&ANY_HANDLE, &function.symbol) {
                            judge(function.parameters[0], what, error, result, &call);
                        }
                        fixture.close(library);
                    }
                }
            }
        }
    }
}

impl Fixture {
    fn new_after_startup(library: &Library) -> Fixture {
        let mut data = [0u64; 64];
        library.call("WSAStartup", &[0x0202, data.as_mut_ptr().addr()]);
        Fixture::new(library)
    }

    fn count(&self) -> usize {
        self.bad.len() + self.good.len()
    }

    fn handle(&self, choice: usize) -> (&'static str, usize) {
        let choice = choice % self.count();
        *self.bad.get(choice).unwrap_or_else(|| &self.good[choice - self.bad.len()])
    }
}

fn judge(kind: Kind, what: &str, error: u32, result: usize, call: &str) {
    // A pseudo-handle of the process is no bad handle.
    if kind == Kind::Handle && what == "INVALID_HANDLE_VALUE" {
        return;
    }
    let expected = if kind == Kind::Socket { WSAENOTSOCK } else { ERROR_INVALID_HANDLE };
    if error != expected {
        println!("FAULT {call}: error {error}, not {expected}, result {result:#x}");
    }
}
