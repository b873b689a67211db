#!/bin/sh
# Makes a Debian package of what install.sh installs under /usr.
#
#     packaging/debian.sh [FOLDER] [OPTIONS OF install.sh]
#
# FOLDER is where linsock_VERSION_ARCHITECTURE.deb is put, target/debian if none is given.
set -eu
cd "$(dirname "$0")/.."

folder=${CARGO_TARGET_DIR:-target}/debian
if [ $# -gt 0 ]; then
    folder=$1
    shift
fi
version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
architecture=$(dpkg --print-architecture)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
chmod 755 "$tree"

./install.sh --prefix /usr --destdir "$tree" --strip "$@"
# dpkg keeps its own list.
rm "$tree/usr/share/linsock/manifest"
mv "$tree/usr/share/doc/linsock/LICENSE-MIT" "$tree/usr/share/doc/linsock/copyright"
cat "$tree/usr/share/doc/linsock/LICENSE-APACHE" >>"$tree/usr/share/doc/linsock/copyright"
rm "$tree/usr/share/doc/linsock/LICENSE-APACHE"
gzip -9n "$tree/usr/share/doc/linsock/CHANGELOG.md"
for page in "$tree"/usr/share/man/man1/*.1; do
    if [ -L "$page" ]; then
        ln -s "$(readlink "$page").gz" "$page.gz"
        rm "$page"
    else
        gzip -9n "$page"
    fi
done

# The newest symbol that is taken from the C library says which one is needed.
libc=$(objdump -T "$tree/usr/lib/liblinsock.so.$version" "$tree"/usr/bin/* | grep -o 'GLIBC_[0-9.]*' |
    sed 's/GLIBC_//' | sort -uV | tail -n 1)
mkdir "$tree/DEBIAN"
cat >"$tree/DEBIAN/control" <<CONTROL
Package: linsock
Version: $version
Architecture: $architecture
Maintainer: The linsock project <linsock@localhost>
Section: libdevel
Priority: optional
Installed-Size: $(du -sk "$tree/usr" | cut -f 1)
Depends: libc6 (>= $libc), libgcc-s1
Recommends: gcc | clang, libc6-dev
Suggests: g++, cmake, pkg-config, valgrind
Description: Winsock's overlapped I/O, native on Linux
 Programs written for Windows' completion ports compile and run on Linux:
 Windows' headers, the library, the compiler drivers linsock-cc and
 linsock-c++, files for CMake and pkg-config, and the command linsock.
CONTROL
echo 'activate-noawait ldconfig' >"$tree/DEBIAN/triggers"

mkdir -p "$folder"
# A low level: the archive is large, and the last tenth of its size takes most of the time.
dpkg-deb --root-owner-group -z1 --build "$tree" "$folder/linsock_${version}_$architecture.deb"
