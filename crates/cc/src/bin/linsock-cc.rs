//! gcc for C source that is written for Windows.

fn main() -> std::process::ExitCode {
    linsock_cc::main("linsock-cc", linsock_cc::Language::C, std::env::args_os().skip(1))
}
