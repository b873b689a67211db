//! What is for the driver itself.

use crate::{Error, Language};

/// What is to be done with the command line.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Task {
    #[default]
    Compile,
    Show,
    Help,
    Version,
}

/// A command line without what was for the driver.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Request {
    pub task: Task,
    /// The compiler that was asked for, as C's compiler or as C++'s.
    pub cc: Option<String>,
    pub static_linsock: bool,
    pub arguments: Vec<String>,
}

/// Takes the driver's own options out, wherever they stand.
///
/// # Errors
///
/// `--cc` without a compiler.
pub fn parse(arguments: Vec<String>) -> Result<Request, Error> {
    let mut request = Request::default();
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--show" => request.task = Task::Show,
            "--help" | "/?" | "/help" => request.task = Task::Help,
            "--version" => request.task = Task::Version,
            "--static-linsock" => request.static_linsock = true,
            "--cc" => request.cc = Some(arguments.next().unwrap_or_default()),
            _ => match argument.strip_prefix("--cc=") {
                Some(compiler) => request.cc = Some(compiler.to_owned()),
                None => request.arguments.push(argument),
            },
        }
    }
    if request.cc.as_deref() == Some("") {
        return Err(Error("--cc needs a compiler, as in --cc=clang".to_owned()));
    }
    Ok(request)
}

impl Request {
    /// The program to run. Who asks for clang means clang++ where C++ is compiled, and the other way round.
    pub fn compiler(&self, language: Language) -> String {
        let asked = self.cc.as_deref().unwrap_or("gcc");
        let (folder, name) = match asked.rfind('/') {
            Some(slash) => asked.split_at(slash + 1),
            None => ("", asked),
        };
        let name = match language {
            Language::Cxx if name.contains("++") => name.to_owned(),
            Language::Cxx if name.contains("gcc") => name.replacen("gcc", "g++", 1),
            Language::Cxx if name.contains("clang") => name.replacen("clang", "clang++", 1),
            Language::Cxx if name == "cc" => "c++".to_owned(),
            Language::Cxx => name.to_owned(),
            Language::C if name.contains("g++") && !name.contains("clang") => {
                name.replacen("g++", "gcc", 1)
            }
            Language::C if name == "c++" => "cc".to_owned(),
            Language::C => name.replacen("clang++", "clang", 1),
        };
        format!("{folder}{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> Result<Request, Error> {
        parse(words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn own_options_are_taken_out_wherever_they_stand() {
        let request = parsed(&["x.c", "--show", "--cc=clang", "-c", "--static-linsock"]);
        let request = request.expect("a good line");
        assert_eq!(request.task, Task::Show);
        assert_eq!(request.cc.as_deref(), Some("clang"));
        assert!(request.static_linsock);
        assert_eq!(request.arguments, ["x.c", "-c"]);
        assert_eq!(parsed(&["--version"]).map(|r| r.task), Ok(Task::Version));
        assert_eq!(parsed(&["x.c", "--help"]).map(|r| r.task), Ok(Task::Help));
        assert_eq!(parsed(&["--cc", "tcc"]).map(|r| r.cc), Ok(Some("tcc".to_owned())));
        assert!(parsed(&["--cc="]).is_err());
        assert!(parsed(&["--cc"]).is_err());
    }

    #[test]
    fn the_compiler_fits_the_language() {
        for (asked, c, cxx) in [
            (None, "gcc", "g++"),
            (Some("clang"), "clang", "clang++"),
            (Some("clang++"), "clang", "clang++"),
            (Some("g++"), "gcc", "g++"),
            (Some("gcc-12"), "gcc-12", "g++-12"),
            (Some("clang-19"), "clang-19", "clang++-19"),
            (Some("/opt/gcc/bin/gcc"), "/opt/gcc/bin/gcc", "/opt/gcc/bin/g++"),
            (Some("aarch64-linux-gnu-gcc"), "aarch64-linux-gnu-gcc", "aarch64-linux-gnu-g++"),
            (Some("cc"), "cc", "c++"),
            (Some("c++"), "cc", "c++"),
            (Some("mycc"), "mycc", "mycc"),
        ] {
            let request = Request { cc: asked.map(str::to_owned), ..Request::default() };
            assert_eq!(request.compiler(Language::C), c);
            assert_eq!(request.compiler(Language::Cxx), cxx);
        }
    }
}
