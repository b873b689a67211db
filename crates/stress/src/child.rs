//! Work in child processes, so that a crash or a hang of the library is something to report.
//!
//! A child is forked before the library was started, by a parent that has one thread and never calls the library. What the
//! child prints comes back through a pipe; its exit status says how it went.

use std::collections::VecDeque;
use std::io::Write;
use std::time::{Duration, Instant};

/// How a child ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Nothing was found; what the child had to say.
    Clean(String),
    /// Something was found, or it crashed, or it hung.
    Found(String),
}

/// A piece of work and what it is called where something is found.
pub struct Job {
    pub title: String,
    pub work: Box<dyn FnOnce() -> Result<String, String>>,
    pub limit: Duration,
    /// What it says is printed at once.
    pub live: bool,
}

struct Running {
    pid: libc::pid_t,
    pipe: i32,
    said: Vec<u8>,
    title: String,
    deadline: Instant,
    limit: Duration,
    live: bool,
}

/// What a child exits with that found something.
const FOUND: i32 = 1;
/// More than anybody reads.
const SAID_MAX: usize = 64 << 10;

/// Runs jobs, some at a time; `next` gives them until it has none, `ended` hears of each and says whether to go on.
pub fn run(
    at_once: usize,
    mut next: impl FnMut() -> Option<Job>,
    mut ended: impl FnMut(String, End) -> bool,
) {
    let mut running: VecDeque<Running> = VecDeque::new();
    let mut more = true;
    loop {
        while more && running.len() < at_once {
            match next() {
                Some(job) => running.push_back(spawn(job)),
                None => more = false,
            }
        }
        if running.is_empty() {
            return;
        }
        for index in wait_for_news(&running) {
            if let Some(end) = running[index].look() {
                let Some(child) = running.remove(index) else { continue };
                more &= ended(child.title, end);
                // The positions have changed.
                break;
            }
        }
    }
}

/// The positions of children that said something, ended, or are out of time.
fn wait_for_news(running: &VecDeque<Running>) -> Vec<usize> {
    let mut list: Vec<libc::pollfd> = running
        .iter()
        .map(|child| libc::pollfd { fd: child.pipe, events: libc::POLLIN, revents: 0 })
        .collect();
    // SAFETY: the list has that many entries.
    unsafe { libc::poll(list.as_mut_ptr(), list.len() as u64, 500) };
    let now = Instant::now();
    (0..list.len()).filter(|&i| list[i].revents != 0 || running[i].deadline < now).collect()
}

impl Running {
    /// `None`: it goes on.
    fn look(&mut self) -> Option<End> {
        let mut block = [0u8; 4096];
        if self.deadline < Instant::now() {
            let stacks = stacks(self.pid);
            // SAFETY: a child of this process that was not waited for.
            unsafe { libc::kill(self.pid, libc::SIGKILL) };
            self.reap();
            let text = self.text();
            return Some(End::Found(format!("no end after {:?}\n{text}{stacks}", self.limit)));
        }
        // SAFETY: the block may be written.
        let n = unsafe { libc::read(self.pipe, block.as_mut_ptr().cast(), block.len()) };
        if n > 0 {
            if self.live {
                print!("{}", String::from_utf8_lossy(&block[..n as usize]));
            }
            if self.said.len() < SAID_MAX {
                self.said.extend_from_slice(&block[..n as usize]);
            }
            return None;
        }
        let status = self.reap();
        let text = self.text();
        Some(match (libc::WIFEXITED(status), libc::WEXITSTATUS(status)) {
            (true, 0) => End::Clean(text),
            (true, FOUND) => End::Found(text),
            (true, other) => End::Found(format!("exit status {other}\n{text}")),
            (false, _) => End::Found(format!("signal {}\n{text}", libc::WTERMSIG(status))),
        })
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.said).into_owned()
    }

    fn reap(&mut self) -> i32 {
        let mut status = 0;
        // SAFETY: a child of this process that was not waited for; the pipe is ours.
        unsafe {
            libc::close(self.pipe);
            libc::waitpid(self.pid, &raw mut status, 0);
        }
        status
    }
}

/// Where the threads of a process are, if a debugger is there to tell.
pub fn stacks(pid: libc::pid_t) -> String {
    let command = ["-p", &pid.to_string(), "-batch", "-ex", "thread apply all bt 24"];
    match std::process::Command::new("gdb").args(command).output() {
        Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
        Err(_) => String::new(),
    }
}

fn spawn(job: Job) -> Running {
    let mut ends = [0; 2];
    // SAFETY: room for two descriptors.
    let made = unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) };
    assert_eq!(made, 0, "pipe");
    let _ = std::io::stdout().flush();
    // SAFETY: this process has one thread.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "fork");
    if pid == 0 {
        become_child(ends[1], job.work);
    }
    // SAFETY: the child's end, which is the child's alone.
    unsafe { libc::close(ends[1]) };
    Running {
        pid,
        pipe: ends[0],
        said: Vec::new(),
        title: job.title,
        deadline: Instant::now() + job.limit,
        limit: job.limit,
        live: job.live,
    }
}

fn become_child(pipe: i32, work: Box<dyn FnOnce() -> Result<String, String>>) -> ! {
    // SAFETY: descriptors of this process; the parent's end makes the child go with it.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
        libc::dup2(pipe, 1);
        libc::dup2(pipe, 2);
    }
    let status = match work() {
        Ok(said) => {
            print!("{said}");
            0
        }
        Err(found) => {
            println!("{found}");
            FOUND
        }
    };
    let _ = std::io::stdout().flush();
    // SAFETY: nothing that the parent would also do at its end is to be done here.
    unsafe { libc::_exit(status) }
}

/// Starts a process that serves for as long as this one lives.
pub fn serve(work: impl FnOnce()) {
    // SAFETY: this process has one thread; a second fork would only hide the child from nobody.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "fork");
    if pid == 0 {
        // SAFETY: as in `become_child`.
        unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
        work();
        // SAFETY: as in `become_child`.
        unsafe { libc::_exit(0) };
    }
}

/// Chooses the backend of this process, before the library looks.
pub fn choose_backend(name: &str) {
    // SAFETY: one thread, in a child that was just forked.
    unsafe { std::env::set_var("LINSOCK_BACKEND", name) };
}
