//! Check that `linsock connect` connects, tells, counts, and exits as it says.

mod common;

use common::{BACKENDS, linsock};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

/// A listener, and its address as an argument.
fn listener(address: &str) -> (TcpListener, String) {
    let listener = TcpListener::bind(address).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

/// An address where nobody listens.
fn nobody() -> String {
    listener("127.0.0.1:0").1
}

/// Serves one connection with `serve` in a thread.
fn once<T: Send + 'static>(
    listener: TcpListener,
    serve: impl FnOnce(std::net::TcpStream, SocketAddr) -> T + Send + 'static,
) -> std::thread::JoinHandle<T> {
    std::thread::spawn(move || {
        let (stream, from) = listener.accept().unwrap();
        stream.set_read_timeout(Some(common::LONG)).unwrap();
        serve(stream, from)
    })
}

#[test]
fn without_arguments_it_connects_to_a_server_of_its_own() {
    for backend in BACKENDS {
        let run = linsock(&["connect", "--backend", backend]);
        assert_eq!(run.code, Some(0), "{}", run.all());
        let mut from = 0;
        for part in [
            "backend",
            backend,
            "resolved",
            "pending",
            "WSA_IO_PENDING (997)",
            "established",
            "SO_CONNECT_TIME 0 s",
            "data sent",
            "20 bytes",
            "local",
            "127.0.0.1:",
            "remote",
            "127.0.0.1:",
            "received",
            "hello from ConnectEx\n",
        ] {
            let at = run.out[from..].find(part);
            from += at.unwrap_or_else(|| panic!("{part:?} in its place: {}", run.all()));
        }
        assert!(!run.out.contains('\x1b'), "no colour off a terminal: {:?}", run.out);
        assert_eq!(run.err, "");
    }
}

#[test]
fn the_environment_chooses_a_backend_too() {
    for backend in BACKENDS {
        let mut command = common::command(&["connect", "--json"]);
        command.env("LINSOCK_BACKEND", backend);
        assert_eq!(common::finish(command).json()["backend"], backend);
    }
    let mut command = common::command(&["connect", "--json", "--backend", "auto"]);
    command.env("LINSOCK_BACKEND", "nonsense");
    let run = common::finish(command);
    assert!(BACKENDS.contains(&run.json()["backend"].as_str().unwrap()), "{}", run.all());
    let mut command = common::command(&["connect"]);
    command.env("LINSOCK_BACKEND", "nonsense");
    let run = common::finish(command);
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("nonsense"), "{}", run.all());
}

#[test]
fn many_connections_are_counted() {
    for backend in BACKENDS {
        for notify in ["port", "event", "routine"] {
            let run = linsock(&[
                "connect",
                "--count",
                "200",
                "--in-flight",
                "50",
                "--send",
                "four",
                "--json",
                "--backend",
                backend,
                "--notify",
                notify,
            ]);
            assert_eq!(run.code, Some(0), "{}", run.all());
            let report = run.json();
            let keys: Vec<&str> = report.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(
                keys,
                ["backend", "connected", "failed", "bytes_sent", "errors", "latency_us", "rate"]
            );
            assert_eq!(report["backend"], backend);
            assert_eq!(report["connected"], 200);
            assert_eq!(report["failed"], 0);
            assert_eq!(report["bytes_sent"], 800);
            assert_eq!(report["errors"], json!({}));
            let [p50, p90, p99] =
                ["p50", "p90", "p99"].map(|key| report["latency_us"][key].as_u64().unwrap());
            assert!(0 < p50 && p50 <= p90 && p90 <= p99, "{report}");
            assert!(report["rate"].as_f64().unwrap() > 0.0);
            assert_eq!(run.err, "", "no progress bar off a terminal");
        }
    }
}

#[test]
fn many_connections_are_summed_up_for_people() {
    let run = linsock(&["connect", "--count", "20", "--in-flight", "5"]);
    assert_eq!(run.code, Some(0), "{}", run.all());
    for part in ["20 connected, 0 failed", "400 bytes", "rate", "p50", "p99"] {
        assert!(run.out.contains(part), "{part}: {}", run.all());
    }
}

#[test]
fn every_answer_of_many_is_received() {
    for backend in BACKENDS {
        for notify in ["port", "event", "routine"] {
            let run = linsock(&[
                "connect",
                "--count",
                "40",
                "--in-flight",
                "8",
                "--send",
                "echo",
                "--receive",
                "4",
                "--json",
                "--backend",
                backend,
                "--notify",
                notify,
            ]);
            assert_eq!(run.code, Some(0), "{}", run.all());
            let report = run.json();
            assert_eq!(report["bytes_received"], 160, "{report}");
            assert_eq!(report["receive_errors"], json!({}));
        }
    }
}

