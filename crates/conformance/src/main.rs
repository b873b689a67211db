//! The conformance suite: the register of clauses against the tests that exist, on both backends, with Wine as a second
//! opinion.

mod matrix;
mod native;
mod oracle;
mod paths;
mod process;
mod programs;
mod register;
mod report;
mod source;
mod suite;
mod world;

use anyhow::{Context, Result, bail};
use process::Outcome;
use register::{Kind, Register};
use std::collections::BTreeMap;

const USAGE: &str = "\
usage: linsock-conformance report [--json] [--no-oracle | --last] [--jobs N]
                                     --last: only the oracle is asked, natively what the last report saw counts
       linsock-conformance run [--backend epoll|uring] [--filter SUBSTR] [--oracle] [--jobs N] [--env KEY=VALUE]
       linsock-conformance check     is the register in order?
       linsock-conformance sync      writes the `tests` lines of the register from the tests that exist
       linsock-conformance list      every test, with its clause
       linsock-conformance matrix [--check]   writes MATRIX.md, or says whether it is up to date";

fn main() {
    match command() {
        Ok(status) => std::process::exit(status),
        Err(error) => {
            eprintln!("linsock-conformance: {error:#}");
            std::process::exit(2);
        }
    }
}

struct Options {
    json: bool,
    oracle: Option<bool>,
    last: bool,
    backends: Vec<&'static str>,
    filter: String,
    jobs: usize,
    /// More environment for every test.
    env: Vec<(String, String)>,
}

fn options(arguments: &[String]) -> Result<Options> {
    let mut options = Options {
        json: false,
        oracle: None,
        last: false,
        backends: suite::BACKENDS.to_vec(),
        filter: String::new(),
        jobs: 3,
        env: Vec::new(),
    };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().with_context(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--json" => options.json = true,
            "--oracle" => options.oracle = Some(true),
            "--no-oracle" => options.oracle = Some(false),
            "--last" => options.last = true,
            "--filter" => options.filter = value()?.clone(),
            "--env" => {
                let (key, value) = value()?.split_once('=').context("--env KEY=VALUE")?;
                options.env.push((key.to_owned(), value.to_owned()));
            }
            "--jobs" => options.jobs = value()?.parse().context("--jobs")?,
            "--backend" => {
                let name = value()?;
                let known = suite::BACKENDS.into_iter().find(|b| b == name);
                options.backends =
                    vec![known.with_context(|| format!("no backend is named {name}"))?];
            }
            other => bail!("what is {other}?\n{USAGE}"),
        }
    }
    Ok(options)
}

fn command() -> Result<i32> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rest = arguments.get(1..).unwrap_or_default();
    match arguments.first().map(String::as_str) {
        Some("report") => report(&options(rest)?),
        Some("run") => develop(&options(rest)?),
        Some("check") => check(),
        Some("sync") => {
            let changed = Register::sync(&tests(&programs::programs()?))?;
            println!("{changed} files changed");
            Ok(0)
        }
        Some("list") => {
            for (test, kind) in tests(&programs::programs()?) {
                println!("{}\t{test}\t{kind:?}", register::clause_of(&test).unwrap_or_default());
            }
            Ok(0)
        }
        Some("matrix") => matrix(rest.first().is_some_and(|option| option == "--check")),
        Some("native") => Ok(native::run(rest.first().map(String::as_str).unwrap_or_default())),
        _ => bail!("{USAGE}"),
    }
}

/// Every test that exists.
fn tests(programs: &[programs::Program]) -> BTreeMap<String, Kind> {
    let c = programs.iter().flat_map(|p| &p.tests).map(|t| (t.name.clone(), Kind::C));
    let rust = native::TESTS.iter().map(|t| (t.name.to_owned(), Kind::Rust));
    c.chain(rust).collect()
}

fn check() -> Result<i32> {
    let faults = Register::load()?.faults(&tests(&programs::programs()?));
    for fault in &faults {
        println!("{fault}");
    }
    println!("{} faults", faults.len());
    Ok(i32::from(!faults.is_empty()))
}

fn matrix(check: bool) -> Result<i32> {
    let mut made = matrix::matrix()?;
    let path = paths::matrix();
    if !check {
        std::fs::write(&path, &made.text)?;
    } else if std::fs::read_to_string(&path).unwrap_or_default() != made.text {
        made.faults.push("MATRIX.md is out of date: write it anew by `matrix`".to_owned());
    }
    for fault in &made.faults {
        println!("{fault}");
    }
    println!("{} faults", made.faults.len());
    Ok(i32::from(!made.faults.is_empty()))
}

fn report(options: &Options) -> Result<i32> {
    let register = Register::load()?;
    let programs = programs::programs()?;
    let faults = register.faults(&tests(&programs));
    let everything = |_: &str| true;
    let native = if options.last {
        suite::last()?
    } else {
        let env = &options.env;
        let native = suite::run(&programs, &suite::BACKENDS, &everything, options.jobs, env)?;
        suite::keep(&native)?;
        native
    };
    let missing = match options.oracle {
        Some(false) => Some("--no-oracle".to_owned()),
        _ => oracle::missing(),
    };
    let opinion = match missing {
        Some(why) => Err(why),
        None => Ok(oracle::ask(&register, &programs, &everything)?),
    };
    let report = report::judge(&register, faults, &native, opinion.as_ref().map_err(Clone::clone));
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        report.print();
    }
    Ok(i32::from(!report.faults.is_empty()))
}

/// For development: only the tests asked for, failures in detail.
fn develop(options: &Options) -> Result<i32> {
    let programs = programs::programs()?;
    let wanted = |test: &str| test.contains(&options.filter);
    let mut failed = 0;
    let mut show = |place: &str, results: &suite::Results| {
        let passed = results.values().filter(|o| **o == Outcome::Passed).count();
        for (test, outcome) in results {
            match outcome {
                Outcome::Passed => {}
                Outcome::Failed(what) => println!("{place}: not ok {test}\n    {what}"),
                Outcome::Skipped(why) => println!("{place}: skip {test}: {why}"),
            }
        }
        failed += results.values().filter(|o| matches!(o, Outcome::Failed(_))).count();
        println!("{place}: {passed} of {} passed", results.len());
    };
    if options.oracle == Some(true) {
        if let Some(why) = oracle::missing() {
            bail!("no oracle: {why}");
        }
        let register = Register::load()?;
        let opinion = oracle::ask(&register, &programs, &wanted)?;
        show("oracle", &opinion);
        let report = report::judge(&register, Vec::new(), &BTreeMap::new(), Ok(&opinion));
        report.faults.iter().for_each(|fault| println!("FAULT {fault}"));
        return Ok(i32::from(!report.faults.is_empty()));
    } else {
        for (backend, results) in
            &suite::run(&programs, &options.backends, &wanted, options.jobs, &options.env)?
        {
            show(backend, results);
        }
    }
    Ok(i32::from(failed != 0))
}
