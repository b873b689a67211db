//! `#[api]`, the attribute of every function that C calls.
//!
//! It gives the function its symbol and its line in the trace, so that neither can be had without the other. The check
//! whether a trace is wanted stands at the very beginning of the function, whatever way it is reached: by its symbol, a
//! pointer that WSAIoctl or GetProcAddress gave, or its path in Rust.

mod function;

use function::{Function, text};
use proc_macro::{TokenStream, TokenTree};

/// `#[api]` exports a function under its own name, `#[api("ws2_connect")]` under another one, and `#[api(by_guid)]` not
/// at all.
#[proc_macro_attribute]
pub fn api(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let symbol = match text(attribute).as_str() {
        "" => "unsafe(no_mangle)".to_owned(),
        "by_guid" => String::new(),
        other => format!("unsafe(export_name = {other})"),
    };
    let expanded = match Function::read(item) {
        Ok(function) => expand(&function, &symbol),
        Err(what) => Err(what),
    };
    expanded.unwrap_or_else(|what| {
        let error = format!("compile_error!({:?});", format!("#[api]: {what}"));
        error.parse().unwrap_or_default()
    })
}

/// The function with its symbol, and this before its first statement: where a trace is wanted, the call goes through
/// a function beside it, which calls it a second time; then it is let through.
fn expand(function: &Function, symbol: &str) -> Result<TokenStream, String> {
    let Function { name, qualifiers, result, .. } = function;
    let parameters: String =
        function.parameters.iter().map(|p| format!("{}: {},", p.name, p.of)).collect();
    let names: String = function.parameters.iter().map(|p| format!("{},", p.name)).collect();
    let words: String =
        function.parameters.iter().map(|p| format!("crate::trace::word(&{}),", p.name)).collect();
    let described: String = function
        .parameters
        .iter()
        .map(|p| format!("({:?}, {:?}),", p.name.trim_start_matches("r#"), p.of))
        .collect();
    let arrow = if result.is_empty() { String::new() } else { format!("-> {result}") };
    // What never comes back has its line before.
    let (call, back) = match result.as_str() {
        "!" => (format!("call.end_without_result(); unsafe {{ {name}({names}) }}"), ""),
        _ => (
            format!(
                "let result = unsafe {{ {name}({names}) }};
                call.end(crate::trace::word(&result));
                result"
            ),
            "return",
        ),
    };
    let guard = format!(
        "if crate::trace::is_on() && crate::trace::is_first_entry() {{
            static FUNCTION: crate::trace::Function = crate::trace::Function {{
                name: {name:?}, parameters: &[{described}], result: {result:?},
            }};
            #[cold]
            #[inline(never)]
            #[allow(clippy::too_many_arguments, clippy::undocumented_unsafe_blocks)]
            unsafe {qualifiers} fn traced({parameters}) {arrow} {{
                let call = crate::trace::Call::begin(&FUNCTION, [{words}]);
                {call}
            }}
            #[allow(clippy::undocumented_unsafe_blocks)]
            {back} unsafe {{ traced({names}) }};
        }}"
    );
    let attribute = match symbol {
        "" => String::new(),
        symbol => format!("#[cfg_attr(feature = \"export\", {symbol})]"),
    };
    let lexed = |text: String| text.parse::<TokenStream>().map_err(|error| error.to_string());
    let mut body = function.with_own_names(lexed(guard)?);
    body.extend(function.body.stream());
    let mut item = lexed(attribute)?;
    item.extend(function.before_body.iter().cloned());
    let mut group = proc_macro::Group::new(proc_macro::Delimiter::Brace, body);
    group.set_span(function.body.span());
    item.extend([TokenTree::Group(group)]);
    Ok(item)
}
