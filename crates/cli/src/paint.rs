//! Colour on a terminal, plain text elsewhere.

use std::io::IsTerminal;

/// What a piece of text is.
#[derive(Copy, Clone)]
pub enum Role {
    Good,
    Bad,
    Label,
}

/// `text` in its role's colour if standard output is a terminal and NO_COLOR does not forbid it.
pub fn paint(role: Role, text: &str) -> String {
    if !std::io::stdout().is_terminal() || std::env::var_os("NO_COLOR").is_some() {
        return text.to_owned();
    }
    let code = match role {
        Role::Good => "32",
        Role::Bad => "31",
        Role::Label => "36",
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}

/// Whether the reader of our output went away, as `head` does: no error of ours.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
