//! The one place that all global state hangs from.
