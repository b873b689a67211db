//! Check that `linsock serve` echoes and stops cleanly.

mod common;

use common::{BACKENDS, LONG, Server, linsock};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};

#[test]
fn it_echoes_and_stops_on_signals() {
    for backend in BACKENDS {
        for signal in [libc::SIGTERM, libc::SIGINT] {
            let mut server = Server::start("127.0.0.1:0", backend);
            let mut stream = TcpStream::connect(server.address).unwrap();
            stream.set_read_timeout(Some(LONG)).unwrap();
            stream.write_all(b"there and back").unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            let mut back = String::new();
            stream.read_to_string(&mut back).unwrap();
            assert_eq!(back, "there and back");
            // Another one stays open, and does not keep the server from stopping.
            let idle = TcpStream::connect(server.address).unwrap();
            server.running.signal(signal);
            let status = server.running.wait();
            assert_eq!(status.code(), Some(0), "{status}");
            drop(idle);
            let rest = server.rest();
            assert!(rest.starts_with("served ") && rest.ends_with("echoed 14 bytes\n"), "{rest:?}");
        }
    }
}

#[test]
fn the_command_connects_to_itself_on_every_pair_of_backends() {
    for serving in BACKENDS {
        let server = Server::start("[::1]:0", serving);
        let address = server.address.to_string();
        for connecting in BACKENDS {
            let run = linsock(&[
                "connect",
                &address,
                "--count",
                "200",
                "--in-flight",
                "50",
                "--send",
                "12345",
                "--receive",
                "5",
                "--json",
                "--backend",
                connecting,
            ]);
            assert_eq!(run.code, Some(0), "{}", run.all());
            assert_eq!(run.json()["connected"], 200, "{}", run.all());
            assert_eq!(run.json()["bytes_received"], 1000, "{}", run.all());
        }
    }
}

#[test]
fn many_connections_at_once_each_get_their_own_bytes() {
    for backend in BACKENDS {
        let server = Server::start("127.0.0.1:0", backend);
        let threads: Vec<_> = (0..20u8)
            .map(|number| {
                let address = server.address;
                std::thread::spawn(move || {
                    let mut stream = TcpStream::connect(address).unwrap();
                    stream.set_read_timeout(Some(LONG)).unwrap();
                    let sent = vec![number; 50_000];
                    let mut back = vec![0; sent.len()];
                    for _ in 0..5 {
                        stream.write_all(&sent).unwrap();
                        stream.read_exact(&mut back).unwrap();
                        assert!(back == sent);
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
    }
}

#[test]
fn connections_beyond_its_descriptors_wait_for_those_that_go() {
    const DESCRIPTORS: libc::rlim_t = 64;
    use std::os::unix::process::CommandExt;
    for backend in BACKENDS {
        let mut command = common::command(&["serve", "127.0.0.1:0", "--backend", backend]);
        let limit = libc::rlimit { rlim_cur: DESCRIPTORS, rlim_max: DESCRIPTORS };
        // SAFETY: between fork and exec only this system call is made.
        unsafe {
            command.pre_exec(move || match libc::setrlimit(libc::RLIMIT_NOFILE, &limit) {
                0 => Ok(()),
                _ => Err(std::io::Error::last_os_error()),
            });
        }
        let mut server = Server::of(command, backend);
        let mut streams: Vec<TcpStream> = (0..2 * DESCRIPTORS)
            .map(|_| {
                let mut stream = TcpStream::connect(server.address).unwrap();
                stream.set_read_timeout(Some(LONG)).unwrap();
                stream.write_all(b"x").unwrap();
                stream.shutdown(Shutdown::Write).unwrap();
                stream
            })
            .collect();
        // In the order in which they came, as those that go make room.
        for mut stream in streams.drain(..) {
            let mut back = String::new();
            stream.read_to_string(&mut back).unwrap();
            assert_eq!(back, "x");
        }
        server.running.signal(libc::SIGTERM);
        assert_eq!(server.running.wait().code(), Some(0));
        assert_eq!(server.rest(), "served 128 connections, echoed 128 bytes\n");
    }
}

#[test]
fn a_port_in_use_is_an_error() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let run = linsock(&["serve", &taken.local_addr().unwrap().to_string()]);
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("WSAEADDRINUSE (10048)"), "{}", run.all());
}
