//! Names the library as programs look for it at run time.

use std::os::unix::fs::symlink;
use std::path::Path;

/// Programs that were linked to one version run with every later one of the same number.
const SONAME: &str = "liblinsock.so.0";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,{SONAME}");
    let out = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    // target/release/build/linsock-dll-<hash>/out. Programs that are linked in a checkout look there for this name.
    let folder = Path::new(&out).ancestors().nth(3).expect("OUT_DIR is three folders deep");
    let link = folder.join(SONAME);
    let _ = std::fs::remove_file(&link);
    symlink("liblinsock.so", &link)
        .unwrap_or_else(|error| panic!("{} cannot be made: {error}", link.display()));
}
