//! g++ for C++ source that is written for Windows.

fn main() -> std::process::ExitCode {
    linsock_cc::main("linsock-c++", linsock_cc::Language::Cxx, std::env::args_os().skip(1))
}
