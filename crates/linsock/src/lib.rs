//! linsock
