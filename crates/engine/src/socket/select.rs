//! select and WSAPoll.
