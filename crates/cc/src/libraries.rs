//! The libraries of Windows by name. What linsock has of them is all in liblinsock; a function that it has not is an
//! undefined reference by its own name, whichever library was asked for.

/// Names without `lib` and `.lib`, in lower case and in order.
const WINDOWS: &[&str] = &[
    "advapi32",
    "avrt",
    "bcrypt",
    "cfgmgr32",
    "comctl32",
    "comdlg32",
    "credui",
    "crypt32",
    "dbghelp",
    "delayimp",
    "dnsapi",
    "fwpuclnt",
    "gdi32",
    "imm32",
    "iphlpapi",
    "kernel32",
    "legacy_stdio_definitions",
    "libcmt",
    "libcmtd",
    "libcpmt",
    "libcpmtd",
    "libucrt",
    "libucrtd",
    "libvcruntime",
    "mingw32",
    "mingwex",
    "moldname",
    "mpr",
    "msvcprt",
    "msvcprtd",
    "msvcrt",
    "msvcrtd",
    "mswsock",
    "ncrypt",
    "netapi32",
    "normaliz",
    "ntdll",
    "odbc32",
    "odbccp32",
    "ole32",
    "oleaut32",
    "oldnames",
    "onecore",
    "pdh",
    "powrprof",
    "psapi",
    "rpcrt4",
    "runtimeobject",
    "secur32",
    "setupapi",
    "shell32",
    "shlwapi",
    "synchronization",
    "ucrt",
    "ucrtd",
    "user32",
    "userenv",
    "uuid",
    "uxtheme",
    "vcruntime",
    "vcruntimed",
    "version",
    "winhttp",
    "wininet",
    "winmm",
    "winspool",
    "wldap32",
    "ws2_32",
    "wsock32",
    "wtsapi32",
];

/// What stands for a library on the command line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Library {
    /// One of Windows: liblinsock is linked in its place.
    Windows,
    /// Another one, as gcc spells it.
    Other(String),
}

/// The library of a name such as `ws2_32`, `Ws2_32.lib` or `winspool.drv`.
pub fn named(name: &str) -> Library {
    let lower = name.to_ascii_lowercase();
    let stem = [".lib", ".drv", ".dll"].iter().find_map(|end| lower.strip_suffix(end));
    let stem = stem.unwrap_or(&lower);
    if WINDOWS.contains(&stem) {
        return Library::Windows;
    }
    // The case of a name that is not Windows' own counts here.
    let own = if lower.ends_with(".lib") { &name[..name.len() - 4] } else { name };
    Library::Other(format!("-l{own}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_windows_libraries_are_known_in_every_spelling() {
        for name in ["ws2_32", "WS2_32", "Ws2_32.lib", "mswsock.LIB", "winspool.drv", "ntdll"] {
            assert_eq!(named(name), Library::Windows, "{name}");
        }
        for (name, gcc) in [("m", "-lm"), ("Foo.lib", "-lFoo"), ("ws2", "-lws2"), ("z", "-lz")] {
            assert_eq!(named(name), Library::Other(gcc.to_owned()));
        }
    }
}
