//! A command line and the words it has, as Microsoft's C runtime writes and reads it.

/// One argument as a command line has it: in quotes where it needs them, and before a quote twice as many
/// backslashes and one more.
pub fn quoted(argument: &str) -> String {
    if !argument.is_empty() && !argument.contains([' ', '\t', '"']) {
        return argument.to_owned();
    }
    let mut text = String::from('"');
    let mut backslashes = 0;
    for c in argument.chars() {
        match c {
            '\\' => backslashes += 1,
            '"' => {
                text.extend(std::iter::repeat_n('\\', backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        text.push(c);
    }
    text.extend(std::iter::repeat_n('\\', backslashes));
    text.push('"');
    text
}

/// The words of a command line. The first one is a program's name: in quotes, or up to a space, and without escapes. In the
/// others 2n backslashes before a quote are n of them, one more makes the quote a character, and two quotes within quotes
/// are one.
pub fn words(line: &str) -> Vec<String> {
    let is_space = |c: &char| matches!(c, ' ' | '\t');
    let mut rest = line.chars().peekable();
    let mut name = String::new();
    let mut within = false;
    while let Some(c) = rest.next_if(|c| within || !is_space(c)) {
        match c {
            '"' => within = !within,
            _ => name.push(c),
        }
    }
    let mut words = vec![name];
    loop {
        while rest.next_if(is_space).is_some() {}
        if rest.peek().is_none() {
            return words;
        }
        let (mut word, mut within, mut backslashes) = (String::new(), false, 0);
        while let Some(c) = rest.next_if(|c| within || !is_space(c)) {
            match c {
                '\\' => backslashes += 1,
                '"' => {
                    word.extend(std::iter::repeat_n('\\', backslashes / 2));
                    if backslashes % 2 == 1 || within && rest.next_if_eq(&'"').is_some() {
                        word.push('"');
                    } else {
                        within = !within;
                    }
                    backslashes = 0;
                }
                _ => {
                    word.extend(std::iter::repeat_n('\\', std::mem::take(&mut backslashes)));
                    word.push(c);
                }
            }
        }
        word.extend(std::iter::repeat_n('\\', backslashes));
        words.push(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_was_quoted() {
        let arguments = [
            "/bin/a b",
            "plain",
            "",
            "two words",
            r#"a "quote""#,
            r"back\slash",
            r"c:\dir name\",
            r#"\""#,
        ];
        let line = arguments.map(quoted).join(" ");
        assert_eq!(words(&line), arguments);
    }

    #[test]
    fn words_as_microsofts_runtime_reads_them() {
        for (line, expected) in [
            (r#""a b" c"#, &["a b", "c"][..]),
            (r#"a  "b c" d "#, &["a", "b c", "d"]),
            (r#"a b\\\"c"#, &["a", r#"b\"c"#]),
            (r#"a "b\\" c"#, &["a", r"b\", "c"]),
            (r#"a "b""c" d"#, &["a", r#"b"c"#, "d"]),
            (r#"a b"c d"e"#, &["a", "bc de"]),
            (r"a\b c\d", &[r"a\b", r"c\d"]),
            ("a", &["a"]),
            ("", &[""]),
        ] {
            assert_eq!(words(line), expected, "{line}");
        }
    }
}
