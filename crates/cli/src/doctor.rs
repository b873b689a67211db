//! `linsock doctor`: what this system allows, and what to change.

use std::process::ExitCode;

/// Tell what this system allows: backends, limits, ports, fast open; and what to change, how.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  linsock doctor
  LINSOCK_BACKEND=uring linsock doctor     would a forced io_uring serve?
  linsock doctor --json

Exit status: 0 a backend serves, 1 none does, 2 wrong usage.")]
pub struct Arguments {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[cfg(windows)]
pub fn run(_: Arguments) -> anyhow::Result<ExitCode> {
    anyhow::bail!("Windows' own Winsock serves here; there is nothing to diagnose")
}

#[cfg(not(windows))]
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let system = linux::System::look();
    if arguments.json {
        println(&system.json().to_string())?;
    } else {
        println(&system.text())?;
    }
    Ok(if system.serving.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(crate::FAILED) })
}

#[cfg(not(windows))]
fn println(text: &str) -> std::io::Result<()> {
    use std::io::Write;
    writeln!(std::io::stdout(), "{text}")
}

#[cfg(not(windows))]
mod linux {
    use crate::paint::{Role, paint};
    use serde_json::{Value, json};
    use std::fmt::Write;

    /// Fewer descriptors than this are soon used up by a server.
    const DESCRIPTORS_MIN: u64 = 10_000;
    /// Fewer ephemeral ports than this are soon used up by a client.
    const PORTS_MIN: u32 = 20_000;
    /// net.ipv4.tcp_fastopen's bits.
    const FASTOPEN_CLIENT: u32 = 1;
    const FASTOPEN_SERVER: u32 = 2;

    /// What was found.
    pub struct System {
        kernel: Option<String>,
        pub serving: Result<(&'static str, String), String>,
        uring_refusal: Option<String>,
        uring_disabled: Option<u32>,
        descriptors: Option<(u64, u64)>,
        ports: Option<(u16, u16)>,
        fastopen: Option<u32>,
    }

    /// How a row of the text stands.
    #[derive(Copy, Clone, Debug, PartialEq, Eq)]
    enum Mark {
        Ok,
        /// It serves, and could do more.
        Hint,
        Lacking,
    }

    impl Mark {
        fn of(good: bool) -> Mark {
            if good { Mark::Ok } else { Mark::Lacking }
        }

        fn text(self) -> String {
            match self {
                Mark::Ok => paint(Role::Good, "ok  "),
                Mark::Hint => paint(Role::Label, "hint"),
                Mark::Lacking => paint(Role::Bad, "--  "),
            }
        }
    }

    /// What to change.
    struct Advice {
        what: String,
        how: String,
    }

    impl System {
        pub fn look() -> System {
            let read = |path: &str| std::fs::read_to_string(path).ok();
            let number = |path: &str| read(path)?.trim().parse().ok();
            System {
                kernel: read("/proc/sys/kernel/osrelease").map(|text| text.trim().to_owned()),
                serving: linsock::diagnostics::backend(),
                uring_refusal: linsock::diagnostics::uring_refusal(),
                uring_disabled: number("/proc/sys/kernel/io_uring_disabled"),
                descriptors: read("/proc/self/limits").and_then(|text| descriptors(&text)),
                ports: read("/proc/sys/net/ipv4/ip_local_port_range").and_then(|text| ports(&text)),
                fastopen: number("/proc/sys/net/ipv4/tcp_fastopen"),
            }
        }

        fn port_count(&self) -> Option<u32> {
            let (first, last) = self.ports?;
            Some(u32::from(last).checked_sub(first.into())? + 1)
        }

