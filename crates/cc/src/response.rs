//! `@file`: arguments from a file, as gcc reads them. What is in there has Windows' spellings too.

use crate::Error;

/// Files that name each other in a circle end here.
const DEPTH_MAX: u32 = 16;

/// The arguments with each `@file` that exists replaced by what is in it.
///
/// # Errors
///
/// A file that cannot be read as text, or files that name each other in a circle.
pub fn expanded(arguments: Vec<String>) -> Result<Vec<String>, Error> {
    let mut out = Vec::new();
    expand(arguments, &mut out, 0)?;
    Ok(out)
}

fn expand(arguments: Vec<String>, out: &mut Vec<String>, depth: u32) -> Result<(), Error> {
    for argument in arguments {
        // As gcc does it: where there is no such file the word stands for itself.
        let file = argument.strip_prefix('@').filter(|file| std::path::Path::new(file).is_file());
        let Some(file) = file else {
            out.push(argument);
            continue;
        };
        if depth == DEPTH_MAX {
            return Err(Error(format!("@{file}: response files nest too deeply")));
        }
        let text = std::fs::read_to_string(file)
            .map_err(|error| Error(format!("@{file} cannot be read: {error}")))?;
        expand(words(&text), out, depth + 1)?;
    }
    Ok(())
}

/// Words between white space; either quote keeps words together, a backslash keeps what follows it.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        if c == '\\' {
            word.get_or_insert_default().extend(characters.next());
        } else if quote == Some(c) {
            quote = None;
        } else if quote.is_some() {
            word.get_or_insert_default().push(c);
        } else if c == '"' || c == '\'' {
            quote = Some(c);
            word.get_or_insert_default();
        } else if c.is_whitespace() {
            words.extend(word.take());
        } else {
            word.get_or_insert_default().push(c);
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn files_are_read_as_gcc_reads_them() {
        for (text, expected) in [
            ("a.o b.o\n-lws2_32\n", &["a.o", "b.o", "-lws2_32"][..]),
            ("\"two words\" 'it is'", &["two words", "it is"]),
            (r#"-DX=\"y\" a\ b"#, &["-DX=\"y\"", "a b"]),
            ("'' \"\"", &["", ""]),
            ("  \n", &[]),
        ] {
            assert_eq!(words(text), expected, "{text:?}");
        }
    }
}
