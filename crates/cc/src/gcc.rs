//! gcc's and clang's own options, as far as the driver must know them.

/// Options whose value is the next word: it is no file to compile, whatever it looks like.
const WITH_VALUE: &[&str] = &[
    "--param",
    "--sysroot",
    "-A",
    "-B",
    "-D",
    "-F",
    "-G",
    "-I",
    "-L",
    "-MF",
    "-MQ",
    "-MT",
    "-T",
    "-U",
    "-V",
    "-Xarch_host",
    "-Xassembler",
    "-Xclang",
    "-Xlinker",
    "-Xpreprocessor",
    "-arch",
    "-aux-info",
    "-dumpbase",
    "-dumpbase-ext",
    "-dumpdir",
    "-e",
    "-idirafter",
    "-imacros",
    "-imultilib",
    "-include",
    "-iprefix",
    "-iquote",
    "-isysroot",
    "-isystem",
    "-iwithprefix",
    "-iwithprefixbefore",
    "-mllvm",
    "-o",
    "-target",
    "-u",
    "-wrapper",
    "-x",
    "-z",
];

/// Whether the next word belongs to this one.
pub fn takes_value(option: &str) -> bool {
    WITH_VALUE.contains(&option)
}

/// What an option says about how far the compiler goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stop {
    BeforeLinking,
    /// It links, but wants no libraries of its own accord.
    NoLibraries,
}

/// Whether an option keeps the compiler from linking, or from linking libraries.
pub fn stop(option: &str) -> Option<Stop> {
    match option {
        "-c" | "-S" | "-E" | "-M" | "-MM" | "-fsyntax-only" | "--compile" | "--assemble"
        | "--preprocess" | "-emit-ast" => Some(Stop::BeforeLinking),
        // One object from several; what is missing in it is looked for later.
        "-r" | "-nostdlib" | "-nodefaultlibs" => Some(Stop::NoLibraries),
        _ => None,
    }
}

/// mingw's options: what gcc for Linux has in their place.
pub fn from_mingw(option: &str) -> Option<&'static [&'static str]> {
    Some(match option {
        "-mconsole" | "-mwindows" | "-mdll" | "-mthreads" | "-mwin32" => &[],
        // Said where something is linked, in the words of `command`.
        "-static" => &[],
        "-municode" => &["-DUNICODE"],
        _ => return None,
    })
}

/// Whether an input is a header, which is compiled for itself and never linked.
pub fn is_header(input: &str) -> bool {
    [".h", ".hh", ".hpp", ".hxx", ".H"].iter().any(|end| input.ends_with(end))
}

/// Whether an input has been compiled already.
pub fn is_object(input: &str) -> bool {
    let name = input.rsplit('/').next().unwrap_or(input);
    [".o", ".obj", ".a", ".so", ".lo"].iter().any(|end| name.ends_with(end))
        || name.contains(".so.")
}

/// Whether an input says something to Windows' linker alone: what is exported (everything is, here), icons and texts.
pub fn is_for_windows_alone(input: &str) -> bool {
    let lower = input.to_ascii_lowercase();
    [".def", ".res", ".manifest"].iter().any(|end| lower.ends_with(end))
}