        fn advice(&self) -> Vec<Advice> {
            let mut advice = Vec::new();
            let mut say = |what: &str, how: &str| {
                advice.push(Advice { what: what.to_owned(), how: how.to_owned() });
            };
            if let Err(reason) = &self.serving {
                say(reason, "unset LINSOCK_BACKEND, or set it to auto or epoll");
            }
            if let Some(reason) = &self.uring_refusal {
                let how = match self.uring_disabled {
                    Some(1 | 2) => "sysctl -w kernel.io_uring_disabled=0",
                    _ => {
                        "run on Linux 6.0 or newer, and in a container with a seccomp profile \
                          that allows io_uring_setup, io_uring_enter and io_uring_register"
                    }
                };
                say(&format!("io_uring cannot serve: {reason}"), how);
            }
            if let Some((soft, hard)) = self.descriptors
                && soft < DESCRIPTORS_MIN
            {
                let enough = hard.min(65_536);
                let how = match hard {
                    ..DESCRIPTORS_MIN => "raise LimitNOFILE= of the service, or nofile in \
                                          /etc/security/limits.conf"
                        .to_owned(),
                    _ => format!("ulimit -n {enough}"),
                };
                say(&format!("at most {soft} sockets can be open"), &how);
            }
            if let Some(count) = self.port_count()
                && count < PORTS_MIN
            {
                say(
                    &format!("only {count} local ports for connections to one address"),
                    "sysctl -w net.ipv4.ip_local_port_range='32768 60999'",
                );
            }
            match self.fastopen {
                Some(bits) if bits & FASTOPEN_CLIENT == 0 => say(
                    "TCP_FASTOPEN is off for clients: first data waits for the handshake",
                    &format!("sysctl -w net.ipv4.tcp_fastopen={}", bits | FASTOPEN_CLIENT),
                ),
                Some(bits) if bits & FASTOPEN_SERVER == 0 => say(
                    "TCP_FASTOPEN is off for servers on this machine",
                    &format!("sysctl -w net.ipv4.tcp_fastopen={}", bits | FASTOPEN_SERVER),
                ),
                _ => {}
            }
            advice
        }

        pub fn text(&self) -> String {
            let mut text = String::new();
            let mut marked = |mark: Mark, label: &str, value: &str| {
                let label = paint(Role::Label, &format!("{label:<12}"));
                // Writing to a String cannot fail.
                let _ = writeln!(text, "{}  {label}  {value}", mark.text());
            };
            let mut row = |good: bool, label: &str, value: &str| {
                marked(Mark::of(good), label, value);
            };
            row(true, "kernel", self.kernel.as_deref().unwrap_or("unknown"));
            match &self.serving {
                Ok((name, reason)) => row(true, "serving", &format!("{name} ({reason})")),
                Err(reason) => row(false, "serving", &format!("none: {reason}")),
            }
            row(true, "epoll", "available");
            match &self.uring_refusal {
                None => row(true, "uring", "available"),
                Some(reason) => row(false, "uring", &format!("refused: {reason}")),
            }
            if let Some(level) = self.uring_disabled {
                let text = format!("kernel.io_uring_disabled = {level}");
                row(level == 0, "", &text);
            }
            if let Some((soft, hard)) = self.descriptors {
                row(soft >= DESCRIPTORS_MIN, "descriptors", &format!("{soft} (up to {hard})"));
            }
            if let (Some((first, last)), Some(count)) = (self.ports, self.port_count()) {
                row(count >= PORTS_MIN, "local ports", &format!("{first} to {last} ({count})"));
            }
            if let Some(bits) = self.fastopen {
                let on = |bit: u32| if bits & bit != 0 { "on" } else { "off" };
                let (client, server) = (on(FASTOPEN_CLIENT), on(FASTOPEN_SERVER));
                let value = format!("client {client}, server {server} (tcp_fastopen = {bits})");
                marked(fastopen(bits), "fast open", &value);
            }
            for Advice { what, how } in self.advice() {
                let _ = write!(text, "\n{what}\n    {how}\n");
            }
            text.truncate(text.trim_end().len());
            text
        }

        pub fn json(&self) -> Value {
            let advice: Vec<Value> = self
                .advice()
                .into_iter()
                .map(|advice| json!({ "what": advice.what, "how": advice.how }))
                .collect();
            json!({
                "kernel": self.kernel,
                "backend": self.serving.as_ref().ok().map(|serving| serving.0),
                "reason": match &self.serving { Ok((_, reason)) | Err(reason) => reason },
                "backends": {
                    "epoll": { "available": true, "refusal": null },
                    "uring": {
                        "available": self.uring_refusal.is_none(),
                        "refusal": self.uring_refusal,
                    },
                },
                "io_uring_disabled": self.uring_disabled,
                "descriptors": {
                    "soft": self.descriptors.map(|limits| limits.0),
                    "hard": self.descriptors.map(|limits| limits.1),
                },
                "local_ports": {
                    "first": self.ports.map(|ports| ports.0),
                    "last": self.ports.map(|ports| ports.1),
                },
                "tcp_fastopen": {
                    "value": self.fastopen,
                    "client": self.fastopen.map(|bits| bits & FASTOPEN_CLIENT != 0),
                    "server": self.fastopen.map(|bits| bits & FASTOPEN_SERVER != 0),
                },
                "advice": advice,
            })
        }
    }

