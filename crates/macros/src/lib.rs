//! `#[api]`, the attribute of every function that C calls.
//!
//! It gives the function its symbol and its line in the trace, so that neither can be had without the other, whatever way
//! the function is reached: by its symbol, a pointer that WSAIoctl or GetProcAddress gave, or its path in Rust. Without a
//! trace that costs a call one instruction, a jump through memory, and leaves the body as it would be.

mod function;

use function::{Function, Parameter, text};
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

/// The function as a jump to where its entry points; its body under a name of its own; and the entry, which points at
/// what decides, at the first call, whether it is the body from then on or what writes a line beside calling it.
fn expand(function: &Function, symbol: &str) -> Result<TokenStream, String> {
    let Function { name, qualifiers, result, .. } = function;
    let each = |text: fn(&Parameter) -> String| -> String {
        function.parameters.iter().map(text).map(|text| text + ", ").collect()
    };
    let parameters = each(|p| format!("{}: {}", p.name, p.of));
    let types = each(|p| p.of.clone());
    let names = each(|p| p.name.clone());
    let words = each(|p| format!("crate::trace::word(&{})", p.name));
    let described = each(|p| format!("({:?}, {:?})", p.name.trim_start_matches("r#"), p.of));
    let arrow = if result.is_empty() { String::new() } else { format!("-> {result}") };
    // What never comes back has its line before.
    let call = match result.as_str() {
        "!" => format!("call.end_without_result(); unsafe {{ {name}_body({names}) }}"),
        _ => format!(
            "let result = unsafe {{ {name}_body({names}) }};
            call.end(crate::trace::word(&result));
            result"
        ),
    };
    let entry = format!(
        "#[allow(non_upper_case_globals)]
        static {name}_entry: crate::trace::Entry = {{
            static FUNCTION: crate::trace::Function = crate::trace::Function {{
                name: {name:?}, parameters: &[{described}], result: {result:?},
            }};
            #[allow(clippy::too_many_arguments, clippy::undocumented_unsafe_blocks)]
            unsafe {qualifiers} fn traced({parameters}) {arrow} {{
                let call = crate::trace::Call::begin(&FUNCTION, [{words}]);
                {call}
            }}
            #[allow(clippy::too_many_arguments, clippy::undocumented_unsafe_blocks)]
            unsafe {qualifiers} fn first({parameters}) {arrow} {{
                if {name}_entry.decide({name}_body as *mut (), traced as *mut ()) {{
                    unsafe {{ traced({names}) }}
                }} else {{
                    unsafe {{ {name}_body({names}) }}
                }}
            }}
            crate::trace::Entry::new(first as *mut ())
        }};"
    );
    let jump = format!("::core::arch::naked_asm!(\"jmp [rip + {{}}]\", sym {name}_entry)");
    let jump_in_rust = format!(
        "type Body = unsafe {qualifiers} fn({types}) {arrow};
        #[allow(clippy::undocumented_unsafe_blocks)]
        unsafe {{ ::core::mem::transmute::<*mut (), Body>({name}_entry.get())({names}) }}"
    );
    let symbol = match symbol {
        "" => String::new(),
        symbol => format!("#[cfg_attr(feature = \"export\", {symbol})]"),
    };
    let mut item = function.lexed(&entry)?;
    item.extend(
        function.lexed(&format!("#[cfg(target_arch = \"x86_64\")] #[unsafe(naked)] {symbol}"))?,
    );
    item.extend(function.with_body(&jump)?);
    item.extend(function.lexed(&format!("#[cfg(not(target_arch = \"x86_64\"))] {symbol}"))?);
    item.extend(function.with_body(&jump_in_rust)?);
    item.extend(function.lexed(&format!(
        "#[allow(clippy::too_many_arguments)] unsafe {qualifiers} fn {name}_body({parameters}) {arrow}"
    ))?);
    item.extend([TokenTree::Group(function.body.clone())]);
    Ok(item)
}
