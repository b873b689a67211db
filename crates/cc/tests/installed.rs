//! From an installed prefix, outside the checkout: the driver, pkg-config and CMake build programs that run.

mod common;

use common::{Folder, Installation, built, compilers, present, root};
use std::path::Path;

const PORT_SAYS: &str =
    "connected, key 42, 21 bytes sent\nthe listener received \"Hello from ConnectEx\"\n";
const EVENT_SAYS: &str =
    "connected for 0 s, 21 bytes sent\nthe listener received \"Hello from ConnectEx\"\n";
const PROJECT_SAYS: &str = "6 bytes: echo 5\n";
const PROJECT: [&str; 6] = [
    "crates/cc/tests/project/CMakeLists.txt",
    "examples/project/echo.rc",
    "examples/project/main.cpp",
    "examples/project/text.cpp",
    "examples/project/transport.c",
    "examples/project/transport.h",
];

/// The library that a program loads is the installed one, found without help.
#[track_caller]
fn loads_the_installed_library(folder: &Folder, prefix: &Path, program: &str) {
    let loaded = folder.good(prefix, &format!("ldd {program}"));
    let wanted = format!("liblinsock.so.0 => {}/lib/liblinsock.so.0", prefix.display());
    assert!(loaded.contains(&wanted), "{program}: {loaded}");
}

#[test]
fn the_driver_builds_programs_that_run() {
    let installation = Installation::new();
    let prefix = installation.prefix();
    let folder = Folder::new("driver");
    folder.copy(&["examples/c/connectex_port.c", "examples/c/connectex_event.c"]);
    folder.copy(&PROJECT);
    for cc in compilers() {
        let flags = format!("--cc={cc} -Wall -Wextra -Werror -O1");
        folder.good(prefix, &format!("linsock-cc {flags} connectex_port.c -o port.exe -lws2_32"));
        folder.says(prefix, "./port.exe", PORT_SAYS);
        loads_the_installed_library(&folder, prefix, "port.exe");

        let event = "/nologo /O1 /I . connectex_event.c /Fe:event /link ws2_32.lib";
        folder.good(prefix, &format!("linsock cc --cc={cc} {event}"));
        folder.says(prefix, "./event", EVENT_SAYS);

        let project = "linsock-cc CC -DTRANSPORT_EXPORTS -c transport.c && \
                       linsock-c++ CC -std=c++17 main.cpp text.cpp transport.o -o project";
        folder.good(prefix, &project.replace("CC", &format!("--cc={cc}")));
        folder.says(prefix, "./project", PROJECT_SAYS);
        loads_the_installed_library(&folder, prefix, "project");

        folder.good(
            prefix,
            &format!("linsock-cc {flags} --static-linsock connectex_port.c -o static"),
        );
        folder.says(prefix, "./static", PORT_SAYS);
        let loaded = folder.good(prefix, "ldd static");
        assert!(!loaded.contains("liblinsock"), "{loaded}");

        // In two steps, and with the objects' names in a file.
        let steps = "linsock-cc CC -c connectex_port.c -o port.obj && echo 'port.obj -lws2_32' >objects.rsp && \
                     linsock-cc CC @objects.rsp -o steps";
        folder.good(prefix, &steps.replace("CC", &format!("--cc={cc}")));
        folder.says(prefix, "./steps", PORT_SAYS);
    }
    let shown = folder.good(prefix, "linsock-cc --show x.c");
    let checkout = root().display().to_string();
    assert!(shown.contains(&prefix.display().to_string()), "{shown}");
    assert!(!shown.contains(&checkout), "the build tree is on the path: {shown}");
}

#[test]
fn a_checkout_needs_no_installation() {
    let release = built();
    let folder = Folder::new("checkout");
    folder.copy(&["examples/c/connectex_port.c"]);
    folder.copy(&PROJECT);
    folder.copy(&["examples/project/CMakeLists.txt"]);
    let at = release.display();
    folder.good(&release, &format!("{at}/linsock-cc connectex_port.c -o port -lws2_32"));
    folder.says(&release, "./port", PORT_SAYS);
    folder.good(&release, &format!("ln -s {at}/linsock-c++ moved && ./moved -c text.cpp"));
    if present("cmake") && release == root().join("target/release") {
        let file = root().join("cmake/linsock-toolchain.cmake");
        let configure = format!("cmake -S . -B build -DCMAKE_TOOLCHAIN_FILE={}", file.display());
        folder.good(&release, &format!("{configure} && cmake --build build"));
        folder.says(&release, "build/echo", PROJECT_SAYS);
    }
}

