//! Check that all of the crate's source is held against the real windows-sys.

use std::path::Path;

#[test]
fn every_module_is_compiled_over_windows_sys_too() {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = std::fs::read_to_string(crate_folder.join("tests/names/over_windows_sys.rs"));
    let listed = listed.unwrap();
    let mut modules = 0;
    for entry in std::fs::read_dir(crate_folder.join("src")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        // The root, and what is there on Linux alone.
        if !["lib.rs", "diagnostics.rs"].contains(&name.as_str()) {
            assert!(listed.contains(&format!("\"../../src/{name}\"")), "{name} is not listed");
            modules += 1;
        }
    }
    assert_eq!(modules, listed.matches("#[path").count(), "no file is listed that is gone");
}
