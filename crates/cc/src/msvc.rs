//! Options of Microsoft's compiler, `/`spelled, and gcc's for the same.

/// What becomes of an option that is known whole.
const WHOLE: &[(&str, &[&str])] = &[
    // how far
    ("/c", &["-c"]),
    ("/E", &["-E"]),
    ("/EP", &["-E", "-P"]),
    ("/Zs", &["-fsyntax-only"]),
    ("/LD", &["-shared", "-fPIC"]),
    ("/LDd", &["-shared", "-fPIC", "-D_DEBUG"]),
    // optimisation
    ("/Od", &["-O0"]),
    ("/O1", &["-Os"]),
    ("/O2", &["-O2"]),
    ("/Ox", &["-O2"]),
    ("/Os", &["-Os"]),
    ("/Gy", &["-ffunction-sections"]),
    ("/Gw", &["-fdata-sections"]),
    ("/fp:fast", &["-ffast-math"]),
    ("/arch:AVX", &["-mavx"]),
    ("/arch:AVX2", &["-mavx2"]),
    ("/arch:AVX512", &["-mavx512f"]),
    ("/openmp", &["-fopenmp"]),
    // what is checked
    ("/GS", &["-fstack-protector-strong"]),
    ("/GS-", &["-fno-stack-protector"]),
    ("/fsanitize=address", &["-fsanitize=address"]),
    ("/RTC1", &[]),
    ("/RTCc", &[]),
    ("/RTCs", &[]),
    ("/RTCu", &[]),
    // language
    ("/GR", &["-frtti"]),
    ("/GR-", &["-fno-rtti"]),
    ("/J", &["-funsigned-char"]),
    ("/TC", &["-x", "c"]),
    ("/TP", &["-x", "c++"]),
    ("/X", &["-nostdinc"]),
    ("/Zp1", &["-fpack-struct=1"]),
    ("/Zp2", &["-fpack-struct=2"]),
    ("/Zp4", &["-fpack-struct=4"]),
    ("/Zp8", &[]),
    ("/Zp16", &[]),
    ("/std:c11", &["-std=gnu11"]),
    ("/std:c17", &["-std=gnu17"]),
    ("/std:clatest", &["-std=gnu2x"]),
    ("/std:c++14", &["-std=gnu++14"]),
    ("/std:c++17", &["-std=gnu++17"]),
    ("/std:c++20", &["-std=gnu++20"]),
    ("/std:c++latest", &["-std=gnu++23"]),
    // warnings
    ("/w", &["-w"]),
    ("/W0", &["-w"]),
    ("/W1", &[]),
    ("/W2", &[]),
    ("/W3", &["-Wall"]),
    ("/W4", &["-Wall", "-Wextra"]),
    ("/Wall", &["-Wall", "-Wextra"]),
    ("/WX", &["-Werror"]),
    ("/WX-", &["-Wno-error"]),
    // debugging and the run-time
    ("/Z7", &["-g"]),
    ("/Zi", &["-g"]),
    ("/ZI", &["-g"]),
    ("/MD", &[]),
    ("/MT", &[]),
    ("/MDd", &["-D_DEBUG"]),
    ("/MTd", &["-D_DEBUG"]),
    ("/showIncludes", &["-H"]),
    // nothing to do here
    ("/FC", &[]),
    ("/FS", &[]),
    ("/GL", &[]),
    ("/GL-", &[]),
    ("/GF", &[]),
    ("/GT", &[]),
    ("/Gd", &[]),
    ("/Gm", &[]),
    ("/Gm-", &[]),
    ("/Gr", &[]),
    ("/Gz", &[]),
    ("/Gv", &[]),
    ("/Gy-", &[]),
    ("/JMC", &[]),
    ("/JMC-", &[]),
    ("/Og", &[]),
    ("/Oi", &[]),
    ("/Oi-", &[]),
    ("/Ot", &[]),
    ("/Oy", &[]),
    ("/Oy-", &[]),
    ("/Qpar", &[]),
    ("/Qspectre", &[]),
    ("/bigobj", &[]),
    ("/nologo", &[]),
    ("/permissive", &[]),
    ("/permissive-", &[]),
    ("/sdl", &[]),
    ("/sdl-", &[]),
    ("/utf-8", &[]),
    ("/Y-", &[]),
];

