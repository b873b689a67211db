//! Where the headers and the library are: under the prefix that the driver is installed in, or in the checkout that it
//! was built in.

use crate::Error;
use crate::translate::Translated;
use std::path::{Path, PathBuf};

/// Names the prefix, or the checkout, where the driver cannot know it.
const VARIABLE: &str = "LINSOCK_PREFIX";

/// What a command line needs; nothing is looked for that it does not.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Places {
    /// The folder of `winsock2.h`.
    pub include: Option<String>,
    /// The folder of the library.
    pub library: Option<String>,
}

/// Looks for what a command line needs.
///
/// # Errors
///
/// The headers or the library are not there; the message says where they were looked for, and what to do.
pub fn find(translated: &Translated, statically: bool) -> Result<Places, Error> {
    let roots = Roots::of_this_program();
    let name = if statically { "liblinsock.a" } else { "liblinsock.so" };
    if translated.links && translated.watches_threads && statically {
        return Err(Error(
            "ThreadSanitizer needs the shared library: link without --static-linsock and -static"
                .to_owned(),
        ));
    }
    let watches = translated.links && translated.watches_threads;
    let include = (translated.compiles || watches).then(|| {
        first(&roots.includes(), Path::new("linsock/prelude.h"), "winsock2.h", REMEDY_OF_HEADERS)
    });
    let library = translated
        .links
        .then(|| first(&roots.libraries(), Path::new(name), name, REMEDY_OF_LIBRARY));
    Ok(Places { include: include.transpose()?, library: library.transpose()? })
}

const REMEDY_OF_HEADERS: &str =
    "install linsock, or set LINSOCK_PREFIX to the prefix it is installed in, or to a checkout";
const REMEDY_OF_LIBRARY: &str = "in a checkout `cargo build --release -p linsock-dll` makes it; \
     else install linsock, or set LINSOCK_PREFIX to the prefix it is installed in";

/// The first folder that has the file.
fn first(folders: &[PathBuf], file: &Path, what: &str, remedy: &str) -> Result<String, Error> {
    if let Some(folder) = folders.iter().find(|folder| folder.join(file).exists()) {
        let text = folder.to_str().map(str::to_owned);
        return text.ok_or_else(|| Error(format!("{} is not UTF-8", folder.display())));
    }
    let looked: Vec<_> = folders.iter().map(|folder| folder.display().to_string()).collect();
    Err(Error(format!("{what} was not found in {}; {remedy}", looked.join(", "))))
}

/// The folders that everything else is below.
struct Roots {
    /// Prefixes, or checkouts.
    prefixes: Vec<PathBuf>,
    /// Folders of cargo's: where the driver is, and those beside it.
    built: Vec<PathBuf>,
}

impl Roots {
    fn of_this_program() -> Self {
        let named = std::env::var_os(VARIABLE).filter(|value| !value.is_empty());
        if let Some(prefix) = named {
            let prefix = PathBuf::from(prefix);
            let built = vec![prefix.join("target/release"), prefix.join("target/debug")];
            return Roots { prefixes: vec![prefix], built };
        }
        let program = std::env::current_exe().and_then(|program| program.canonicalize());
        let folder = program.ok().and_then(|p| p.parent().map(Path::to_path_buf));
        Roots::around(&folder.unwrap_or_default())
    }

    /// Around the driver's own folder: `P/bin`, or `target/release` of a checkout.
    fn around(folder: &Path) -> Self {
        let above = folder.parent().map(Path::to_path_buf).unwrap_or_default();
        if folder.file_name().is_some_and(|name| name == "bin") {
            return Roots { prefixes: vec![above], built: Vec::new() };
        }
        let built = vec![folder.to_path_buf(), above.join("release"), above.join("debug")];
        let mut prefixes: Vec<_> = folder.ancestors().skip(1).take(4).map(Into::into).collect();
        // The target folder may be anywhere; then this is the checkout, if it is there yet.
        prefixes.push(concat!(env!("CARGO_MANIFEST_DIR"), "/../..").into());
        Roots { prefixes, built }
    }

    fn includes(&self) -> Vec<PathBuf> {
        let below = |name: &'static str| self.prefixes.iter().map(move |p| p.join(name));
        below("include/linsock").chain(below("include")).collect()
    }

    fn libraries(&self) -> Vec<PathBuf> {
        let multiarch = format!("lib/{}-linux-gnu", std::env::consts::ARCH);
        let prefix = self.prefixes.first();
        let installed =
            prefix.into_iter().flat_map(|p| [p.join("lib"), p.join(&multiarch), p.join("lib64")]);
        self.built.iter().cloned().chain(installed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installed_driver_looks_under_its_prefix_first() {
        let roots = Roots::around(Path::new("/opt/linsock/bin"));
        assert_eq!(roots.includes()[0], Path::new("/opt/linsock/include/linsock"));
        assert_eq!(roots.libraries()[0], Path::new("/opt/linsock/lib"));
    }

    #[test]
    fn a_driver_in_a_checkout_takes_the_library_beside_it() {
        let roots = Roots::around(Path::new("/src/linsock/target/release"));
        assert_eq!(roots.libraries()[0], Path::new("/src/linsock/target/release"));
        assert!(roots.includes().contains(&PathBuf::from("/src/linsock/include")));
    }

    #[test]
    fn what_is_missing_is_named_with_the_places_and_the_remedy() {
        let folders = ["/nowhere/a".into(), "/nowhere/b".into()];
        let error = first(&folders, Path::new("x"), "liblinsock.so", "build it").unwrap_err();
        assert_eq!(error.0, "liblinsock.so was not found in /nowhere/a, /nowhere/b; build it");
    }
}
