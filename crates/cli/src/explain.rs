//! `linsock explain X`: an error number and its twins in the other number spaces.

use crate::paint::{Role, paint};
use linsock::{Call, Errno, NtStatus, Win32Error, WsaError};
use serde_json::{Value, json};
use std::io::Write;
use std::process::ExitCode;

/// Explain an error by name or number: Winsock, Win32, NTSTATUS or errno, with its twins.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  linsock explain WSAECONNREFUSED
  linsock explain 10061
  linsock explain 0xC0000236
  linsock explain ETIMEDOUT --json

A number that means something in several spaces is explained in each of them.
Exit status: 0 known, 1 unknown, 2 wrong usage.")]
pub struct Arguments {
    /// A name in any case, or a number, decimal or 0x...
    #[arg(value_name = "X", allow_negative_numbers = true)]
    error: String,
    /// Print a JSON array, one object a meaning
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let text = arguments.error.trim();
    let mut readings = readings(text);
    if readings.is_empty()
        && let Some((name, _)) = text.split_once([' ', ':', '('])
    {
        // As this program writes it: "WSAECONNREFUSED (10061): connection refused".
        readings = by_name(name);
    }
    if readings.is_empty() {
        anyhow::bail!("no error is known by {text:?}");
    }
    let mut out = std::io::stdout();
    if arguments.json {
        let all: Vec<Value> = readings.iter().map(Reading::json).collect();
        writeln!(out, "{}", Value::Array(all))?;
    } else {
        let all: Vec<String> = readings.iter().map(Reading::text).collect();
        write!(out, "{}", all.join("\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// One meaning of what was asked for.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Reading {
    Winsock(WsaError),
    Win32(Win32Error),
    Status(NtStatus),
    Errno(Errno),
}

/// Everything that a name or number may mean.
fn readings(text: &str) -> Vec<Reading> {
    match number(text) {
        Some(number) => by_number(number),
        None => by_name(text),
    }
}

fn by_name(name: &str) -> Vec<Reading> {
    // Names are unique among Winsock's, Win32's and the statuses; errno's differ from all.
    let found = [
        WsaError::from_name(name).map(Reading::Winsock),
        Win32Error::from_name(name).map(Reading::Win32),
        NtStatus::from_name(name).map(Reading::Status),
        Errno::from_name(name).map(Reading::Errno),
    ];
    found.into_iter().flatten().collect()
}

fn by_number(number: i64) -> Vec<Reading> {
    let mut readings = Vec::new();
    if let Ok(number) = i32::try_from(number) {
        let (winsock, errno) = (WsaError(number), Errno(number));
        if winsock.name().is_some() {
            readings.push(Reading::Winsock(winsock));
        }
        // Win32 knows Winsock's numbers by Winsock's names: those are told of above.
        let win32 = Win32Error::ALL.iter().find(|row| i64::from(row.0.0) == i64::from(number));
        readings.extend(win32.map(|row| Reading::Win32(row.0)));
        if errno.name().is_some() {
            readings.push(Reading::Errno(errno));
        }
    }
    // A status is written as an unsigned number, and read as a signed one.
    let status = u32::try_from(number).map(|bits| bits as i32).or_else(|_| i32::try_from(number));
    if let Ok(status) = status.map(NtStatus)
        && status.name().is_some()
    {
        readings.push(Reading::Status(status));
    }
    readings
}

/// A decimal number, perhaps negative, or a hexadecimal one.
fn number(text: &str) -> Option<i64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) if !digits.starts_with(['+', '-']) => i64::from_str_radix(digits, 16).ok(),
        Some(_) => None,
        None => text.parse().ok(),
    }
}

/// What a reading is called in the other spaces.
#[derive(Default)]
struct Twins {
    winsock: Vec<WsaError>,
    win32: Vec<Win32Error>,
    status: Vec<NtStatus>,
    errno: Vec<Errno>,
}