/// What becomes of the value that stands behind an option, directly, after a colon or as the next word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Value {
    /// gcc's option, joined to it.
    Joined(&'static str),
    /// gcc's option, and it as the next word.
    Apart(&'static str),
    /// A file of that language, whatever its name.
    Language(&'static str),
    /// Nothing. What is ignored has its value joined or not at all.
    Ignored,
}

/// Options with a value. The longest that fits counts.
const WITH_VALUE: &[(&str, Value)] = &[
    ("/D", Value::Joined("-D")),
    ("/U", Value::Joined("-U")),
    ("/I", Value::Joined("-I")),
    ("/external:I", Value::Apart("-isystem")),
    ("/FI", Value::Apart("-include")),
    // Which of the two is `-o` is known at the end of the line.
    ("/Fe", Value::Apart("/Fe")),
    ("/Fo", Value::Apart("/Fo")),
    ("/Fi", Value::Apart("-o")),
    ("/Tc", Value::Language("c")),
    ("/Tp", Value::Language("c++")),
    ("/EH", Value::Ignored),
    ("/Fa", Value::Ignored),
    ("/FA", Value::Ignored),
    ("/Fd", Value::Ignored),
    ("/Fm", Value::Ignored),
    ("/Fp", Value::Ignored),
    ("/Fr", Value::Ignored),
    ("/FR", Value::Ignored),
    ("/Gs", Value::Ignored),
    ("/MP", Value::Ignored),
    ("/Ob", Value::Ignored),
    ("/Yc", Value::Ignored),
    ("/Yl", Value::Ignored),
    ("/Yu", Value::Ignored),
    ("/Zc:", Value::Ignored),
    ("/Zm", Value::Ignored),
    ("/analyze", Value::Ignored),
    ("/await", Value::Ignored),
    ("/cgthreads", Value::Ignored),
    ("/diagnostics:", Value::Ignored),
    ("/errorReport:", Value::Ignored),
    ("/execution-charset:", Value::Ignored),
    ("/experimental:", Value::Ignored),
    ("/external:", Value::Ignored),
    ("/favor:", Value::Ignored),
    ("/fp:", Value::Ignored),
    ("/guard:", Value::Ignored),
    ("/source-charset:", Value::Ignored),
    ("/validate-charset", Value::Ignored),
    ("/volatile:", Value::Ignored),
    ("/w1", Value::Ignored),
    ("/w2", Value::Ignored),
    ("/w3", Value::Ignored),
    ("/w4", Value::Ignored),
    ("/wd", Value::Ignored),
    ("/we", Value::Ignored),
    ("/wo", Value::Ignored),
];

/// gcc's words for an option of Microsoft's compiler; `None` when it is none that is known. `next` gives the following
/// word, for options whose value stands apart.
pub fn translate(option: &str, next: impl FnOnce() -> Option<String>) -> Option<Vec<String>> {
    if let Some((_, words)) = WHOLE.iter().find(|(whole, _)| *whole == option) {
        return Some(words.iter().map(|word| (*word).to_owned()).collect());
    }
    let fitting = WITH_VALUE.iter().filter(|(name, _)| option.starts_with(name));
    let (name, value) = fitting.max_by_key(|(name, _)| name.len())?;
    let joined = option[name.len()..].trim_start_matches(':');
    if *value == Value::Ignored {
        return Some(Vec::new());
    }
    let text = if joined.is_empty() { next()? } else { joined.to_owned() };
    Some(match *value {
        Value::Joined("-I") => vec![format!("-I{}", path(&text))],
        Value::Joined(gcc) => vec![format!("{gcc}{}", definition(name, &text))],
        Value::Apart(gcc) => vec![gcc.to_owned(), path(&text)],
        Value::Language(language) => {
            ["-x", language, &text, "-x", "none"].map(str::to_owned).to_vec()
        }
        Value::Ignored => Vec::new(),
    })
}

/// Folders are told apart by slashes here.
fn path(text: &str) -> String {
    text.replace('\\', "/")
}

/// `/DNAME#VALUE` is an older way to write `/DNAME=VALUE`.
fn definition(option: &str, text: &str) -> String {
    match text.find(['=', '#']) {
        Some(at) if option == "/D" && text[at..].starts_with('#') => text.replacen('#', "=", 1),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn microsofts_options() {
        for (option, gcc) in [
            ("/Iinclude", Some("-Iinclude")),
            ("/I../inc", Some("-I../inc")),
            ("/I..\\inc", Some("-I../inc")),
            ("/I/usr/local/include", Some("-I/usr/local/include")),
            ("/I", Some("-INEXT")),
            ("/DNDEBUG", Some("-DNDEBUG")),
            ("/D", Some("-DNEXT")),
            ("/DX=1", Some("-DX=1")),
            ("/DX#1", Some("-DX=1")),
            ("/DX=a#b", Some("-DX=a#b")),
            ("/UX", Some("-UX")),
            ("/Feapp.exe", Some("/Fe app.exe")),
            ("/Fe:app.exe", Some("/Fe app.exe")),
            ("/Fe:", Some("/Fe NEXT")),
            ("/Fox.obj", Some("/Fo x.obj")),
            ("/FIpre.h", Some("-include pre.h")),
            ("/external:Ithird", Some("-isystem third")),
            ("/external:W0", Some("")),
            ("/Tcx.txt", Some("-x c x.txt -x none")),
            ("/EHsc", Some("")),
            ("/W3", Some("-Wall")),
            ("/WX", Some("-Werror")),
            ("/wd4996", Some("")),
            ("/w34100", Some("")),
            ("/O2", Some("-O2")),
            ("/Ob2", Some("")),
            ("/std:c++20", Some("-std=gnu++20")),
            ("/c", Some("-c")),
            ("/nologo", Some("")),
            ("/MD", Some("")),
            ("/MDd", Some("-D_DEBUG")),
            ("/Zi", Some("-g")),
            ("/Zc:wchar_t", Some("")),
            ("/fp:fast", Some("-ffast-math")),
            ("/fp:precise", Some("")),
            ("/std:c++97", None),
            ("/tmp", None),
            ("/home/me/x.c", None),
            ("/", None),
        ] {
            let said = translate(option, || Some("NEXT".to_owned())).map(|words| words.join(" "));
            assert_eq!(said.as_deref(), gcc, "{option}");
        }
    }

    #[test]
    fn no_option_is_in_a_table_twice() {
        let mut names: Vec<_> = WHOLE.iter().map(|(name, _)| name).collect();
        names.extend(WITH_VALUE.iter().map(|(name, _)| name));
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
