//! A command line with Windows' spellings becomes one of gcc's.

use crate::{Error, gcc, linker, msvc, threads};

/// A command line for gcc, and what it says about the rest of the way.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Translated {
    pub arguments: Vec<String>,
    /// Something is compiled or preprocessed, so the headers are needed.
    pub compiles: bool,
    /// Something is linked, so the library is needed.
    pub links: bool,
    /// ThreadSanitizer was asked for.
    pub watches_threads: bool,
    /// `-static` was said. For Windows that means every library but the system's, and the C library is the system's: it
    /// finds its names through modules that a static one has not.
    pub statically: bool,
}

/// What the disk is asked: whether a file, or a folder, of that name exists.
pub type Exists<'a> = &'a dyn Fn(&str) -> bool;

/// The disk itself.
pub fn on_disk(path: &str) -> bool {
    std::path::Path::new(path).exists()
}

/// Translates a command line.
///
/// # Errors
///
/// A word with a slash in front that is neither a path nor an option known, or an output folder for several sources.
pub fn translate(arguments: &[String], exists: Exists) -> Result<Translated, Error> {
    let mut line = Line::new(exists);
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        line.word(word, &mut || words.next().cloned())?;
    }
    line.finish()
}

struct Line<'a> {
    exists: Exists<'a>,
    out: Vec<String>,
    inputs: Vec<String>,
    stops: bool,
    no_libraries: bool,
    wants_linsock: bool,
    statically: bool,
    /// What `/Fo` and `/Fe` name.
    object: Option<String>,
    program: Option<String>,
    /// After `/link` the words are the linker's.
    for_the_linker: bool,
}

impl<'a> Line<'a> {
    fn new(exists: Exists<'a>) -> Self {
        Line {
            exists,
            out: Vec::new(),
            inputs: Vec::new(),
            stops: false,
            no_libraries: false,
            wants_linsock: false,
            statically: false,
            object: None,
            program: None,
            for_the_linker: false,
        }
    }

    fn word(&mut self, word: &str, next: &mut dyn FnMut() -> Option<String>) -> Result<(), Error> {
        if word.starts_with('/') && !self.is_path(word) {
            return self.slash_option(word, next);
        }
        if let Some(name) = word.strip_prefix("-l") {
            let name = if name.is_empty() { next().unwrap_or_default() } else { name.to_owned() };
            self.library(&name);
        } else if let Some(list) = word.strip_prefix("-Wl,") {
            self.out.extend(linker::from_mingw(list));
        } else if let Some(words) = gcc::from_mingw(word) {
            self.statically |= word == "-static";
            self.out.extend(words.iter().map(|word| (*word).to_owned()));
        } else if word.starts_with('-') && word != "-" {
            match gcc::stop(word) {
                Some(gcc::Stop::BeforeLinking) => self.stops = true,
                Some(gcc::Stop::NoLibraries) => self.no_libraries = true,
                None => {}
            }
            self.out.push(word.to_owned());
            if gcc::takes_value(word) {
                self.out.extend(next());
            }
        } else if word.to_ascii_lowercase().ends_with(".lib") && !(self.exists)(word) {
            self.library(word);
        } else if !gcc::is_for_windows_alone(word) {
            self.inputs.push(word.to_owned());
            self.out.push(word.to_owned());
        }
        Ok(())
    }

    /// A word with a slash in front is a path if it, or its first folder, is there: `/tmp/x.c`, but not `/I/usr/include`.
    fn is_path(&self, word: &str) -> bool {
        if word == "/link" {
            return false;
        }
        let folder = word[1..].find('/').map(|at| &word[..=at]);
        folder.is_some_and(self.exists) || (self.exists)(word)
    }

    fn slash_option(
        &mut self,
        word: &str,
        next: &mut dyn FnMut() -> Option<String>,
    ) -> Result<(), Error> {
        if word == "/link" {
            self.for_the_linker = true;
            return Ok(());
        }
        // Who writes /DEFAULTLIB:x before /link means the linker's option all the same, not /D with a name.
        let words = if self.for_the_linker {
            linker::from_microsoft(word)
        } else {
            let early = word.contains(':').then(|| linker::from_microsoft(word)).flatten();
            early.or_else(|| msvc::translate(word, next))
        };
        let Some(words) = words else {
            return Err(Error(format!(
                "{word} is no file, and no option of Microsoft's tools that is known here"
            )));
        };
        if word.to_ascii_uppercase().starts_with("/DEFAULTLIB:") && words.is_empty() {
            self.wants_linsock = true;
        }
        self.stops |= words.iter().any(|w| gcc::stop(w) == Some(gcc::Stop::BeforeLinking));
        match &words[..] {
            [option, file] if option == "/Fo" => self.object = Some(file.clone()),
            [option, file] if option == "/Fe" => self.program = Some(file.clone()),
            [option, _, input, ..] if option == "-x" => {
                self.inputs.push(input.clone());
                self.out.extend(words);
            }
            _ => self.out.extend(words),
        }
        Ok(())
    }

    fn library(&mut self, name: &str) {
        let words = linker::library(name);
        self.wants_linsock |= words.is_empty();
        // gcc counts a library as an input: with nothing else there it links, and says what is missing.
        self.inputs.push(format!("-l{name}"));
        self.out.extend(words);
    }

    /// `/Fo` is for objects and `/Fe` for programs; `/Fo` may name a folder, which gcc's `-o` may not.
    fn output(&self) -> Result<Option<String>, Error> {
        if !self.stops {
            return Ok(self.program.clone());
        }
        let Some(object) = &self.object else { return Ok(None) };
        if !object.ends_with(['/', '\\']) {
            return Ok(Some(object.clone()));
        }
        let [source] = &self.inputs[..] else {
            return Err(Error(format!(
                "/Fo{object} names a folder for several objects: compile one source at a time"
            )));
        };
        let name = source.rsplit('/').next().unwrap_or(source);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        Ok(Some(format!("{}/{stem}.obj", object.trim_end_matches(['/', '\\']))))
    }

    fn finish(mut self) -> Result<Translated, Error> {
        if let Some(output) = self.output()? {
            self.out.extend(["-o".to_owned(), output]);
        }
        let is_library = |input: &&String| input.starts_with("-l");
        let to_compile =
            self.inputs.iter().filter(|i| !is_library(i) && !gcc::is_object(i)).count();
        let only_headers =
            !self.inputs.is_empty() && self.inputs.iter().all(|input| gcc::is_header(input));
        Ok(Translated {
            compiles: to_compile > 0,
            links: !self.inputs.is_empty()
                && !self.stops
                && !only_headers
                && (!self.no_libraries || self.wants_linsock),
            statically: self.statically,
            watches_threads: self.out.iter().any(|word| threads::are_watched_by(word)),
            arguments: self.out,
        })
    }
}

#[cfg(test)]
mod tests;
