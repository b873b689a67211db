#!/bin/sh
# Installs linsock under a prefix, or removes what was installed.
#
#     ./install.sh [--prefix /usr/local] [--destdir DIR] [--no-build] [--strip]
#     ./install.sh --uninstall [--prefix /usr/local] [--destdir DIR]
#
# DESTDIR may be in the environment, too. What was installed is listed in PREFIX/share/linsock/manifest; an installation over
# another one removes that first.
set -eu
cd "$(dirname "$0")"

prefix=/usr/local
destdir=${DESTDIR:-}
build=yes
strip=no
task=install

usage() {
    sed -n '2,8s/^# \{0,1\}//p' install.sh
}

while [ $# -gt 0 ]; do
    case $1 in
        --prefix=* | --destdir=*) option=${1%%=*} value=${1#*=} ;;
        --prefix | --destdir)
            [ $# -gt 1 ] || { echo "install.sh: $1 needs a folder" >&2; exit 2; }
            option=$1 value=$2
            shift
            ;;
        *) option=$1 value= ;;
    esac
    case $option in
        --prefix) prefix=$value ;;
        --destdir) destdir=$value ;;
        --no-build) build=no ;;
        --strip) strip=yes ;;
        --uninstall) task=uninstall ;;
        --help) usage; exit 0 ;;
        *) echo "install.sh: $1 is unknown; --help lists what is known" >&2; exit 2 ;;
    esac
    shift
done
case $prefix in
    /*) ;;
    *) echo "install.sh: the prefix has to begin with a slash: $prefix" >&2; exit 2 ;;
esac

root=$destdir${prefix%/}
manifest=$root/share/linsock/manifest

# Removes the files of the manifest, then the folders that the installation made, if they are empty: the inner ones first.
uninstall() {
    files=$(sed -n 's/^f //p' "$manifest")
    folders=$(sed -n 's/^d //p' "$manifest" | LC_ALL=C sort -r)
    for file in $files; do
        rm -f "$root/$file"
    done
    for folder in $folders; do
        rmdir "$root/${folder#.}" 2>/dev/null || true
    done
}

if [ $task = uninstall ]; then
    if [ ! -f "$manifest" ]; then
        echo "install.sh: there is no $manifest: linsock was not installed there by this program" >&2
        exit 1
    fi
    uninstall
    echo "removed from $root"
    exit 0
fi

if [ $build = yes ]; then
    # Apart, so that the library's exports are not in the tools.
    cargo build --release -p linsock-dll
    cargo build --release -p linsock-cli -p linsock-cc
fi
built=${CARGO_TARGET_DIR:-target}/release
version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
for file in liblinsock.so liblinsock.a linsock linsock-cc linsock-cxx; do
    if [ ! -f "$built/$file" ]; then
        echo "install.sh: $built/$file is not built: leave --no-build out" >&2
        exit 1
    fi
done
if [ -f "$manifest" ]; then
    uninstall
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
list=$work/manifest
: >"$list"

# folder NAME: makes it, and every folder above it that is not there, and remembers which.
folder() {
    if [ ! -d "$root/$1" ]; then
        case $1 in
            */*) folder "${1%/*}" ;;
            .) ;;
            *) folder . ;;
        esac
        mkdir -p "$root/$1"
        echo "d $1" >>"$list"
    fi
}

# put MODE FROM TO: one file.
put() {
    folder "$(dirname "$3")"
    install -m "$1" "$2" "$root/$3"
    echo "f $3" >>"$list"
}

# link TO NAME
link() {
    ln -sfn "$1" "$root/$2"
    echo "f $2" >>"$list"
}

for header in $(cd include && find . -type f | LC_ALL=C sort); do
    put 644 "include/$header" "include/linsock/${header#./}"
done

put 755 "$built/liblinsock.so" "lib/liblinsock.so.$version"
link "liblinsock.so.$version" lib/liblinsock.so.0
link liblinsock.so.0 lib/liblinsock.so
put 644 "$built/liblinsock.a" lib/liblinsock.a

# CMake's find_library, and compilers that are called without the driver, find Windows' names for what is in liblinsock.
echo 'INPUT(-llinsock)' >"$work/script"
for library in advapi32 bcrypt iphlpapi kernel32 mswsock ntdll user32 ws2_32 wsock32; do
    put 644 "$work/script" "lib/linsock/lib$library.so"
done

put 755 "$built/linsock" bin/linsock
put 755 "$built/linsock-cc" bin/linsock-cc
put 755 "$built/linsock-cxx" bin/linsock-c++
if [ $strip = yes ]; then
    strip --strip-unneeded "$root/lib/liblinsock.so.$version" "$root/bin/linsock" "$root/bin/linsock-cc" \
        "$root/bin/linsock-c++"
    strip --strip-debug "$root/lib/liblinsock.a"
fi

# Programs find the library under a prefix that the system does not know, too.
case $prefix in
    /usr | /usr/) rpath= ;;
    *) rpath='-Wl,-rpath,${libdir} ' ;;
esac

# filled FROM: the template with its gaps filled in.
filled() {
    sed "s|@VERSION@|$version|g; s|@PREFIX@|${prefix%/}|g; s|@RPATH@|$rpath|g" "$1" >"$work/filled"
    echo "$work/filled"
}
put 644 "$(filled pkgconfig/linsock.pc.in)" lib/pkgconfig/linsock.pc
put 644 "$(filled cmake/linsockConfigVersion.cmake.in)" lib/cmake/linsock/linsockConfigVersion.cmake
for file in cmake/*.cmake; do
    put 644 "$file" "lib/cmake/linsock/${file#cmake/}"
done

"$built/linsock" man "$work/man"
# The page of linsock-cc is written by hand, and is that of linsock-c++, too.
put 644 "$(filled man/linsock-cc.1.in)" share/man/man1/linsock-cc.1
link linsock-cc.1 share/man/man1/linsock-c++.1
rm -f "$work/man/linsock-cc.1" "$work/man/linsock-c++.1"
for page in "$work"/man/*.1; do
    put 644 "$page" "share/man/man1/${page##*/}"
done
for page in README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE docs/porting.md; do
    put 644 "$page" "share/doc/linsock/${page#docs/}"
done

put 644 .ci/valgrind.supp share/linsock/valgrind.supp
echo 'f share/linsock/manifest' >>"$list"
install -m 644 "$list" "$manifest"
echo "installed under $root"
case $prefix in
    /usr | /usr/local) [ -n "$destdir" ] || ldconfig 2>/dev/null || true ;;
esac