impl Reading {
    fn twins(self) -> Twins {
        let mut twins = Twins::default();
        match self {
            Reading::Winsock(error) => {
                twins.of_winsock(error);
                twins.errno = errno_of(error);
            }
            Reading::Errno(errno) => {
                twins.winsock =
                    distinct(Call::ALL.iter().map(|&call| WsaError::from_errno(errno, call)));
                for error in twins.winsock.clone() {
                    twins.of_winsock(error);
                }
            }
            Reading::Status(status) => twins.of_status(status),
            Reading::Win32(error) => {
                let named = NtStatus::ALL.iter().map(|row| row.0);
                twins.status = distinct(named.filter(|status| status.to_win32() == error));
                add(&mut twins.winsock, winsock_namesake(error));
                for status in twins.status.clone() {
                    let told = named_winsock(status).filter(|&other| may_be_twins(other, error));
                    add(&mut twins.winsock, told);
                }
                if let Some(namesake) = winsock_namesake(error) {
                    twins.statuses_of(namesake);
                }
                for error in twins.winsock.clone() {
                    twins.errno.extend(errno_of(error));
                }
                twins.errno = distinct(twins.errno.into_iter());
            }
        }
        twins
    }
}

impl Twins {
    fn of_winsock(&mut self, error: WsaError) {
        add(&mut self.win32, win32_namesake(error));
        for status in self.statuses_of(error) {
            let told = Some(status.to_win32()).filter(|&other| may_be_twins(error, other));
            add(&mut self.win32, told);
        }
    }

    /// Adds the statuses that stand for `error` in some call, and tells them.
    fn statuses_of(&mut self, error: WsaError) -> Vec<NtStatus> {
        let statuses = Call::ALL.iter().map(|&call| NtStatus::from_wsa(error, call));
        let statuses = distinct(statuses.filter(|status| status.name().is_some()));
        for &status in &statuses {
            add(&mut self.status, Some(status));
        }
        statuses
    }

    fn of_status(&mut self, status: NtStatus) {
        add(&mut self.win32, Some(status.to_win32()));
        add(&mut self.winsock, named_winsock(status));
        // Both names of a number; what is reported stands first.
        for error in self.win32.clone() {
            add(&mut self.winsock, winsock_namesake(error));
        }
        for error in self.winsock.clone() {
            add(&mut self.win32, win32_namesake(error));
        }
        for error in self.winsock.clone() {
            self.errno.extend(errno_of(error));
        }
    }
}

fn named_winsock(status: NtStatus) -> Option<WsaError> {
    Some(status.to_wsa()).filter(|error| error.name().is_some())
}

/// Winsock's name for a number of Win32's: WSA_IO_PENDING is ERROR_IO_PENDING.
fn winsock_namesake(error: Win32Error) -> Option<WsaError> {
    WsaError::ALL.iter().map(|row| row.0).find(|other| i64::from(other.0) == i64::from(error.0))
}

/// Win32's own name for a number of Winsock's.
fn win32_namesake(error: WsaError) -> Option<Win32Error> {
    Win32Error::ALL.iter().map(|row| row.0).find(|other| i64::from(other.0) == i64::from(error.0))
}

/// Not so of two numbers that both spaces name: a pending operation has one status, of which some
/// functions make 996 and others 997, but these are no twins.
fn may_be_twins(winsock: WsaError, win32: Win32Error) -> bool {
    match (win32_namesake(winsock), winsock_namesake(win32)) {
        (Some(namesake), Some(_)) => namesake == win32,
        _ => true,
    }
}

/// The errno numbers that some call reports as `error`.
fn errno_of(error: WsaError) -> Vec<Errno> {
    let reported = |errno: Errno| {
        let mut calls = Call::ALL.iter();
        calls.any(|&call| WsaError::from_errno(errno, call) == error)
    };
    // WSAEINVAL also stands for every errno that Winsock has no word for: those are no twins.
    if error == WsaError::WSAEINVAL {
        return vec![Errno::EINVAL];
    }
    Errno::ALL.iter().map(|row| row.0).filter(|&errno| reported(errno)).collect()
}