#[test]
fn a_refused_connection_fails_by_name() {
    for backend in BACKENDS {
        let run = linsock(&["connect", &nobody(), "--json", "--backend", backend]);
        assert_eq!(run.code, Some(1), "{}", run.all());
        let report = run.json();
        assert_eq!(report["connected"], 0);
        assert_eq!(report["failed"], 1);
        assert_eq!(report["errors"], json!({ "WSAECONNREFUSED": 1 }));
        assert_eq!(report["latency_us"], json!({ "p50": null, "p90": null, "p99": null }));
        let run = linsock(&["connect", &nobody(), "--backend", backend]);
        assert_eq!(run.code, Some(1));
        assert!(run.out.contains("WSAECONNREFUSED (10061): connection refused"), "{}", run.all());
        let run = linsock(&[
            "connect",
            &nobody(),
            "--count",
            "30",
            "--in-flight",
            "7",
            "--json",
            "--backend",
            backend,
        ]);
        assert_eq!(run.code, Some(1));
        assert_eq!(run.json()["errors"], json!({ "WSAECONNREFUSED": 30 }));
    }
}

#[test]
fn errors_of_addresses_and_names_have_names() {
    for (target, error) in
        [("0.0.0.0:80", "WSAEADDRNOTAVAIL"), ("[::1%nowhere]:80", "WSAHOST_NOT_FOUND")]
    {
        let run = linsock(&["connect", target, "--json"]);
        assert_eq!(run.code, Some(1), "{}", run.all());
        assert_eq!(run.json()["errors"], json!({ error: 1 }));
        let run = linsock(&["connect", target]);
        assert_eq!(run.code, Some(1));
        assert!(run.out.contains(error), "{}", run.all());
    }
}

#[test]
fn wrong_usage_is_status_2() {
    let missing = format!("{}/no-such-file", env!("CARGO_TARGET_TMPDIR"));
    for arguments in [
        &[][..],
        &["nonsense"],
        &["connect", "localhost"],
        &["connect", "::1:80"],
        &["connect", "localhost:65536"],
        &["connect", "--count", "0"],
        &["connect", "--in-flight", "0"],
        &["connect", "--notify", "smoke"],
        &["connect", "--backend", "iocp"],
        &["connect", "--timeout", "0"],
        &["connect", "--timeout", "-1"],
        &["connect", "--count", "-1"],
        &["connect", "--receive", "-1"],
        &["connect", "--bind", "localhost"],
        &["connect", "--send-hex", "abc"],
        &["connect", "--send", "a", "--send-hex", "00"],
        &["connect", "--send-file", missing.as_str()],
        &["connect", "--notify", "event", "--count", "99", "--in-flight", "65"],
        &["connect", "--notify", "routine", "--count", "99", "--in-flight", "65"],
        &["serve", "nowhere"],
        &["explain"],
    ] {
        let run = linsock(arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.all());
        assert_eq!(run.out, "", "{arguments:?}");
        assert_ne!(run.err, "", "{arguments:?}");
    }
}

#[test]
fn wrong_values_are_told_what_is_right() {
    for (option, value, part) in [
        ("--count", "1e6", "not a whole number from 1 on"),
        ("--in-flight", "-1", "not a whole number from 1 on"),
        ("--receive", "-5", "not a whole number from 0 on"),
        ("--timeout", "-1", "not a time that can be waited for"),
    ] {
        let run = linsock(&["connect", option, value]);
        assert_eq!(run.code, Some(2), "{}", run.all());
        assert!(run.err.contains(part) && run.err.contains(value), "{}", run.all());
    }
}

#[test]
fn data_may_begin_with_a_hyphen() {
    let run = linsock(&["connect", "--send", "--data"]);
    assert_eq!(run.code, Some(0), "{}", run.all());
    assert!(run.out.ends_with("--data\n"), "{}", run.all());
}

#[test]
fn more_in_flight_than_connections_is_no_mistake() {
    let run = linsock(&["connect", "--notify", "event", "--count", "3", "--in-flight", "100"]);
    assert_eq!(run.code, Some(0), "{}", run.all());
}

#[test]
fn times_only_grow() {
    for notify in ["port", "event", "routine"] {
        let run = linsock(&["connect", "--notify", notify]);
        let at = |line: &str| {
            let mut words = line.trim().strip_prefix('+')?.split(' ');
            let number: f64 = words.next()?.parse().ok()?;
            Some(if words.next() == Some("s") { number * 1e3 } else { number })
        };
        let times: Vec<f64> = run.out.lines().filter_map(at).collect();
        assert!(times.len() >= 4 && times.is_sorted(), "{}", run.all());
    }
}

