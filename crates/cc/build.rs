//! Gives `linsock-c++` its name beside the programs that cargo builds, whose names cannot have a plus sign.

use std::os::unix::fs::symlink;
use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let out = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    // target/release/build/linsock-cc-<hash>/out
    let folder = Path::new(&out).ancestors().nth(3).expect("OUT_DIR is three folders deep");
    let link = folder.join("linsock-c++");
    let _ = std::fs::remove_file(&link);
    symlink("linsock-cxx", &link)
        .unwrap_or_else(|error| panic!("{} cannot be made: {error}", link.display()));
}
