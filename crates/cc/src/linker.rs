//! Options of the linkers of Windows: Microsoft's after `/link`, and those that gcc for Windows hands on by `-Wl,`.

use crate::libraries::{self, Library};

/// What becomes of an option of Microsoft's linker; `None` when it is none that is known.
///
/// Its options are the same in either case of letters.
pub fn from_microsoft(option: &str) -> Option<Vec<String>> {
    let (name, value) = option.split_once(':').unwrap_or((option, ""));
    let one = |word: String| Some(vec![word]);
    match name.get(1..)?.to_ascii_uppercase().as_str() {
        "OUT" => Some(vec!["-o".to_owned(), value.to_owned()]),
        "LIBPATH" => one(format!("-L{}", value.replace('\\', "/"))),
        "DLL" => Some(vec!["-shared".to_owned(), "-fPIC".to_owned()]),
        "DEFAULTLIB" => Some(library(value)),
        "MAP" if value.is_empty() => None,
        "MAP" => one(format!("-Wl,-Map,{value}")),
        "DEBUG" if !value.eq_ignore_ascii_case("NONE") => one("-g".to_owned()),
        "OPT" if value.to_ascii_uppercase().split(',').any(|part| part == "REF") => {
            one("-Wl,--gc-sections".to_owned())
        }
        // The entry points of the C run-time are what starts a program anyway.
        "ENTRY" if value.ends_with("CRTStartup") => Some(Vec::new()),
        "ENTRY" => one(format!("-Wl,-e,{value}")),
        "APPCONTAINER" | "BREPRO" | "CETCOMPAT" | "DEBUG" | "DEF" | "DYNAMICBASE"
        | "ERRORREPORT" | "EXPORT" | "FIXED" | "GUARD" | "HEAP" | "HIGHENTROPYVA" | "IGNORE"
        | "IMPLIB" | "INCREMENTAL" | "LARGEADDRESSAWARE" | "LTCG" | "MACHINE" | "MANIFEST"
        | "MANIFESTDEPENDENCY" | "MANIFESTFILE" | "MANIFESTINPUT" | "MANIFESTUAC"
        | "NODEFAULTLIB" | "NOLOGO" | "NXCOMPAT" | "OPT" | "PDB" | "PDBALTPATH" | "PROFILE"
        | "RELEASE" | "SAFESEH" | "STACK" | "SUBSYSTEM" | "TSAWARE" | "VERBOSE" | "VERSION"
        | "WX" => Some(Vec::new()),
        _ => None,
    }
}

/// The words for a library by name; none where liblinsock stands for it.
pub fn library(name: &str) -> Vec<String> {
    match libraries::named(name) {
        Library::Windows => Vec::new(),
        Library::Other(word) => vec![word],
    }
}

/// What only a linker of Windows' executables knows, and whether a value follows.
const PORTABLE_EXECUTABLES: &[(&str, bool)] = &[
    ("--disable-auto-import", false),
    ("--disable-dynamicbase", false),
    ("--disable-high-entropy-va", false),
    ("--dynamicbase", false),
    ("--enable-auto-image-base", false),
    ("--enable-auto-import", false),
    ("--enable-runtime-pseudo-reloc", false),
    ("--enable-stdcall-fixup", false),
    ("--export-all-symbols", false),
    ("--file-alignment", true),
    ("--heap", true),
    ("--high-entropy-va", false),
    ("--image-base", true),
    ("--kill-at", false),
    ("--large-address-aware", false),
    ("--major-image-version", true),
    ("--major-os-version", true),
    ("--major-subsystem-version", true),
    ("--minor-image-version", true),
    ("--minor-os-version", true),
    ("--minor-subsystem-version", true),
    ("--no-insert-timestamp", false),
    ("--nxcompat", false),
    ("--out-implib", true),
    ("--output-def", true),
    ("--section-alignment", true),
    ("--stack", true),
    ("--subsystem", true),
    ("--tsaware", false),
];

/// `-Wl,` without what only a linker of Windows' executables knows; `None` when nothing is left.
pub fn from_mingw(list: &str) -> Option<String> {
    let mut kept = Vec::new();
    let mut words = list.split(',').peekable();
    while let Some(word) = words.next() {
        let (name, value) = word.split_once('=').map_or((word, None), |(n, v)| (n, Some(v)));
        // The linker takes long options with one dash too.
        let long = if name.starts_with("--") { name.to_owned() } else { format!("-{name}") };
        match PORTABLE_EXECUTABLES.iter().find(|(known, _)| *known == long) {
            None => kept.push(word),
            Some((_, true)) if value.is_none() => drop(words.next()),
            Some(_) => {}
        }
    }
    (!kept.is_empty()).then(|| format!("-Wl,{}", kept.join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn microsofts_linker_options() {
        for (option, gcc) in [
            ("/OUT:app.exe", Some("-o app.exe")),
            ("/out:app.exe", Some("-o app.exe")),
            ("/LIBPATH:C/lib", Some("-LC/lib")),
            ("/LIBPATH:..\\lib", Some("-L../lib")),
            ("/DEF:x.def", Some("")),
            ("/DEFAULTLIB:ws2_32", Some("")),
            ("/defaultlib:Mswsock.lib", Some("")),
            ("/DEFAULTLIB:foo.lib", Some("-lfoo")),
            ("/DLL", Some("-shared -fPIC")),
            ("/SUBSYSTEM:CONSOLE", Some("")),
            ("/OPT:REF,ICF", Some("-Wl,--gc-sections")),
            ("/OPT:NOREF", Some("")),
            ("/DEBUG", Some("-g")),
            ("/DEBUG:FULL", Some("-g")),
            ("/ENTRY:wmainCRTStartup", Some("")),
            ("/ENTRY:start", Some("-Wl,-e,start")),
            ("/WHATEVER", None),
        ] {
            let said = from_microsoft(option).map(|words| words.join(" "));
            assert_eq!(said.as_deref(), gcc, "{option}");
        }
    }

    #[test]
    fn only_what_means_nothing_for_linux_is_dropped() {
        for (list, left) in [
            ("--subsystem,console", None),
            ("-subsystem,windows,-s", Some("-Wl,-s")),
            ("-rpath,/opt/lib", Some("-Wl,-rpath,/opt/lib")),
            ("--out-implib,libx.a,--major-image-version,0,-z,now", Some("-Wl,-z,now")),
            ("--stack=1000,--as-needed", Some("-Wl,--as-needed")),
        ] {
            assert_eq!(from_mingw(list).as_deref(), left, "{list}");
        }
    }
}
