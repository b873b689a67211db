# Where linsock is comes from pkg-config: PKG_CONFIG_PATH names a prefix that it does not know.
import shlex
import subprocess

from setuptools import Extension, setup


def linsock(what):
    return shlex.split(subprocess.check_output(["pkg-config", what, "linsock"], text=True))


setup(
    ext_modules=[
        Extension(
            "connectex",
            ["connectex.c"],
            # The headers, and not all of --cflags: Python's own must not take this for Windows.
            include_dirs=linsock("--variable=includedir"),
            extra_link_args=linsock("--libs"),
        )
    ]
)
