//! The one place that all global state hangs from.
use std::sync::OnceLock;

use crate::handle::HandleTable;
use crate::wait::Dispatcher;

/// The global state of the library.
pub struct Runtime {
    /// Brings signals and waits together.
    pub dispatcher: Dispatcher,
    /// The open handles.
    pub handles: HandleTable,
}

/// The runtime, made when it is first needed.
pub fn get() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime { dispatcher: Dispatcher::new(), handles: HandleTable::new() })
}
