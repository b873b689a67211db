//! Reading a function, as far as `#[api]` has to know it.

use proc_macro::{Delimiter, Group, Ident, TokenStream, TokenTree};

/// One of its parameters.
pub struct Parameter {
    pub name: String,
    /// The name as it stands in the source.
    ident: Ident,
    /// Its type, spaced as one writes it.
    pub of: String,
}

/// A function with a body.
pub struct Function {
    pub name: String,
    /// `extern "system"`.
    pub qualifiers: String,
    pub parameters: Vec<Parameter>,
    /// Its type; empty for one that gives none.
    pub result: String,
    before_body: Vec<TokenTree>,
    pub body: Group,
}

impl Function {
    /// Reads `... unsafe extern "..." fn NAME(...) -> TYPE { ... }`.
    pub fn read(item: TokenStream) -> Result<Function, String> {
        let mut before_body: Vec<TokenTree> = item.into_iter().collect();
        let Some(TokenTree::Group(body)) = before_body.pop() else {
            return Err("this has no body".into());
        };
        let is = |token: &TokenTree, word: &str| matches!(token, TokenTree::Ident(i) if i.to_string() == word);
        let at = |word: &str| before_body.iter().position(|token| is(token, word));
        let start = at("fn").ok_or("this is no function")?;
        let first = at("extern").ok_or("C does not call this")?;
        at("unsafe").ok_or("it has to be unsafe")?;
        let name = before_body.get(start + 1).ok_or("it has no name")?.to_string();
        let list = before_body[start..].iter().find_map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => Some(group),
            _ => None,
        });
        let parameters = list.ok_or("it has no parameters")?.stream();
        let rest = before_body.iter().skip(start).skip_while(
            |t| !matches!(t, TokenTree::Group(g) if g.delimiter() == Delimiter::Parenthesis),
        );
        // Past the parameters and the arrow.
        let result = text(rest.skip(3).cloned().collect());
        Ok(Function {
            name,
            qualifiers: text(before_body[first..start].iter().cloned().collect()),
            parameters: split(parameters).into_iter().map(parameter).collect::<Result<_, _>>()?,
            result,
            before_body,
            body,
        })
    }

    /// The function as it stands in the source, but for its body.
    pub fn with_body(&self, text: &str) -> Result<TokenStream, String> {
        let body = TokenTree::Group(Group::new(Delimiter::Brace, self.lexed(text)?));
        Ok(self.before_body.iter().cloned().chain([body]).collect())
    }

    /// Tokens of a text.
    pub fn lexed(&self, text: &str) -> Result<TokenStream, String> {
        let tokens = text.parse::<TokenStream>().map_err(|error| error.to_string())?;
        Ok(self.with_own_names(tokens))
    }

    /// Tokens in which the parameters' names are those of the source: in a macro by example the same letters would be
    /// another name.
    fn with_own_names(&self, tokens: TokenStream) -> TokenStream {
        let own = |token| match token {
            TokenTree::Ident(ident) => {
                let name = ident.to_string();
                let parameter = self.parameters.iter().find(|parameter| parameter.name == name);
                TokenTree::Ident(parameter.map_or(ident, |parameter| parameter.ident.clone()))
            }
            TokenTree::Group(group) => {
                let inside = self.with_own_names(group.stream());
                TokenTree::Group(Group::new(group.delimiter(), inside))
            }
            other => other,
        };
        tokens.into_iter().map(own).collect()
    }
}

fn parameter(tokens: Vec<TokenTree>) -> Result<Parameter, String> {
    let colon = tokens.iter().position(|t| matches!(t, TokenTree::Punct(p) if p.as_char() == ':'));
    let colon = colon.ok_or("a parameter has no type")?;
    let (name, of) = tokens.split_at(colon);
    match name {
        [TokenTree::Ident(ident)] => Ok(Parameter {
            name: ident.to_string(),
            ident: ident.clone(),
            of: text(of[1..].iter().cloned().collect()),
        }),
        _ => Err("a parameter has to be a plain name".into()),
    }
}

/// The parts between commas that stand outside of `<` and `>`.
fn split(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut parts = vec![Vec::new()];
    let mut depth = 0;
    let mut before = ' ';
    for token in tokens {
        let mark = match &token {
            TokenTree::Punct(punct) => punct.as_char(),
            _ => ' ',
        };
        match mark {
            '<' => depth += 1,
            '>' if before != '-' => depth -= 1,
            _ => {}
        }
        before = mark;
        match parts.last_mut() {
            Some(part) if mark != ',' || depth > 0 => part.push(token),
            _ => parts.push(Vec::new()),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// Tokens as text, a space only between two words. Macros by example wrap what they pass on in groups without a mark.
pub fn text(tokens: TokenStream) -> String {
    let mut written = String::new();
    for token in tokens {
        let next = match token {
            TokenTree::Group(group) => match group.delimiter() {
                Delimiter::None => text(group.stream()),
                _ => group.to_string(),
            },
            other => other.to_string(),
        };
        let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '"');
        // `*const T` and `extern "C"` have a space, `*const *mut T` has one too.
        let after_word = word(written.chars().next_back());
        if after_word && (word(next.chars().next()) || next.starts_with('*')) {
            written.push(' ');
        }
        written.push_str(&next);
    }
    written
}
