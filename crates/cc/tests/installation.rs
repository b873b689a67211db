//! One command installs and one removes, the manifest says what, and a Debian package holds the same.

mod common;

use common::{Folder, Installation, present, root, script};
use std::fs;
use std::path::Path;

/// What every installation has, whatever else.
const WANTED: [&str; 19] = [
    "bin/linsock",
    "bin/linsock-c++",
    "bin/linsock-cc",
    "include/linsock/WinSock2.h",
    "include/linsock/linsock/prelude.h",
    "include/linsock/mswsock.h",
    "include/linsock/sys/socket.h",
    "include/linsock/winsock2.h",
    "lib/cmake/linsock/linsock-platform.cmake",
    "lib/cmake/linsock/linsock-toolchain.cmake",
    "lib/cmake/linsock/linsockConfig.cmake",
    "lib/cmake/linsock/linsockConfigVersion.cmake",
    "lib/liblinsock.a",
    "lib/liblinsock.so",
    "lib/liblinsock.so.0",
    "lib/pkgconfig/linsock.pc",
    "share/man/man1/linsock-c++.1",
    "share/man/man1/linsock-cc.1",
    "share/man/man1/linsock.1",
];

#[test]
fn what_is_installed_is_complete_and_removed_again() {
    let folder = Folder::new("remove");
    let prefix = folder.0.join("opt/linsock");
    let named = prefix.display().to_string();
    script(&["install.sh", "--no-build", "--prefix", &named]);
    let here = Folder::new("elsewhere");
    let tree = folder.tree();
    for wanted in WANTED {
        assert!(tree.contains(&format!("opt/linsock/{wanted}")), "{wanted} is missing");
    }
    let headers = here.good(&root(), "find $PREFIX/include -type f | wc -l");
    let installed = here.good(&prefix, "find $PREFIX/include -type f | wc -l");
    assert_eq!(headers, installed);
    let version = env!("CARGO_PKG_VERSION");
    let target = |name: &str| {
        let target = fs::read_link(prefix.join("lib").join(name));
        target.unwrap_or_else(|error| panic!("{name}: {error}")).display().to_string()
    };
    assert_eq!(target("liblinsock.so"), "liblinsock.so.0");
    assert_eq!(target("liblinsock.so.0"), format!("liblinsock.so.{version}"));
    let dynamic = here.good(&prefix, "readelf -d $PREFIX/lib/liblinsock.so");
    assert!(dynamic.contains("soname: [liblinsock.so.0]"), "{dynamic}");

    // Once more over the first, which goes with what it had and the second has not.
    let manifest = prefix.join("share/linsock/manifest");
    let listed = fs::read_to_string(&manifest).expect("the manifest is there");
    fs::write(&manifest, listed + "f lib/of-an-older-version\n").expect("it can be written");
    fs::write(prefix.join("lib/of-an-older-version"), "").expect("a file can be made");
    script(&["install.sh", "--no-build", "--prefix", &named]);
    assert_eq!(folder.tree(), tree);

    // What others put there stays.
    fs::write(prefix.join("bin/other"), "").expect("a file can be made");
    script(&["install.sh", "--uninstall", "--prefix", &named]);
    assert_eq!(folder.tree(), ["opt", "opt/linsock", "opt/linsock/bin", "opt/linsock/bin/other"]);
    fs::remove_dir_all(folder.0.join("opt")).expect("it can be removed");

    fs::create_dir_all(&prefix).expect("a folder can be made");
    script(&["install.sh", "--no-build", "--prefix", &named]);
    script(&["install.sh", "--uninstall", "--prefix", &named]);
    assert_eq!(folder.tree(), ["opt", "opt/linsock"], "nothing but the prefix is left");
}

