//! Words for a shell.

/// The word as a shell reads it back, quoted only where it must be.
pub fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=+,./:@%^".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::shell;

    #[test]
    fn words_are_quoted_where_they_must_be() {
        for (word, quoted) in [
            ("-Wl,-rpath,/usr/lib", "-Wl,-rpath,/usr/lib"),
            ("", "''"),
            ("two words", "'two words'"),
            ("-DNAME=\"x\"", "'-DNAME=\"x\"'"),
            ("it's", r"'it'\''s'"),
            ("$HOME", "'$HOME'"),
            ("~", "'~'"),
        ] {
            assert_eq!(shell(word), quoted);
        }
    }
}
