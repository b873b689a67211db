pub use linsock_sys as _;