    /// Clients are what ConnectEx asks for; servers are a hint.
    fn fastopen(bits: u32) -> Mark {
        match (bits & FASTOPEN_CLIENT != 0, bits & FASTOPEN_SERVER != 0) {
            (true, true) => Mark::Ok,
            (true, false) => Mark::Hint,
            (false, _) => Mark::Lacking,
        }
    }

    /// The soft and the hard limit, as /proc/self/limits lists them.
    fn descriptors(limits: &str) -> Option<(u64, u64)> {
        let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
        let mut fields = line.split_whitespace().map(|field| match field {
            "unlimited" => Some(u64::MAX),
            number => number.parse().ok(),
        });
        Some((fields.next()??, fields.next()??))
    }

    /// The first and the last ephemeral port.
    fn ports(range: &str) -> Option<(u16, u16)> {
        let mut fields = range.split_whitespace().map(str::parse);
        Some((fields.next()?.ok()?, fields.next()?.ok()?))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn poor() -> System {
            System {
                kernel: Some("6.1".into()),
                serving: Err("LINSOCK_BACKEND=uring, but kernel.io_uring_disabled is 2".into()),
                uring_refusal: Some("kernel.io_uring_disabled is 2".into()),
                uring_disabled: Some(2),
                descriptors: Some((1024, 524_288)),
                ports: Some((50_000, 50_999)),
                fastopen: Some(2),
            }
        }

        #[test]
        fn every_shortcoming_comes_with_its_remedy() {
            let advice = poor().advice();
            let how: Vec<&str> = advice.iter().map(|advice| advice.how.as_str()).collect();
            assert_eq!(
                how,
                [
                    "unset LINSOCK_BACKEND, or set it to auto or epoll",
                    "sysctl -w kernel.io_uring_disabled=0",
                    "ulimit -n 65536",
                    "sysctl -w net.ipv4.ip_local_port_range='32768 60999'",
                    "sysctl -w net.ipv4.tcp_fastopen=3",
                ]
            );
            assert!(advice[3].what.contains("1000 local ports"), "{}", advice[3].what);
            let fine = System {
                serving: Ok(("epoll", "auto".into())),
                uring_refusal: None,
                uring_disabled: Some(0),
                descriptors: Some((524_288, 524_288)),
                ports: Some((32_768, 60_999)),
                fastopen: Some(3),
                ..poor()
            };
            assert!(fine.advice().is_empty());
        }

        #[test]
        fn what_has_a_remedy_is_not_called_ok() {
            for (bits, mark) in [(0, "--"), (1, "hint"), (2, "--"), (3, "ok")] {
                let system = System { fastopen: Some(bits), ..poor() };
                let text = system.text();
                let row = text.lines().find(|row| row.contains("fast open")).unwrap();
                assert!(row.starts_with(mark), "{row}");
                let advised = system.advice().iter().any(|advice| advice.what.contains("FASTOPEN"));
                assert_eq!(advised, mark != "ok", "{row}");
            }
        }

        #[test]
        fn limits_are_read_as_the_kernel_writes_them() {
            let text = "Limit  Soft Limit  Hard Limit  Units\n\
                        Max open files            1024                 524288               files\n";
            assert_eq!(descriptors(text), Some((1024, 524_288)));
            let text = "Max open files unlimited unlimited files\n";
            assert_eq!(descriptors(text), Some((u64::MAX, u64::MAX)));
            assert_eq!(descriptors(""), None);
            assert_eq!(ports("32768\t60999\n"), Some((32_768, 60_999)));
            assert_eq!(ports("32768"), None);
        }
    }
}
