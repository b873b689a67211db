//! `cargo test` runs what `report` runs, without the oracle: the register against the tests, the whole native suite on
//! both backends, and the direction of the dependencies.

use std::process::Command;

fn runner(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_linsock-conformance"))
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("the runner does not start: {error}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text)
}

#[test]
fn the_register_is_in_order() {
    let (good, text) = runner(&["check"]);
    assert!(good, "{text}");
}

#[test]
fn the_matrix_of_functions_is_up_to_date() {
    let (good, text) = runner(&["matrix", "--check"]);
    assert!(good, "{text}");
}

#[test]
fn every_clause_passes_on_both_backends() {
    let (good, text) = runner(&["report", "--no-oracle"]);
    assert!(good, "{text}");
    println!("{text}");
}

/// abi <- backend <- engine <- sys <- {dll, linsock} <- {cli, conformance, bench, stress}
#[test]
fn dependencies_point_one_way() {
    const ROOMS: [(&str, u32); 12] = [
        ("linsock-abi", 0),
        ("linsock-macros", 0),
        ("linsock-backend", 1),
        ("linsock-engine", 2),
        ("linsock-sys", 3),
        ("linsock-dll", 4),
        ("linsock", 4),
        ("linsock-cc", 4),
        ("linsock-cli", 5),
        ("linsock-conformance", 5),
        ("linsock-bench", 5),
        ("linsock-stress", 5),
    ];
    let height =
        |name: &str| ROOMS.iter().find(|(room, _)| *room == name).map(|(_, height)| *height);
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .output()
        .unwrap_or_else(|error| panic!("cargo metadata: {error}"));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("cargo metadata: {error}"));
    let packages = metadata["packages"].as_array().cloned().unwrap_or_default();
    assert!(packages.len() >= ROOMS.len(), "{} packages", packages.len());
    for package in &packages {
        let name = package["name"].as_str().unwrap_or_default();
        let own = height(name).unwrap_or_else(|| panic!("{name} has no room in the architecture"));
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            // A test may look down at any room, and the dll's may look at the tools.
            if dependency["kind"] == "dev" {
                continue;
            }
            let other = dependency["name"].as_str().unwrap_or_default();
            if let Some(below) = height(other) {
                assert!(below < own, "{name} depends on {other}, which is not below it");
            }
        }
    }
}
