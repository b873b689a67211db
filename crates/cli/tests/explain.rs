//! Check that `linsock explain` knows every error in every form.

mod common;

use common::linsock;
use serde_json::json;

#[test]
fn each_form_of_one_error_leads_to_the_others() {
    let names = [
        ("winsock", "WSAECONNREFUSED", "10061"),
        ("win32", "ERROR_CONNECTION_REFUSED", "1225"),
        ("ntstatus", "STATUS_CONNECTION_REFUSED", "0xC0000236"),
        ("errno", "ECONNREFUSED", "111"),
    ];
    for (space, name, number) in names {
        for form in [name, number] {
            let run = linsock(&["explain", form]);
            assert_eq!(run.code, Some(0), "{}", run.all());
            for (_, twin, _) in names {
                assert!(run.out.contains(&format!("{twin} (")), "{form}: {}", run.all());
            }
            // A number may mean other things elsewhere.
            let report = linsock(&["explain", form, "--json"]).json();
            let meanings = report.as_array().unwrap();
            let meaning = meanings.iter().find(|meaning| meaning["space"] == space);
            let meaning = meaning.unwrap_or_else(|| panic!("{form}: {report}"));
            assert_eq!(meaning["name"], name);
            for (other, twin, _) in names.iter().filter(|other| other.0 != space) {
                let twins = meaning[other].as_array().unwrap();
                assert!(twins.iter().any(|name| name == twin), "{form}: {report}");
            }
        }
    }
}

#[test]
fn every_meaning_of_a_number_is_told() {
    let report = linsock(&["explain", "6", "--json"]).json();
    let spaces: Vec<_> =
        report.as_array().unwrap().iter().map(|meaning| &meaning["space"]).collect();
    assert_eq!(spaces, ["winsock", "win32", "errno"]);
}

#[test]
fn the_two_names_of_a_number_belong_together() {
    let report = linsock(&["explain", "997", "--json"]).json();
    let meanings = report.as_array().unwrap();
    assert_eq!(meanings[0]["win32"], json!(["ERROR_IO_PENDING"]), "{report}");
    assert_eq!(meanings[1]["winsock"], json!(["WSA_IO_PENDING"]), "{report}");
}

#[test]
fn what_programs_print_can_be_pasted() {
    for form in ["WSAECONNREFUSED (10061): connection refused", " WSAECONNREFUSED: refused"] {
        let run = linsock(&["explain", form]);
        assert_eq!((run.code, run.out), (Some(0), linsock(&["explain", "10061"]).out));
    }
}

#[test]
fn nothing_is_made_up() {
    for form in ["WSAENOTHING", "123456789", "0xZZ", "-1", "connection refused", "(10061)"] {
        let run = linsock(&["explain", form]);
        assert_eq!(run.code, Some(1), "{}", run.all());
        assert_eq!(run.out, "");
        assert!(run.err.contains(form), "{}", run.all());
    }
}