fn add<T: PartialEq>(list: &mut Vec<T>, item: Option<T>) {
    list.extend(item.filter(|item| !list.contains(item)));
}

fn distinct<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut list = Vec::new();
    for item in items {
        add(&mut list, Some(item));
    }
    list
}

impl Reading {
    fn title(self) -> (&'static str, String) {
        match self {
            Reading::Winsock(error) => ("Winsock", error.to_string()),
            Reading::Win32(error) => ("Win32", error.to_string()),
            Reading::Status(status) => ("NTSTATUS", status.to_string()),
            Reading::Errno(errno) => ("errno", errno.to_string()),
        }
    }

    fn text(&self) -> String {
        let (space, title) = self.title();
        let mut text = format!("{}  {title}\n", paint(Role::Good, &format!("{space:<8}")));
        let twins = self.twins();
        let mut rows = |label: &str, texts: Vec<String>| {
            for twin in texts {
                text += &format!("  {}  {twin}\n", paint(Role::Label, &format!("{label:<8}")));
            }
        };
        rows("Winsock", twins.winsock.iter().map(ToString::to_string).collect());
        rows("Win32", twins.win32.iter().map(ToString::to_string).collect());
        rows("NTSTATUS", twins.status.iter().map(ToString::to_string).collect());
        rows("errno", twins.errno.iter().map(ToString::to_string).collect());
        text
    }