#[test]
fn an_error_that_cannot_be_told_still_has_its_status() {
    let mut command = common::command(&["connect", "localhost:1", "--send-file", "/nonexistent"]);
    command.stderr(std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    assert_eq!(common::finish(command).code, Some(2));
}

#[test]
fn help_has_examples() {
    for arguments in [
        &["--help"][..],
        &["connect", "--help"],
        &["serve", "--help"],
        &["doctor", "--help"],
        &["explain", "--help"],
    ] {
        let run = linsock(arguments);
        assert_eq!(run.code, Some(0));
        assert!(run.out.contains("Examples:\n  linsock "), "{}", run.all());
        assert!(!run.out.contains('\x1b'));
    }
}

#[test]
fn help_names_every_field_of_the_object() {
    let help = linsock(&["connect", "--help"]).out;
    let report = linsock(&["connect", "--receive", "4", "--json"]).json();
    let fields = report.as_object().unwrap();
    assert!(fields.contains_key("bytes_received"), "{report}");
    for field in fields.keys() {
        assert!(help.contains(&format!("\n  {field} ")), "{field}: {help}");
    }
    for field in report["latency_us"].as_object().unwrap().keys() {
        assert!(help.contains(field.as_str()), "{field}: {help}");
    }
}

#[test]
fn a_file_arrives_byte_for_byte() {
    sends_a_file(1 << 20, "one-mebibyte");
}

#[test]
fn a_first_block_of_64_mebibytes_arrives_byte_for_byte() {
    sends_a_file(64 << 20, "large");
}

fn sends_a_file(length: usize, name: &str) {
    // Without a short period, so that no block stands for another.
    let mut state = 1u32;
    let data: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(length)
    .collect();
    let path = format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, &data).unwrap();
    for backend in BACKENDS {
        for notify in ["port", "event", "routine"] {
            let (listener, address) = listener("127.0.0.1:0");
            let reader = once(listener, |mut stream, _| {
                let mut all = Vec::new();
                stream.read_to_end(&mut all).unwrap();
                all
            });
            let run = linsock(&[
                "connect",
                &address,
                "--send-file",
                &path,
                "--json",
                "--backend",
                backend,
                "--notify",
                notify,
            ]);
            assert_eq!(run.code, Some(0), "{}", run.all());
            assert_eq!(run.json()["bytes_sent"], length);
            assert!(reader.join().unwrap() == data, "the bytes differ");
        }
    }
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn hexadecimal_bytes_go_out_as_bytes_and_the_answer_comes_as_it_is() {
    for backend in BACKENDS {
        let (listener, address) = listener("[::1]:0");
        let peer = once(listener, |mut stream, _| {
            let mut data = [0; 3];
            stream.read_exact(&mut data).unwrap();
            stream.write_all(b"an answer\nof two lines\n").unwrap();
            data
        });
        let run = linsock(&[
            "connect",
            &address,
            "--send-hex",
            "00ff:7F",
            "--receive",
            "--backend",
            backend,
        ]);
        assert_eq!(run.code, Some(0), "{}", run.all());
        assert_eq!(peer.join().unwrap(), [0x00, 0xFF, 0x7F]);
        assert!(run.out.ends_with("an answer\nof two lines\n"), "{}", run.all());
    }
}

#[test]
fn receive_takes_no_more_than_asked_for() {
    let (listener, address) = listener("127.0.0.1:0");
    let peer = once(listener, |mut stream, _| {
        stream.write_all(b"0123456789").unwrap();
        // Whoever leaves before reading everything resets.
        stream.read(&mut [0]).is_err()
    });
    let run = linsock(&["connect", &address, "--receive", "4", "--json"]);
    assert_eq!(run.code, Some(0), "{}", run.all());
    assert_eq!(run.json()["bytes_received"], 4);
    assert!(peer.join().unwrap());
}

#[test]
fn a_silent_peer_is_given_up() {
    for backend in BACKENDS {
        // Says something, then nothing, and stays.
        let (listener, address) = listener("127.0.0.1:0");
        let peer = once(listener, |mut stream, _| {
            stream.write_all(b"one").unwrap();
            let _ = stream.read(&mut [0]);
        });
        let begun = Instant::now();
        let run = linsock(&["connect", &address, "--receive", "--json", "--backend", backend]);
        assert_eq!(run.code, Some(0), "{}", run.all());
        assert_eq!(run.json()["bytes_received"], 3);
        assert_eq!(run.json()["receive_errors"], json!({}));
        // The silence of half a second is no part of it.
        assert!(run.json()["rate"].as_f64().unwrap() > 2.0, "{}", run.all());
        assert!(begun.elapsed() >= Duration::from_millis(500));
        peer.join().unwrap();
        // Never says anything.
        let (silent, address) = self::listener("127.0.0.1:0");
        let peer = once(silent, |mut stream, _| {
            let _ = stream.read(&mut [0]);
        });
        let run = linsock(&[
            "connect",
            &address,
            "--receive",
            "--timeout",
            "0.2",
            "--json",
            "--backend",
            backend,
        ]);
        assert_eq!(run.code, Some(0), "connected all the same: {}", run.all());
        assert_eq!(run.json()["receive_errors"], json!({ "WSAETIMEDOUT": 1 }));
        peer.join().unwrap();
    }
}

#[test]
fn a_connection_that_is_never_answered_times_out() {
    // A backlog that is full answers no more handshakes.
    let (_listener, address, _filling) = full_listener();
    for backend in BACKENDS {
        let begun = Instant::now();
        let run =
            linsock(&["connect", &address, "--timeout", "0.5", "--json", "--backend", backend]);
        assert_eq!(run.code, Some(1), "{}", run.all());
        assert_eq!(run.json()["errors"], json!({ "WSAETIMEDOUT": 1 }));
        let took = begun.elapsed();
        assert!((Duration::from_millis(500)..Duration::from_secs(5)).contains(&took), "{took:?}");
    }
}

/// A listener whose backlog is full, its address, and what fills it.
fn full_listener() -> (TcpListener, String, Vec<std::net::TcpStream>) {
    use std::os::fd::AsRawFd;
    let (listener, address) = listener("127.0.0.1:0");
    // SAFETY: no pointer is involved.
    assert_eq!(unsafe { libc::listen(listener.as_raw_fd(), 0) }, 0);
    let to = listener.local_addr().unwrap();
    let limit = Duration::from_millis(300);
    let fill: Vec<_> =
        std::iter::from_fn(|| std::net::TcpStream::connect_timeout(&to, limit).ok()).collect();
    assert!(!fill.is_empty());
    (listener, address, fill)
}

#[test]
fn a_local_address_is_used() {
    for backend in BACKENDS {
        let (listener, address) = listener("127.0.0.1:0");
        let peer = once(listener, |_, from| from);
        let run =
            linsock(&["connect", &address, "--bind", "127.0.0.2", "--json", "--backend", backend]);
        assert_eq!(run.code, Some(0), "{}", run.all());
        assert_eq!(peer.join().unwrap().ip().to_string(), "127.0.0.2");
        let (listener, address) = self::listener("[::1]:0");
        let port = TcpListener::bind("[::1]:0").unwrap().local_addr().unwrap().port();
        let peer = once(listener, |_, from| from);
        let local = format!("[::1]:{port}");
        let run = linsock(&["connect", &address, "--bind", &local, "--backend", backend]);
        assert_eq!(run.code, Some(0), "{}", run.all());
        assert_eq!(peer.join().unwrap().to_string(), local);
    }
}

#[test]
fn data_that_nobody_reads_keeps_a_connection_established_and_pending() {
    let path = format!("{}/unread", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, vec![7; 64 << 20]).unwrap();
    for backend in BACKENDS {
        // Accepts in the kernel alone, and never reads.
        let (listener, address) = listener("127.0.0.1:0");
        let run = linsock(&[
            "connect",
            &address,
            "--send-file",
            &path,
            "--timeout",
            "0.5",
            "--backend",
            backend,
        ]);
        drop(listener);
        assert_eq!(run.code, Some(1), "{}", run.all());
        let established = run.out.find("established  SO_CONNECT_TIME 0 s");
        let failed = run.out.find("WSAETIMEDOUT (10060)");
        assert!(established.is_some() && established < failed, "{}", run.all());
    }
}

#[test]
fn fast_open_changes_no_result() {
    for backend in BACKENDS {
        let run = linsock(&[
            "connect",
            "--fastopen",
            "--count",
            "20",
            "--in-flight",
            "4",
            "--receive",
            "20",
            "--json",
            "--backend",
            backend,
        ]);
        assert_eq!(run.code, Some(0), "{}", run.all());
        let report: Value = run.json();
        assert_eq!((&report["connected"], &report["bytes_received"]), (&json!(20), &json!(400)));
    }
}
