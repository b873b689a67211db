//! The three error number spaces of Windows, and Linux' own, each a newtype.
//!
//! A newtype with associated constants and never a Rust enum: the numbers come
//! from programs and from the kernel, and an unknown one must stay a number.

mod errno;
mod message;
mod ntstatus;
mod win32;
mod wsa;

pub use errno::Errno;
pub use message::message;
pub use ntstatus::NtStatus;
pub use win32::Win32Error;
pub use wsa::WsaError;

/// The error numbers under their plain names and types, as `windows-sys` has them.
pub mod plain {
    pub use super::ntstatus::plain::*;
    pub use super::win32::plain::*;
    pub use super::wsa::plain::*;
}

/// Makes the constants and the table `ALL` of one number space out of rows
/// `NAME = number, "description";`, and the same names as plain numbers of type
/// `plain`, for programs written against `windows-sys`.
macro_rules! number_space {
    ($space:ident($repr:ty), plain $plain:ty { $($rows:tt)* }) => {
        number_space! { $space($repr) { $($rows)* } }
        number_space! { @plain $space $plain { $($rows)* } }
    };
    (@plain $space:ident $plain:ty { $($name:ident = $value:expr, $description:literal;)* }) => {
        /// The numbers of this space under their plain names, as `windows-sys` has them.
        pub mod plain {
            use super::$space;
            $(#[doc = $description] pub const $name: $plain = $space::$name.0;)*
        }
    };
    ($space:ident($repr:ty) { $($name:ident = $value:expr, $description:literal;)* }) => {
        impl $space {
            $(#[doc = $description] pub const $name: $space = $space($value as $repr);)*

            /// Every number known by name: the number, its name, what it says.
            pub const ALL: &'static [($space, &'static str, &'static str)] =
                &[$(($space::$name, stringify!($name), $description),)*];

            fn row(self) -> Option<&'static ($space, &'static str, &'static str)> {
                Self::ALL.iter().find(|row| row.0 == self)
            }

            /// The number called `name`, in any case.
            pub fn from_name(name: &str) -> Option<$space> {
                let row = Self::ALL.iter().find(|row| row.1.eq_ignore_ascii_case(name));
                row.map(|row| row.0)
            }
        }

        impl std::fmt::Debug for $space {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let number = self.number();
                match self.name() {
                    Some(name) => write!(f, "{name}({number})"),
                    None => write!(f, concat!(stringify!($space), "({})"), number),
                }
            }
        }

        impl std::fmt::Display for $space {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let number = self.number();
                match (self.name(), self.description()) {
                    (Some(name), Some(text)) => write!(f, "{name} ({number}): {text}"),
                    _ => write!(f, concat!("unknown ", stringify!($space), " {}"), number),
                }
            }
        }

        impl std::error::Error for $space {}
    };
}
use number_space;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_is_name_number_description() {
        assert_eq!(
            WsaError::WSAECONNREFUSED.to_string(),
            "WSAECONNREFUSED (10061): connection refused"
        );
        assert_eq!(
            NtStatus::STATUS_CONNECTION_REFUSED.to_string(),
            "STATUS_CONNECTION_REFUSED (0xC0000236): connection refused"
        );
        assert_eq!(
            Win32Error::ERROR_CONNECTION_REFUSED.to_string(),
            "ERROR_CONNECTION_REFUSED (1225): connection refused"
        );
        assert_eq!(Errno::ECONNREFUSED.to_string(), "ECONNREFUSED (111): connection refused");
    }

    #[test]
    fn an_unknown_number_stays_a_number() {
        assert_eq!(WsaError(12345).to_string(), "unknown WsaError 12345");
        assert_eq!(format!("{:?}", NtStatus(-1)), "NtStatus(0xFFFFFFFF)");
        assert_eq!(Win32Error(65000).name(), None);
    }

    #[test]
    fn winsock_numbers_have_their_names_among_win32_errors() {
        let error = Win32Error::from(WsaError::WSAETIMEDOUT);
        assert_eq!(error.0, 10060);
        assert_eq!(error.name(), Some("WSAETIMEDOUT"));
    }

    #[test]
    fn no_name_and_no_number_stands_twice() {
        fn check<T: Copy + Ord + std::fmt::Debug>(all: &[(T, &'static str, &'static str)]) {
            let mut numbers: Vec<_> = all.iter().map(|row| row.0).collect();
            let mut names: Vec<_> = all.iter().map(|row| row.1).collect();
            assert!(numbers.is_sorted(), "{all:?}");
            numbers.dedup();
            names.sort_unstable();
            names.dedup();
            assert_eq!((numbers.len(), names.len()), (all.len(), all.len()));
        }
        check(WsaError::ALL);
        check(Win32Error::ALL);
        check(Errno::ALL);
        // Statuses are sorted as the unsigned numbers they are written as.
        let unsigned: Vec<_> = NtStatus::ALL.iter().map(|r| (r.0.0 as u32, r.1, r.2)).collect();
        check(&unsigned);
    }

    #[test]
    fn names_are_found_in_any_case() {
        assert_eq!(WsaError::from_name("wsaeconnrefused"), Some(WsaError::WSAECONNREFUSED));
        assert_eq!(Errno::from_name("EAGAIN"), Some(Errno::EAGAIN));
        assert_eq!(Errno::from_name("EWOULDNOT"), None);
    }
}