    fn json(&self) -> Value {
        let (space, name, number, text) = match *self {
            Reading::Winsock(e) => ("winsock", e.name(), i64::from(e.0), e.description()),
            Reading::Win32(e) => ("win32", e.name(), i64::from(e.0), e.description()),
            Reading::Status(s) => ("ntstatus", s.name(), i64::from(s.0 as u32), s.description()),
            Reading::Errno(e) => ("errno", e.name(), i64::from(e.0), e.description()),
        };
        let twins = self.twins();
        let names = |names: Vec<Option<&'static str>>| names.into_iter().flatten().collect();
        let winsock: Vec<_> = names(twins.winsock.iter().map(|e| e.name()).collect());
        let win32: Vec<_> = names(twins.win32.iter().map(|e| e.name()).collect());
        let status: Vec<_> = names(twins.status.iter().map(|s| s.name()).collect());
        let errno: Vec<_> = names(twins.errno.iter().map(|e| e.name()).collect());
        json!({
            "space": space, "name": name, "number": number, "text": text,
            "winsock": winsock, "win32": win32, "ntstatus": status, "errno": errno,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSED: [Reading; 4] = [
        Reading::Winsock(WsaError::WSAECONNREFUSED),
        Reading::Win32(Win32Error::ERROR_CONNECTION_REFUSED),
        Reading::Status(NtStatus::STATUS_CONNECTION_REFUSED),
        Reading::Errno(Errno::ECONNREFUSED),
    ];

    #[test]
    fn names_and_numbers_of_every_space() {
        for (texts, reading) in [
            (&["10061", "WSAECONNREFUSED", "wsaeconnrefused", "0x274D"][..], REFUSED[0]),
            (&["1225", "ERROR_CONNECTION_REFUSED"][..], REFUSED[1]),
            (&["0xC0000236", "0xc0000236", "-1073741258", "3221226038"][..], REFUSED[2]),
            (&["STATUS_CONNECTION_REFUSED"][..], REFUSED[2]),
            (&["ECONNREFUSED"][..], REFUSED[3]),
        ] {
            for text in texts {
                assert_eq!(readings(text), [reading], "{text}");
            }
        }
        for text in ["", "0x", "WSAENOTHING", "99999999999999999999", "-5", "0x-5", "1.5"] {
            assert_eq!(readings(text), [], "{text}");
        }
    }

    #[test]
    fn an_ambiguous_number_has_all_its_meanings() {
        assert_eq!(
            readings("6"),
            [
                Reading::Winsock(WsaError::WSA_INVALID_HANDLE),
                Reading::Win32(Win32Error::ERROR_INVALID_HANDLE),
                Reading::Errno(Errno::ENXIO),
            ]
        );
    }

    #[test]
    fn twins_are_found_from_every_side() {
        for reading in REFUSED {
            let twins = reading.twins();
            let Twins { winsock, win32, status, errno } = &twins;
            let has = |other: Reading| match other {
                Reading::Winsock(error) => winsock.contains(&error),
                Reading::Win32(error) => win32.contains(&error),
                Reading::Status(other) => status.contains(&other),
                Reading::Errno(other) => errno.contains(&other),
            };
            for other in REFUSED {
                assert!(other == reading || has(other), "{reading:?} without {other:?}");
            }
        }
    }

    /// The numbers that Winsock and Win32 both have a name for.
    fn namesakes() -> Vec<(WsaError, Win32Error)> {
        let all = WsaError::ALL.iter().map(|row| row.0);
        all.filter_map(|winsock| Some((winsock, win32_namesake(winsock)?))).collect()
    }

    #[test]
    fn both_names_of_a_number_are_twins_of_each_other_first() {
        let numbers: Vec<i32> = namesakes().iter().map(|names| names.0.0).collect();
        assert_eq!(numbers, [6, 8, 87, 995, 996, 997]);
        for (winsock, win32) in namesakes() {
            let (of_winsock, of_win32) =
                (Reading::Winsock(winsock).twins(), Reading::Win32(win32).twins());
            assert_eq!(of_winsock.win32.first(), Some(&win32), "{winsock}");
            assert_eq!(of_win32.winsock.first(), Some(&winsock), "{win32}");
            // No other number that both have.
            for (other_winsock, other_win32) in namesakes() {
                let same = other_winsock == winsock;
                assert_eq!(of_winsock.win32.contains(&other_win32), same, "{winsock}");
                assert_eq!(of_win32.winsock.contains(&other_winsock), same, "{win32}");
            }
            // What one of them has for a status, the other has too, and the status has both.
            for status in of_winsock.status {
                assert!(of_win32.status.contains(&status), "{win32}: {status}");
                let of_status = Reading::Status(status).twins();
                assert!(of_status.winsock.contains(&winsock), "{status}: {winsock}");
                assert!(of_status.win32.contains(&win32), "{status}: {win32}");
            }
        }
    }

    #[test]
    fn a_number_of_win32_has_the_winsock_errors_of_its_statuses_too() {
        let winsock = |error| Reading::Win32(error).twins().winsock;
        assert_eq!(winsock(Win32Error::ERROR_IO_PENDING), [WsaError::WSA_IO_PENDING]);
        assert_eq!(winsock(Win32Error::ERROR_IO_INCOMPLETE), [WsaError::WSA_IO_INCOMPLETE]);
        assert_eq!(
            winsock(Win32Error::ERROR_INVALID_HANDLE),
            [WsaError::WSA_INVALID_HANDLE, WsaError::WSAENOTSOCK]
        );
        assert_eq!(
            winsock(Win32Error::ERROR_INVALID_PARAMETER),
            [WsaError::WSA_INVALID_PARAMETER, WsaError::WSAEINVAL]
        );
        assert_eq!(
            winsock(Win32Error::ERROR_NOT_ENOUGH_MEMORY),
            [WsaError::WSA_NOT_ENOUGH_MEMORY, WsaError::WSAENOBUFS]
        );
    }

    #[test]
    fn what_no_call_reports_has_no_twins_in_errno() {
        assert_eq!(errno_of(WsaError::WSAEINVAL), [Errno::EINVAL]);
        assert!(errno_of(WsaError::WSANOTINITIALISED).is_empty());
    }
}
