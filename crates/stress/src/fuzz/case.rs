//! One case: a seed and what it leads to, in a process of its own.

use super::actions::{self, ACTIONS};
use super::parsers;
use super::world::{Actor, PORTS, THREAD, THREADS, World};
use crate::ledger::ledger;
use crate::peer::Peers;
use crate::random::Random;
use crate::winsock::{self, call};
use linsock_sys::Win32::Foundation::CloseHandle;
use linsock_sys::Win32::Networking::WinSock::*;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// One case.
#[derive(Clone, Debug)]
pub struct Case {
    pub seed: u64,
    pub peers: Peers,
    /// Actions of each thread, at most.
    pub actions: usize,
    pub prints: bool,
}

/// How long the threads work before their sockets are closed under them.
const GRACE: Duration = Duration::from_millis(250);
/// How long everything may take to end once all is closed.
const PATIENCE: Duration = Duration::from_secs(20);

impl Case {
    /// Runs it; what was found is the error.
    pub fn run(self) -> Result<String, String> {
        let mut random = Random::new(self.seed);
        choose_settings(&mut random);
        winsock::start();
        // Fewer cases that only parse: each tries much.
        if random.chance(15) { parse(&mut random) } else { self.play(&mut random) }
    }

    fn play(self, random: &mut Random) -> Result<String, String> {
        let world = World::new(self.peers.clone(), self.prints, random);
        let actions = 4 + random.below(self.actions.max(1));
        let ends_by_cleanup = random.chance(8);
        let leaves_early = random.chance(10);
        if leaves_early {
            // A thread that has ended runs no routines, and its operations end.
            ledger().make_routines_vague(0);
        }
        let closed = AtomicBool::new(false);
        let busy = AtomicUsize::new(THREADS);
        let hang = std::thread::scope(|scope| {
            let mut threads = Vec::new();
            for thread in 0..THREADS {
                let mut actor = Actor { world: &world, thread, random: random.branch() };
                let (closed, busy) = (&closed, &busy);
                threads.push(scope.spawn(move || {
                    THREAD.set(thread);
                    for count in 0..actions {
                        let begins = count == 0 && actor.random.chance(80);
                        let action =
                            if begins { actions::PAIR } else { actions::choose(&mut actor.random) };
                        actor.world.doing[thread].store(action, Ordering::Relaxed);
                        actor.say(format_args!("-- {}", ACTIONS[action].0));
                        ACTIONS[action].2(&mut actor);
                    }
                    busy.fetch_sub(1, Ordering::SeqCst);
                    if leaves_early && thread == 0 {
                        return;
                    }
                    let until = Instant::now() + PATIENCE;
                    while !closed.load(Ordering::SeqCst) && Instant::now() < until {
                        // Routines run while others still work.
                        call!(linsock_sys::Win32::System::Threading::SleepEx(1, 1));
                    }
                    actor.settle(until);
                }));
            }
            let began = Instant::now();
            while busy.load(Ordering::SeqCst) > 0 && began.elapsed() < GRACE {
                std::thread::sleep(Duration::from_millis(1));
            }
            if ends_by_cleanup {
                while busy.load(Ordering::SeqCst) > 0 && began.elapsed() < GRACE * 4 {
                    std::thread::sleep(Duration::from_millis(1));
                }
                ledger().make_vague();
                world.cleaned.store(true, Ordering::SeqCst);
                if world.prints {
                    eprintln!("WSACleanup");
                }
                call!(WSACleanup());
                winsock::start();
            }
            // Threads that still work make new ones meanwhile.
            let until = Instant::now() + PATIENCE;
            let mut hang = None;
            loop {
                world.close_all();
                // Each of them, whatever the other had.
                let more = (0..PORTS).filter(|&port| world.drain(port, 0)).count() > 0;
                if !more && busy.load(Ordering::SeqCst) == 0 && ledger().is_settled() {
                    break;
                }
                if Instant::now() > until {
                    hang = Some("not all ended");
                    // SAFETY: has no preconditions.
                    ledger().find(crate::child::stacks(unsafe { libc::getpid() }));
                    break;
                }
                if !more {
                    std::thread::sleep(Duration::from_millis(1));
                }
                // Who waits for ever at a port gets something.
                if !more && began.elapsed() > GRACE * 3 && busy.load(Ordering::SeqCst) > 0 {
                    for port in 0..PORTS {
                        ledger().posted.fetch_add(1, Ordering::Relaxed);
                        call!(linsock_sys::Win32::System::IO::PostQueuedCompletionStatus(
                            world.ports[port],
                            0,
                            crate::ledger::POSTED,
                            std::ptr::null()
                        ));
                    }
                }
            }
            closed.store(true, Ordering::SeqCst);
            if let Some(what) = hang {
                return Some(what);
            }
            let until = Instant::now() + PATIENCE;
            for thread in threads {
                while !thread.is_finished() {
                    if Instant::now() > until {
                        // SAFETY: has no preconditions.
                        ledger().find(crate::child::stacks(unsafe { libc::getpid() }));
                        return Some("a thread does not end");
                    }
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
            None
        });
        self.judge(&world, hang)
    }

    fn judge(&self, world: &World, hang: Option<&str>) -> Result<String, String> {
        if let Some(hang) = hang {
            ledger().find(hang.to_owned());
        }
        // What comes late comes now.
        for port in 0..PORTS {
            while world.drain(port, 3) {}
            call!(CloseHandle(world.ports[port]));
        }
        ledger().audit();
        if world.prints {
            eprintln!("{}", ledger().table());
            eprintln!("WSACleanup");
        }
        call!(WSACleanup());
        if let Some(left) = sockets_left() {
            ledger().find(format!("sockets are left: {left}"));
        }
        let findings = ledger().findings();
        if findings.is_empty() {
            return Ok(format!("{} {}", ledger().len(), ledger().tellings.load(Ordering::Relaxed)));
        }
        let doing: Vec<&str> =
            world.doing.iter().map(|action| ACTIONS[action.load(Ordering::Relaxed)].0).collect();
        Err(format!("{}\nthreads were at: {doing:?}", findings.join("\n")))
    }
}

/// What the environment may say; most cases have it as it is mostly found.
const SETTINGS: [(&str, &str); 5] = [
    ("LINSOCK_CONTRACT", "observed"),
    ("LINSOCK_THREAD_EXIT", "cancel-all"),
    ("LINSOCK_CONTEXT", "lenient"),
    ("LINSOCK_CHECK_POINTERS", "all"),
    ("LINSOCK_TIMED_WAIT_DELAY", "1"),
];

fn choose_settings(random: &mut Random) {
    for (name, value) in SETTINGS {
        if random.chance(12) {
            // SAFETY: one thread, in a child that was just forked.
            unsafe { std::env::set_var(name, value) };
        }
    }
}

/// Descriptors that are still sockets of somebody's. The library keeps one of its own for good, by which the kernel tells
/// of addresses and routes.
fn sockets_left() -> Option<String> {
    let mut left = Vec::new();
    for entry in std::fs::read_dir("/proc/self/fd").ok()?.flatten() {
        let number = entry.file_name().to_string_lossy().parse().unwrap_or(-1);
        if let Ok(target) = std::fs::read_link(entry.path())
            && target.to_string_lossy().starts_with("socket:")
            && domain(number) != libc::AF_NETLINK
        {
            left.push(format!("{} {}", entry.file_name().to_string_lossy(), target.display()));
        }
    }
    if left.is_empty() { None } else { Some(left.join(", ")) }
}

/// The address family of a socket.
fn domain(socket: i32) -> i32 {
    let mut domain = -1;
    let mut length = size_of::<i32>() as libc::socklen_t;
    let value = (&raw mut domain).cast();
    // SAFETY: room for the answer, whose length is said.
    unsafe { libc::getsockopt(socket, libc::SOL_SOCKET, libc::SO_DOMAIN, value, &raw mut length) };
    domain
}

/// A case of parsers alone.
fn parse(random: &mut Random) -> Result<String, String> {
    const ROUNDS: usize = 1500;
    for _ in 0..ROUNDS / 50 {
        let family = random.pick(&[AF_INET, AF_INET6]).into();
        let kind = random.pick(&[SOCK_STREAM, SOCK_DGRAM]);
        let s = call!(socket(family, kind, 0));
        for _ in 0..50 {
            parsers::any(random, s);
        }
        winsock::hard(s);
        call!(closesocket(s));
    }
    call!(WSACleanup());
    match sockets_left() {
        Some(left) => Err(format!("sockets are left: {left}")),
        None => Ok(format!("0 0 {ROUNDS}")),
    }
}
