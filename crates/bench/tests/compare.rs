//! A small comparison from its start to the tables that are made of it.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn bench(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_linsock-bench"))
        .args(arguments)
        .output()
        .expect("the benchmark starts")
}

fn said(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A folder of a test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a name in UTF-8")
}

#[test]
fn a_comparison_has_every_figure_of_every_cell() {
    let output = bench(&[
        "compare",
        "--json",
        "--contestants",
        "raw-uring,raw-epoll",
        "--rounds",
        "1",
        "--seconds",
        "0.02",
        "--threads",
        "1,2",
        "--in-flight",
        "1,4",
        "--connections",
        "1,4",
        "--pending",
        "100,200",
    ]);
    let json = said(&output);
    let report: Value = serde_json::from_str(&json).expect("one object");
    assert_eq!(report["failures"], 0);
    for (workload, cells) in
        [("connect", 4), ("echo", 4), ("scale-receive", 2), ("scale-connect", 2)]
    {
        let measured = report["workloads"][workload].as_object().expect("cells");
        assert_eq!(measured.len(), cells, "{workload}: {:?}", measured.keys());
        for (cell, measured) in measured {
            assert_eq!(measured["anchor"], "raw-uring");
            let has = |who: &str, figure: &str| {
                let value = measured["contestants"][who][figure].as_f64();
                let value = value.unwrap_or_else(|| {
                    panic!("{workload}, {cell}: {who} has no {figure}: {measured:#}")
                });
                assert!(value.is_finite(), "{workload}, {cell}: {who} {figure} {value}");
            };
            // connect with more threads is compared with one ring, and epoll has one thread.
            let epoll = (workload, &measured["threads"]) != ("connect", &Value::from(2));
            for who in ["raw-uring", "raw-epoll"].into_iter().take(1 + usize::from(epoll)) {
                for figure in [
                    "rate",
                    "rate_ratio",
                    "cpu_microseconds",
                    "cpu_ratio",
                    "system_calls",
                    "p50_microseconds",
                    "p99_microseconds",
                ] {
                    has(who, figure);
                }
                if workload.starts_with("scale") {
                    for figure in ["start_microseconds", "start_cpu_microseconds", "user_bytes"] {
                        has(who, figure);
                    }
                }
            }
        }
    }
    let growth = &report["workloads"]["scale-receive"]["200 pending"]["contestants"]["raw-uring"];
    assert!(growth["cpu_against_fewest"].is_f64(), "{growth:#}");

    let folder = folder("compare");
    let file = folder.join("run.json");
    std::fs::write(&file, &json).expect("written");
    let table = said(&bench(&["table", text(&file), "--plots", text(&folder)]));
    assert!(table.contains("| connect: rate (CPU) against raw io_uring | 1 thread, 1 in flight |"));
    assert!(table.contains("\n| raw-uring | 1.00 (1.00) | 1.00 (1.00) |"), "{table}");
    let picture = std::fs::read_to_string(folder.join("echo-1-rate.svg")).expect("a picture");
    assert!(picture.contains("raw-epoll"));
}

#[test]
fn asio_runs_on_linsock() {
    if !Path::new("/usr/include/asio.hpp").exists() {
        eprintln!("SKIPPED: Asio is not installed (Debian: libasio-dev)");
        return;
    }
    let contestants = ["raw-uring", "asio", "asio-linsock-epoll", "asio-linsock-uring"];
    let everybody = contestants.join(",");
    let mut arguments = vec!["compare", "--json", "--contestants", &everybody];
    arguments.extend(["--workloads", "echo,connect", "--rounds", "1", "--seconds", "0.02"]);
    arguments.extend(["--threads", "1,2", "--in-flight", "4", "--connections", "4"]);
    let report: Value = serde_json::from_str(&said(&bench(&arguments))).expect("one object");
    assert_eq!(report["failures"], 0);
    for workload in ["connect", "echo"] {
        for (cell, measured) in report["workloads"][workload].as_object().expect("cells") {
            for who in contestants {
                let row = &measured["contestants"][who];
                assert!(row["rate_ratio"].is_f64(), "{workload}, {cell}: {who}: {row:#}");
                // Whose calls are the library's is told by the probes.
                let on_linsock = row["probes"].is_f64();
                assert_eq!(on_linsock, who.contains("linsock"), "{workload}, {cell}: {who}");
            }
        }
    }
}

/// A run with one cell of echo, where linsock on epoll has this rate against both anchors.
fn made_up(rate: f64, calls: f64) -> Value {
    serde_json::json!({
        "runs": 1, "kernel": "6.0", "processors": 2, "namespace": true, "rounds": 5,
        "milliseconds": 300, "absent": {}, "failures": 0,
        "workloads": { "echo": { "1 thread, 1000 connections": {
            "threads": 1, "many": 1000, "anchor": "raw-uring",
            "contestants": {
                "raw-uring": { "rate": 1000.0, "rate_ratio": 1.0 },
                "linsock-epoll": {
                    "rate": 1000.0 * rate, "rate_ratio": rate, "cpu_ratio": 1.0,
                    "rate_against": { "raw-uring": rate, "tokio": rate, "asio-linsock-epoll": rate },
                    "system_calls": calls,
                },
                "linsock-uring": { "failure": "it fell over" },
            },
        } } },
    })
}

fn made_up_files(name: &str, runs: &[Value]) -> Vec<String> {
    let folder = folder(name);
    let written = runs.iter().enumerate().map(|(number, run)| {
        let file = folder.join(format!("{number}.json"));
        std::fs::write(&file, run.to_string()).expect("written");
        text(&file).to_owned()
    });
    written.collect()
}

/// The line of a target, its blanks made one.
fn line(targets: &str, start: &str) -> String {
    let line = targets.lines().find(|line| line.starts_with(start));
    let line = line.unwrap_or_else(|| panic!("no {start} in {targets}"));
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn targets_are_held_against_the_medians_of_runs() {
    let runs = [made_up(0.5, 2.0), made_up(1.02, 2.2), made_up(1.1, 9.0)];
    let files = made_up_files("medians", &runs);
    let files: Vec<&str> = std::iter::once("targets").chain(files.iter().map(|f| &**f)).collect();
    let targets = said(&bench(&files));
    assert!(targets.contains("medians of 3 runs of 5 rounds"), "{targets}");
    assert_eq!(line(&targets, "echo: rate"), "echo: rate / raw-uring >= 1 1/1 1.02 0/1 - -");
    // Asio on linsock is nobody's measure.
    assert_eq!(
        line(&targets, "connect, echo: rate / asio"),
        "connect, echo: rate / asio > 1 - 0/1 - -"
    );
    // The calls' median is too high, the ring failed, and auto took no part.
    let missed = |what: &str| format!("  echo, 1 thread, 1000 connections: {what}");
    let rate = missed("rate / raw-uring >= 1: linsock-uring it fell over");
    let calls = missed("system calls <= 2.1: linsock-epoll 2.20");
    assert!(targets.contains(&rate) && targets.contains(&calls), "{targets}");
    assert_eq!(
        line(&targets, "connect, 1 thread, 1:"),
        "connect, 1 thread, 1: rate / raw-uring >= 1 - - -"
    );
}

#[test]
fn runs_that_differ_have_no_medians() {
    let mut other = made_up(1.0, 2.0);
    other["rounds"] = 3.into();
    let files = made_up_files("differ", &[made_up(1.0, 2.0), other]);
    let output = bench(&["targets", &files[0], &files[1]]);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("not alike"));
}
