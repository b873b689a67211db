//! Check that `linsock connect` gets on with servers that nobody here wrote: nginx and redis.

mod common;

use common::{BACKENDS, LONG, Run, Running, command, finish, linsock};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

const REQUEST: &str = "GET /answer.txt HTTP/1.1\r\nHost: linsock\r\nConnection: close\r\n\r\n";
const ANSWER: &str = "served by nginx\n";

/// A server of its own port, reached over both families, and its files.
struct Server {
    port: u16,
    folder: PathBuf,
    _running: Running,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Starts a server by the command that `prepare` makes for a folder and a port.
fn start(name: &str, prepare: impl Fn(&Path, u16) -> Command) -> Server {
    // The port is free when it is chosen; somebody may come first all the same.
    for _ in 0..5 {
        let port = free_port();
        let folder = PathBuf::from(format!("{}/{name}-{port}", env!("CARGO_TARGET_TMPDIR")));
        std::fs::create_dir_all(&folder).unwrap();
        let mut command = prepare(&folder, port);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut running = Running::start(&mut command);
        let end = Instant::now() + LONG;
        while Instant::now() < end && running.child.try_wait().unwrap().is_none() {
            let addresses =
                [(Ipv4Addr::LOCALHOST, port).into(), (Ipv6Addr::LOCALHOST, port).into()];
            if addresses.iter().all(|to: &SocketAddr| TcpStream::connect(to).is_ok()) {
                return Server { port, folder, _running: running };
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    panic!("{name} does not start");
}

/// A port that is free on both loopback addresses.
fn free_port() -> u16 {
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        if TcpListener::bind((Ipv6Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

/// The program, or a failure that says how to get it.
fn installed(program: &str, package: &str) -> PathBuf {
    let folders = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"];
    let found = folders.iter().map(|folder| Path::new(folder).join(program)).find(|at| at.exists());
    found.unwrap_or_else(|| panic!("{program} is missing: apt-get install {package}"))
}

/// A name for ::1 alone, which not every machine has: the runs see a hosts file of the test's.
const NAME_OVER_IPV6: &str = "only-ipv6.test";

/// One server's address over each family, by number and by name.
fn addresses(port: u16) -> Vec<String> {
    ["127.0.0.1", "[::1]", "localhost", NAME_OVER_IPV6].map(|host| format!("{host}:{port}")).into()
}

/// The command in a mount namespace of its own, in which the name over IPv6 is known.
fn with_own_hosts(arguments: &[&str]) -> Command {
    let plain = command(arguments);
    static HOSTS: OnceLock<PathBuf> = OnceLock::new();
    let hosts = HOSTS.get_or_init(|| {
        let hosts = std::env::temp_dir().join(format!("linsock-hosts-{}", std::process::id()));
        std::fs::write(&hosts, format!("127.0.0.1 localhost\n::1 {NAME_OVER_IPV6}\n")).unwrap();
        hosts
    });
    // SAFETY: takes no arguments.
    let root = unsafe { libc::geteuid() } == 0;
    let mut inside = Command::new("unshare");
    inside
        .arg(if root { "-m" } else { "-rm" })
        .args(["sh", "-c", "mount --bind \"$0\" /etc/hosts && exec \"$@\""])
        .arg(hosts)
        .arg(plain.get_program())
        .args(plain.get_args());
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => inside.env(name, value),
            None => inside.env_remove(name),
        };
    }
    inside
}

/// Connects in every way, and checks what each run came to.
fn in_every_way(port: u16, arguments: &[&str], check: impl Fn(&Run)) {
    for address in addresses(port) {
        for backend in BACKENDS {
            for notify in ["port", "event"] {
                let how = ["connect", &address, "--backend", backend, "--notify", notify];
                let run = finish(with_own_hosts(&[&how, arguments].concat()));
                assert_eq!(run.code, Some(0), "{how:?}: {}", run.all());
                check(&run);
            }
        }
    }
}

fn nginx() -> Server {
    let program = installed("nginx", "nginx-light");
    start("nginx", |folder, port| {
        std::fs::write(folder.join("answer.txt"), ANSWER).unwrap();
        let at = folder.display();
        let configuration = format!(
            "daemon off; master_process off; worker_processes 1; pid {at}/pid; error_log {at}/log;\n\
             events {{ worker_connections 512; }}\n\
             http {{\n\
               access_log off;\n\
               client_body_temp_path {at}/body; proxy_temp_path {at}/proxy;\n\
               fastcgi_temp_path {at}/fastcgi; uwsgi_temp_path {at}/uwsgi;\n\
               scgi_temp_path {at}/scgi;\n\
               server {{ listen 127.0.0.1:{port}; listen [::1]:{port}; root {at}; }}\n\
             }}\n"
        );
        std::fs::write(folder.join("nginx.conf"), configuration).unwrap();
        let mut command = Command::new(&program);
        command.arg("-p").arg(folder).arg("-e").arg(folder.join("log"));
        command.arg("-c").arg(folder.join("nginx.conf"));
        command
    })
}

#[test]
fn nginx_answers_a_request_sent_as_first_data() {
    let server = nginx();
    in_every_way(server.port, &["--send", REQUEST, "--receive"], |run| {
        assert!(run.out.contains("HTTP/1.1 200 OK\r\n"), "{}", run.all());
        assert!(run.out.contains("Server: nginx"), "{}", run.all());
        assert!(run.out.ends_with(ANSWER), "{}", run.all());
    });
}

#[test]
fn nginx_answers_many_at_once() {
    let server = nginx();
    let address = format!("127.0.0.1:{}", server.port);
    for backend in BACKENDS {
        let run = linsock(&[
            "connect",
            &address,
            "--send",
            REQUEST,
            "--receive",
            "--count",
            "200",
            "--in-flight",
            "50",
            "--json",
            "--backend",
            backend,
        ]);
        assert_eq!(run.code, Some(0), "{}", run.all());
        let report = run.json();
        assert_eq!(report["connected"], 200, "{report}");
        let bytes = report["bytes_received"].as_u64().unwrap();
        assert!(bytes > 200 * ANSWER.len() as u64 && bytes.is_multiple_of(200), "{report}");
    }
}

#[test]
fn redis_answers_a_ping() {
    let program = installed("redis-server", "redis-server");
    let server = start("redis", |folder, port| {
        let mut command = Command::new(&program);
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "::1"]);
        command.args(["--daemonize", "no", "--save", "", "--appendonly", "no", "--dir"]);
        command.arg(folder);
        command
    });
    in_every_way(server.port, &["--send", "PING\r\n", "--receive", "7"], |run| {
        assert!(run.out.contains("7 bytes"), "{}", run.all());
        assert!(run.out.ends_with("+PONG\r\n"), "{}", run.all());
    });
}
