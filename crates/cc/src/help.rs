//! What the driver says about itself.

/// The text of `--help`.
pub fn text(name: &str) -> String {
    let (compiler, source) = if name.ends_with("c++") { ("g++", "x.cpp") } else { ("gcc", "x.c") };
    format!(
        "\
{name}: {compiler} for source that is written for Windows' sockets

usage: {name} [OPTIONS OF {name}] [OPTIONS OF THE COMPILER] FILES

Everything is passed on to {compiler}. The headers of linsock and what makes a program a Windows
program (_WIN32, _WIN64) are added where something is compiled, the library where it is linked.

  --cc=COMPILER      another compiler, such as clang or gcc-14
  --show             print the compiler's command line instead of running it
  --static-linsock   link liblinsock.a
  --version          of the compiler, and of this program
  --help             this text

Windows' spellings are understood:
  -lws2_32 -lmswsock -lkernel32 ...   and ws2_32.lib, /DEFAULTLIB:ws2_32: liblinsock has it all
  /I /D /U /FI /Fe /Fo /c /LD /O2 /Zi /W3 /EHsc /std:c++20 /MD /nologo ... /link /OUT: /LIBPATH:
                                      a word with a slash that names a file stays a file
  -municode                           defines UNICODE
  -mconsole -mwindows                 say nothing here
  -static                             every library but the system's is linked statically

LINSOCK_PREFIX names the prefix that linsock is installed in, or a checkout of it, where {name}
was moved away from both.

examples:
  {name} {source} -o app -lws2_32
  {name} /nologo /W3 /O2 {source} /Fe:app /link ws2_32.lib
  {name} --cc=clang -fsanitize=address -g {source}
"
    )
}