#[test]
fn what_the_driver_cannot_do_it_says_with_the_remedy() {
    let installation = Installation::new();
    let prefix = installation.prefix();
    let folder = Folder::new("errors");
    folder.copy(&["examples/c/connectex_port.c"]);
    let fails = |line: &str| {
        let output = folder.run(prefix, line);
        assert!(!output.status.success(), "{line} succeeds");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let absent = "printf '#include <winsock2.h>\\nint NoSuchFunction(int);\\n\
                  int main(void) { return NoSuchFunction(1); }\\n' >absent.c";
    folder.good(prefix, absent);
    assert!(fails("linsock-cc absent.c -lws2_32").contains("NoSuchFunction"));
    assert!(fails("linsock-cc --cc=no-such-compiler x.c").contains("--cc=COMPILER"));
    assert!(fails("linsock-cc /nowhere x.c").contains("/nowhere is no file"));
    folder.good(prefix, "mv $PREFIX/lib $PREFIX/elsewhere");
    let message = fails("linsock-cc connectex_port.c");
    assert!(message.contains("liblinsock.so was not found in"), "{message}");
    assert!(message.contains("LINSOCK_PREFIX"), "{message}");
    folder.good(prefix, "linsock-cc -c connectex_port.c");
    folder.good(prefix, "mv $PREFIX/include $PREFIX/headers");
    let message = fails("linsock-cc -c connectex_port.c");
    assert!(message.contains("winsock2.h was not found in"), "{message}");
    // Nothing is needed to ask the compiler about itself.
    assert!(folder.good(prefix, "linsock-cc --version").contains("linsock-cc 0."));
    folder.good(prefix, "linsock-cc -dumpmachine");
}

/// Whatever is said about warnings: a program for Windows cannot help them.
#[test]
fn pragmas_of_microsofts_compiler_bring_no_warning() {
    let installation = Installation::new();
    let prefix = installation.prefix();
    let folder = Folder::new("pragmas");
    let source = "#pragma comment(lib, \"ws2_32.lib\")\n#pragma warning(push)\n#pragma warning(disable: 4996)\n\
                  #include <winsock2.h>\n#pragma warning(pop)\n#pragma intrinsic(memcpy)\n\
                  #pragma region main\nint main(void) { return 0; }\n#pragma endregion\n";
    for name in ["pragmas.c", "pragmas.cpp"] {
        std::fs::write(folder.0.join(name), source).expect("a source can be written");
    }
    let flags = "-Wall -Wextra -Werror -c";
    for cc in compilers() {
        folder.good(prefix, &format!("linsock-cc --cc={cc} {flags} pragmas.c"));
        folder.good(prefix, &format!("linsock-c++ --cc={cc} {flags} pragmas.cpp"));
        if present("pkg-config") {
            let find = "PKG_CONFIG_PATH=$PREFIX/lib/pkgconfig pkg-config --cflags linsock";
            folder.good(prefix, &format!("{cc} $({find}) {flags} pragmas.c"));
        }
        if present("cmake") {
            let project = "cmake_minimum_required(VERSION 3.20)\nproject(pragmas C CXX)\n\
                           add_compile_options(-Wall -Wextra -Werror)\n\
                           add_executable(one pragmas.c)\nadd_executable(two pragmas.cpp)\n";
            std::fs::write(folder.0.join("CMakeLists.txt"), project).expect("it can be written");
            let toolchain = "$PREFIX/lib/cmake/linsock/linsock-toolchain.cmake";
            folder.good(
                prefix,
                &format!(
                    "cmake -S . -B {cc} -DCMAKE_TOOLCHAIN_FILE={toolchain} -DLINSOCK_COMPILER={cc} && \
                     cmake --build {cc}"
                ),
            );
        }
    }
}

/// What linsock orders is no race, what nothing orders is one.
#[test]
fn thread_sanitizer_sees_what_the_library_orders() {
    let installation = Installation::new();
    let prefix = installation.prefix();
    let folder = Folder::new("threads");
    folder.copy(&["crates/cc/tests/threads/ordered.cpp", "crates/cc/tests/threads/unordered.cpp"]);
    folder.copy(&["examples/c/connectex_port.c"]);
    let flags = "-g -O1 -Wall -Wextra -Werror -fsanitize=thread";
    folder.good(prefix, &format!("linsock-c++ {flags} ordered.cpp -o ordered"));
    folder.says(prefix, "./ordered", "ordered by 8 ways\n");
    folder.good(prefix, &format!("linsock-cc {flags} connectex_port.c -o port"));
    folder.says(prefix, "./port", PORT_SAYS);
    folder.good(prefix, &format!("linsock-c++ {flags} unordered.cpp -o unordered"));
    let output = folder.run(prefix, "./unordered");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && errors.contains("data race"), "{errors}");

    // The functions that the linker leads elsewhere are those that are there.
    let defined = "linsock-cc -fsanitize=thread -c $PREFIX/include/linsock/linsock/tsan.c -o tsan.o && \
                   nm tsan.o | sed -n 's/.* [Tt] __wrap_//p' | LC_ALL=C sort";
    let led = "linsock-cc --show -fsanitize=thread x.o | tr ' ' '\\n' | sed -n 's/-Wl,--wrap=//p' | LC_ALL=C sort";
    assert_eq!(folder.good(prefix, led), folder.good(prefix, defined));
    let refused = folder.run(prefix, "linsock-cc -fsanitize=thread --static-linsock x.o");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("needs the shared library"));
}

