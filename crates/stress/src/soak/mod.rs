//! `soak`: an echo server and thousands of clients for a long time: every byte comes back, every operation ends once, and
//! neither descriptors nor memory grow.

mod client;
mod op;
mod server;

use crate::child::{self, End, Job};
use crate::random::{self, Random};
use crate::winsock::{self, Extensions, LOOPBACK, V4_BYTES, call, name};
use client::Clients;
use linsock_sys::Win32::Foundation::CloseHandle;
use linsock_sys::Win32::Networking::WinSock::*;
use linsock_sys::Win32::System::IO::CreateIoCompletionPort;
use op::{Book, News};
use server::Server;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What the command line says.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// What the clients choose by
    #[arg(long)]
    pub seed: Option<u64>,
    /// How long, on each backend
    #[arg(long, default_value_t = 600)]
    pub seconds: u64,
    /// Clients at the same time
    #[arg(long, default_value_t = 2000)]
    pub connections: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { seed: None, seconds: 600, connections: 2000 }
    }
}

/// The server's threads, and the clients'.
const WORKERS: usize = 2;
/// Addresses of the server: each has ports of its own for the clients to come from.
const LISTENERS: u8 = 8;
/// How long everything may take to end.
const PATIENCE: Duration = Duration::from_secs(90);
/// Memory may be this much more at the end than early on, in KiB, beside a twentieth.
const SPARE_KIB: u64 = 6 << 10;
/// Descriptors that are no socket of the test: pollers, wake-ups, rings, and connections on their way.
const SPARE_DESCRIPTORS: usize = 48;

/// Runs it; `false`: something was found.
pub fn run(options: &Options) -> bool {
    let seed = options.seed.unwrap_or_else(random::seed);
    println!(
        "soak: --seed {seed} --seconds {} --connections {}",
        options.seconds, options.connections
    );
    let mut backends = crate::backends();
    backends.reverse();
    let mut clean = true;
    child::run(
        1,
        || {
            let backend = backends.pop()?;
            let options = options.clone();
            Some(Job {
                title: format!(
                    "LINSOCK_BACKEND={backend} linsock-stress soak --seed {seed} --seconds {}",
                    options.seconds
                ),
                limit: Duration::from_secs(options.seconds) + 3 * PATIENCE,
                live: true,
                work: Box::new(move || {
                    child::choose_backend(&backend);
                    soak(&options, seed, &backend)
                }),
            })
        },
        |title, end| {
            // What it said was printed as it said it.
            if matches!(end, End::Found(_)) {
                clean = false;
                println!("FOUND by {title}");
            }
            true
        },
    );
    clean
}

/// What was measured at a time.
struct Sample {
    at: Duration,
    rss_kib: u64,
    /// Descriptors beside the sockets that are known to be open.
    others: usize,
}

fn soak(options: &Options, seed: u64, backend: &str) -> Result<String, String> {
    raise_limit();
    let mut random = Random::new(seed);
    winsock::start();
    let extensions = Extensions::get();
    let port =
        |threads| call!(CreateIoCompletionPort(INVALID_HANDLE_VALUE, ptr::null_mut(), 0, threads));
    let (server_port, client_port) = (port(WORKERS as u32), port(WORKERS as u32));
    let book = Book::default();
    let (listeners, peers) = listeners();
    let server = Server::new(server_port, listeners, extensions, &book, &mut random);
    let clients = Clients::new(options.connections, client_port, peers, extensions, &mut random);
    let over = AtomicBool::new(false);
    let ports = (Shared(server_port), Shared(client_port));
    let (samples, said) = std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            let (server, clients, book, over, ports) = (&server, &clients, &book, &over, &ports);
            scope.spawn(move || {
                while !over.load(Ordering::SeqCst) {
                    op::take(book, ports.0.0, 50, |news| match news {
                        News::Ended(packet) => server.go_on(packet, book),
                        News::Posted(_) => book.find("a packet that nobody posted".to_owned()),
                    });
                }
            });
            scope.spawn(move || {
                while !over.load(Ordering::SeqCst) {
                    op::take(book, ports.1.0, 50, |news| match news {
                        News::Ended(packet) => clients.go_on(packet, book),
                        News::Posted(index) => clients.wake(index, book),
                    });
                }
            });
        }
        let result = direct(options, backend, &server, &clients, &book);
        over.store(true, Ordering::SeqCst);
        result
    });
    judge(&samples, &book);
    for port in [server_port, client_port] {
        call!(CloseHandle(port));
    }
    call!(WSACleanup());
    let findings = book.findings();
    if findings.is_empty() { Ok(said) } else { Err(format!("{}\n{said}", findings.join("\n"))) }
}

struct Shared(HANDLE);
// SAFETY: a handle is a number.
unsafe impl Sync for Shared {}

fn listeners() -> (Vec<SOCKET>, Vec<SOCKADDR_IN>) {
    (1..=LISTENERS)
        .map(|last| {
            let s = op::unbound();
            let at = winsock::v4([LOOPBACK[0], 0, 0, last], 0);
            call!(bind(s, name(&at), V4_BYTES));
            call!(listen(s, SOMAXCONN_HINT));
            (s, winsock::v4([LOOPBACK[0], 0, 0, last], winsock::port_of(s)))
        })
        .unzip()
}

