//! liblinsock.so and liblinsock.a: the functions of `linsock-sys` under their C names.

// Nothing here uses it by name; this links it, and with it what it exports.
extern crate linsock_sys as _;