#[test]
fn pkg_config_gives_what_the_driver_adds() {
    if !present("pkg-config") {
        return;
    }
    let installation = Installation::new();
    let prefix = installation.prefix();
    let folder = Folder::new("pkg-config");
    folder.copy(&["examples/c/connectex_port.c"]);
    let find = "export PKG_CONFIG_PATH=$PREFIX/lib/pkgconfig; ";
    for compiler in compilers() {
        let line =
            "$(pkg-config --cflags linsock) connectex_port.c -o port $(pkg-config --libs linsock)";
        folder.good(prefix, &format!("{find} {compiler} -Wall -Wextra -Werror {line}"));
        folder.says(prefix, "./port", PORT_SAYS);
        loads_the_installed_library(&folder, prefix, "port");
    }
    let windows = "gcc $(pkg-config --cflags linsock) connectex_port.c -o port \
                   -L$(pkg-config --variable=windowslibdir linsock) -lws2_32 -lmswsock $(pkg-config --libs linsock)";
    folder.good(prefix, &format!("{find} {windows}"));
    folder.says(prefix, "./port", PORT_SAYS);
    let words = |text: String| {
        let mut words: Vec<_> = text.split_whitespace().map(str::to_owned).collect();
        words.sort();
        words.dedup();
        words
    };
    let said = folder.good(prefix, &format!("{find} pkg-config --cflags --libs linsock"));
    let shown = folder.good(prefix, "linsock-cc --show x.o x.c");
    let mut shown = words(shown);
    shown.retain(|word| !["gcc", "x.c", "x.o"].contains(&word.as_str()));
    assert_eq!(words(said), shown);
}

#[test]
fn a_project_for_windows_is_built_by_cmake_unchanged() {
    if !present("cmake") {
        return;
    }
    let installation = Installation::new();
    let prefix = installation.prefix();
    let mut ways = vec![("Unix Makefiles", "gcc")];
    if present("ninja") {
        ways.push(("Ninja", "gcc"));
    }
    if present("clang") {
        ways.push(("Unix Makefiles", "clang"));
    }
    for (generator, compiler) in ways {
        let folder = Folder::new("cmake");
        folder.copy(&PROJECT);
        let configure = "cmake -S . -B build -DCMAKE_BUILD_TYPE=Release \
             -DCMAKE_TOOLCHAIN_FILE=$PREFIX/lib/cmake/linsock/linsock-toolchain.cmake";
        folder.good(prefix, &format!("{configure} -G '{generator}' -DLINSOCK_COMPILER={compiler}"));
        folder.good(prefix, "cmake --build build");
        folder.says(prefix, "build/echo", PROJECT_SAYS);
        loads_the_installed_library(&folder, prefix, "build/echo");
        folder.good(prefix, "cd build && ctest --output-on-failure");
        folder.good(prefix, "cmake --install build --prefix $PWD/out");
        let mut installed = folder.tree();
        installed.retain(|name| name.starts_with("out/") && folder.0.join(name).is_file());
        assert_eq!(installed, ["out/bin/echo", "out/lib/libtransport.so"], "{generator}");
    }
}

#[test]
fn a_project_of_linux_finds_the_package() {
    if !present("cmake") {
        return;
    }
    let installation = Installation::new();
    let prefix = installation.prefix();
    let folder = Folder::new("package");
    folder.copy(&PROJECT);
    folder.copy(&["crates/cc/tests/package/CMakeLists.txt"]);
    folder.good(prefix, "cmake -S . -B build -DCMAKE_PREFIX_PATH=$PREFIX && cmake --build build");
    folder.says(prefix, "build/shared", PROJECT_SAYS);
    loads_the_installed_library(&folder, prefix, "build/shared");
    folder.says(prefix, "build/static", PROJECT_SAYS);
    let output = folder.run(
        prefix,
        "sed -i 's/linsock 0.1/linsock 7.0/' CMakeLists.txt && cmake -S . -B other -DCMAKE_PREFIX_PATH=$PREFIX",
    );
    assert!(!output.status.success(), "version 7.0 was found");
}