/// A backlog for a burst.
const SOMAXCONN_HINT: i32 = 1000;

/// Watches over the run and ends it.
fn direct(
    options: &Options,
    backend: &str,
    server: &Server,
    clients: &Clients,
    book: &Book,
) -> (Vec<Sample>, String) {
    let began = Instant::now();
    let time = Duration::from_secs(options.seconds);
    let mut samples = Vec::new();
    let mut next_sample = Duration::from_secs(1);
    let mut next_line = Duration::from_secs(10);
    while began.elapsed() < time && book.findings().is_empty() {
        clients.tick();
        std::thread::sleep(Duration::from_millis(4));
        if began.elapsed() >= next_sample {
            next_sample += Duration::from_secs(1);
            let open = server.open.load(Ordering::SeqCst) + clients.open.load(Ordering::SeqCst);
            samples.push(Sample {
                at: began.elapsed(),
                rss_kib: rss_kib(),
                others: descriptors().saturating_sub(open),
            });
            clients.look_for_stuck(book);
        }
        if began.elapsed() >= next_line {
            next_line += Duration::from_secs(10).max(time / 20);
            println!("{}", line(backend, began, book, samples.last()));
        }
    }
    if !book.findings().is_empty() {
        // What comes after that is of no interest.
        return (Vec::new(), format!("{}\n", line(backend, began, book, samples.last())));
    }
    clients.stop();
    let until = Instant::now() + PATIENCE;
    while clients.gone.load(Ordering::SeqCst) < clients.count() && Instant::now() < until {
        clients.tick();
        std::thread::sleep(Duration::from_millis(4));
    }
    let gone = clients.gone.load(Ordering::SeqCst);
    if gone < clients.count() {
        book.find(format!("{} of {} clients do not end", clients.count() - gone, clients.count()));
        clients.tell_of(Duration::ZERO, book);
    }
    server.stop(book);
    while book.pending() > 0 && Instant::now() < until + PATIENCE {
        std::thread::sleep(Duration::from_millis(4));
    }
    if book.pending() > 0 {
        book.find(format!("{} operations never ended", book.pending()));
    }
    // The last packet's work.
    let mut left = descriptors();
    while left > SPARE_DESCRIPTORS && Instant::now() < until + PATIENCE {
        std::thread::sleep(Duration::from_millis(20));
        left = descriptors();
    }
    if left > SPARE_DESCRIPTORS {
        book.find(format!("{left} descriptors are left"));
    }
    let said = format!("{}\n", line(backend, began, book, samples.last()));
    (samples, said)
}

fn line(backend: &str, began: Instant, book: &Book, sample: Option<&Sample>) -> String {
    let value = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    format!(
        "soak on {backend}, {} s: {} connections, {} reuses, {} resets, {} MiB, {} operations, {} of them failed, {} pending, \
         {} retries; RSS {} KiB, {} descriptors beside the sockets",
        began.elapsed().as_secs(),
        value(&book.connections),
        value(&book.reuses),
        value(&book.resets),
        value(&book.bytes) >> 20,
        value(&book.ended),
        value(&book.failed),
        book.pending(),
        value(&book.retries),
        sample.map_or(0, |sample| sample.rss_kib),
        sample.map_or(0, |sample| sample.others),
    )
}

/// Compares the last quarter with the second one: the first is for warming up.
fn judge(samples: &[Sample], book: &Book) {
    let Some(last) = samples.last() else { return };
    let part = |from: u32, to: u32| {
        let (from, to) = (last.at * from / 4, last.at * to / 4);
        samples.iter().filter(move |sample| sample.at > from && sample.at <= to)
    };
    let mean = |from, to| {
        let all: Vec<u64> = part(from, to).map(|sample| sample.rss_kib).collect();
        all.iter().sum::<u64>() / all.len().max(1) as u64
    };
    let (early, late) = (mean(1, 2), mean(3, 4));
    if early > 0 && late > early + early / 20 + SPARE_KIB {
        book.find(format!("memory grows: {early} KiB, then {late} KiB"));
    }
    // Descriptors and sockets are not counted in one moment: on a busy machine some samples are far off, most are not.
    let mut others: Vec<usize> = part(1, 4).map(|sample| sample.others).collect();
    others.sort_unstable();
    if let Some(usual) = others.get(others.len() / 2)
        && *usual > SPARE_DESCRIPTORS + 256
    {
        book.find(format!("{usual} descriptors beside the sockets"));
    }
    let least = |from, to| part(from, to).map(|sample| sample.others).min().unwrap_or(0);
    let (early, late) = (least(1, 2), least(3, 4));
    if late > early + SPARE_DESCRIPTORS {
        book.find(format!("descriptors grow: {early} beside the sockets, then {late}"));
    }
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, |list| list.count().saturating_sub(1))
}

fn rss_kib() -> u64 {
    // SAFETY: gives free memory back to the system.
    unsafe { libc::malloc_trim(0) };
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or(0) * 4
}

fn raise_limit() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the structure is this function's own.
    unsafe {
        libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit);
        limit.rlim_cur = limit.rlim_max;
        libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit);
    }
}