#[test]
fn an_installation_can_be_staged() {
    let stage = Folder::new("stage");
    let named = stage.0.display().to_string();
    script(&["install.sh", "--no-build", "--prefix=/usr", "--destdir", &named]);
    assert!(stage.0.join("usr/bin/linsock-cc").exists());
    // No file knows where it was put.
    let found = stage.run(Path::new("/"), "grep -rIl \"$PWD\" usr");
    assert_eq!(String::from_utf8_lossy(&found.stdout), "");
    script(&["install.sh", "--uninstall", "--prefix=/usr", "--destdir", &named]);
    assert!(stage.tree().is_empty(), "{:?}", stage.tree());
}

#[test]
fn manual_pages_are_well_formed() {
    let installation = Installation::new();
    if !present("man") {
        return;
    }
    for page in ["linsock", "linsock-cc", "linsock-connect"] {
        let line =
            format!("MANROFFSEQ= MANWIDTH=80 man --warnings -l $PREFIX/share/man/man1/{page}.1");
        let output = installation.0.run(installation.prefix(), &line);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("NAME"), "{page}: {said}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{page}");
    }
}

#[test]
fn a_debian_package_holds_the_same_and_works() {
    if !present("dpkg-deb") {
        return;
    }
    let folder = Folder::new("debian");
    let named = folder.0.display().to_string();
    script(&["packaging/debian.sh", &named, "--no-build"]);
    let version = env!("CARGO_PKG_VERSION");
    let package = format!("linsock_{version}_$(dpkg --print-architecture).deb");
    let system = Path::new("/");
    let contents = folder.good(system, &format!("dpkg-deb --contents {package}"));
    for wanted in WANTED {
        // Manual pages are compressed there.
        let wanted = format!(" ./usr/{}", wanted.replace(".1", ".1.gz"));
        assert!(
            contents.lines().any(|line| line.contains("root/root") && line.contains(&wanted)),
            "{wanted} is missing in\n{contents}"
        );
    }
    assert!(!contents.contains("manifest"), "{contents}");
    let control = folder.good(system, &format!("dpkg-deb --field {package}"));
    for wanted in [
        "Package: linsock".to_owned(),
        format!("Version: {version}"),
        "Depends: libc6 (>= 2.".to_owned(),
    ] {
        assert!(control.contains(&wanted), "{wanted} is missing in\n{control}");
    }

    folder.good(system, &format!("dpkg -x {package} tree"));
    folder.copy(&["examples/c/connectex_port.c"]);
    let usr = folder.0.join("tree/usr");
    folder.good(&usr, "linsock-cc -Wall -Wextra -Werror connectex_port.c -o port -lws2_32");
    folder.says(
        &usr,
        "./port",
        "connected, key 42, 21 bytes sent\nthe listener received \"Hello from ConnectEx\"\n",
    );

    // What the example's Dockerfile runs and copies, with the package's tree in the container's place.
    if !present("cmake") {
        return;
    }
    folder.good(system, &format!("cp -r {}/examples/project src", root().display()));
    let dockerfile = fs::read_to_string(root().join("examples/project/Dockerfile"));
    let dockerfile = dockerfile.expect("the Dockerfile is there").replace("\\\n", " ");
    let commands = dockerfile.lines().filter_map(|line| line.strip_prefix("RUN cmake "));
    assert_eq!(commands.clone().count(), 3, "{dockerfile}");
    for command in commands {
        let moved = ["/src", "/build", "/out"].iter().fold(command.to_owned(), |text, path| {
            text.replace(&format!(" {path}"), &format!(" $PWD{path}"))
        });
        folder.good(&usr, &format!("cmake {}", moved.replace("=/usr/", "=$PREFIX/")));
    }
    for copied in [
        "COPY --from=build /usr/lib/liblinsock.so.0 /usr/lib/",
        "COPY --from=build /out /usr/local",
    ] {
        assert!(dockerfile.contains(copied), "{copied} is missing");
    }
    folder.good(&usr, "mkdir image && cp -L $PREFIX/lib/liblinsock.so.0 image && cp -r out image");
    folder.good(&usr, "rm -r tree build src");
    let program = "LD_LIBRARY_PATH=image:image/out/lib image/out/bin/echo";
    folder.says(&usr, program, "6 bytes: echo 5\n");
}
