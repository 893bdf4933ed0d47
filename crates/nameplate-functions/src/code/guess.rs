//! What a function's files say of how it is to be run: which language, and which function of which file is called.
//!
//! Looks at the names of files and at lines that define functions; runs and parses nothing. Where the files leave a
//! choice, the answer is what there is to choose from.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

/// Bytes of a file that are looked at. Handlers stand in the front of small files.
const LOOKED_AT: u64 = 1 << 20;
/// Files that are looked at.
const FILES: usize = 1000;

/// Runtimes that are named where a function says nothing: any of their language would do as well.
const PYTHON: &str = "python3.13";
const NODE: &str = "nodejs22.x";
const PROVIDED: &str = "provided.al2023";

/// How a function is run, and why that was taken for so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// Name of a runtime.
    pub runtime: String,
    /// What in the code is called.
    pub handler: String,
    /// Why this runtime; empty where it was given.
    pub runtime_reason: String,
    /// Why this handler; empty where it was given.
    pub handler_reason: String,
}

/// Why nothing can be said, in a sentence for whoever owns the files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unclear {
    /// No file is of a language that is run here.
    #[error(
        "there is no bootstrap, no .py file and no .js, .mjs or .cjs file in the front of the code; name the runtime and \
         the handler"
    )]
    Nothing,
    /// Files of two languages, and both have a handler, or neither.
    #[error("{0} and {1} are both there: name the runtime, python3.x or nodejs22.x")]
    TwoLanguages(String, String),
    /// Files of the language, and none defines a handler.
    #[error("{0}; name the handler, FILE.FUNCTION without the file's ending")]
    NoHandler(String),
    /// The runtime that was named is not run here.
    #[error(
        "{0} is not run here: python3.x, nodejs22.x and provided.al2023 are, and others of their names"
    )]
    Runtime(String),
}

/// Files in the front of a function's code, and what a package's manifest names: names with their text.
#[derive(Debug, Default)]
pub struct Sources(BTreeMap<String, String>);

impl Sources {
    /// Of a folder.
    pub fn of_folder(folder: &Path) -> io::Result<Self> {
        let mut found = BTreeMap::new();
        for entry in fs::read_dir(folder)?.take(FILES) {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            if Kind::of(&name).is_some() && entry.path().is_file() {
                found.insert(name, front(fs::File::open(entry.path())?)?);
            }
        }
        if let Some(main) = main_of(&found).filter(|main| main.contains('/')) {
            let path = folder.join(&main);
            if path.is_file() {
                found.insert(main, front(fs::File::open(path)?)?);
            }
        }
        Ok(Self(found))
    }

    /// Of a zip.
    pub fn of_zip(zip: &[u8]) -> io::Result<Self> {
        let mut archive = zip::ZipArchive::new(io::Cursor::new(zip))?;
        let mut found = BTreeMap::new();
        for at in 0..archive.len() {
            let mut entry = archive.by_index(at)?;
            let name = entry.name()?.into_owned();
            if !name.contains('/') && Kind::of(&name).is_some() && found.len() < FILES {
                found.insert(name, front(&mut entry)?);
            }
        }
        if let Some(main) = main_of(&found).filter(|main| main.contains('/'))
            && let Ok(mut entry) = archive.by_name(&main)
        {
            let text = front(&mut entry)?;
            found.insert(main, text);
        }
        Ok(Self(found))
    }

    /// What the files say, where `runtime` and `handler` do not.
    pub fn guess(&self, runtime: Option<&str>, handler: Option<&str>) -> Result<Guess, Unclear> {
        let (kind, runtime, runtime_reason) = match runtime {
            Some(name) => {
                let runtime =
                    crate::Runtime::parse(name).ok_or_else(|| Unclear::Runtime(name.into()))?;
                let kind = match runtime.family() {
                    crate::Family::Python => Kind::Python,
                    crate::Family::Node => Kind::Node,
                    crate::Family::Provided => Kind::Program,
                };
                (kind, name.to_owned(), String::new())
            }
            None => {
                let (kind, file) = self.kind()?;
                let name = match kind {
                    Kind::Python => PYTHON,
                    Kind::Node | Kind::Package => NODE,
                    Kind::Program => PROVIDED,
                };
                (kind, name.to_owned(), format!("{file} is there"))
            }
        };
        let (handler, handler_reason) = match (handler, kind) {
            (Some(handler), _) => (handler.to_owned(), String::new()),
            (None, Kind::Program) => ("bootstrap".to_owned(), String::new()),
            (None, kind) => {
                let (file, name) = self.handler(kind).ok_or_else(|| self.no_handler(kind))?;
                let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
                (format!("{stem}.{name}"), format!("{file} defines {name}"))
            }
        };
        Ok(Guess {
            runtime,
            handler,
            runtime_reason,
            handler_reason,
        })
    }

    /// The language, and a file that shows it.
    fn kind(&self) -> Result<(Kind, &str), Unclear> {
        let first = |kind| self.0.keys().find(|name| Kind::of(name) == Some(kind));
        if let Some(name) = first(Kind::Program) {
            return Ok((Kind::Program, name));
        }
        let node = first(Kind::Node).or_else(|| first(Kind::Package));
        match (first(Kind::Python), node) {
            (None, None) => Err(Unclear::Nothing),
            (Some(python), None) => Ok((Kind::Python, python)),
            (None, Some(node)) => Ok((Kind::Node, node)),
            // A helper in the other language has no handler.
            (Some(python), Some(node)) => {
                match (self.handler(Kind::Python), self.handler(Kind::Node)) {
                    (Some((file, _)), None) => Ok((Kind::Python, file)),
                    (None, Some((file, _))) => Ok((Kind::Node, file)),
                    _ => Err(Unclear::TwoLanguages(python.clone(), node.clone())),
                }
            }
        }
    }

    /// File and function, the likeliest first.
    fn handler(&self, kind: Kind) -> Option<(&str, &str)> {
        let main = match kind {
            Kind::Node => main_of(&self.0),
            _ => None,
        };
        let stems: &[&str] = match kind {
            Kind::Python => &["lambda_function", "app", "handler", "main", "index"],
            _ => &["index", "app", "handler", "main", "lambda"],
        };
        let rank = |file: &str| {
            let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
            match &main {
                Some(main) if main == file => 0,
                _ => {
                    1 + stems
                        .iter()
                        .position(|known| *known == stem)
                        .unwrap_or(stems.len())
                }
            }
        };
        let mut files: Vec<&String> = self.0.keys().collect();
        files.retain(|name| Kind::of(name) == Some(kind));
        files.sort_by_key(|name| rank(name));
        files
            .into_iter()
            .find_map(|file| Some((file.as_str(), defined(kind, self.0.get(file)?)?)))
    }

    fn no_handler(&self, kind: Kind) -> Unclear {
        let files: Vec<&str> = self
            .0
            .keys()
            .filter(|name| Kind::of(name) == Some(kind))
            .map(String::as_str)
            .take(5)
            .collect();
        Unclear::NoHandler(match (files.is_empty(), kind) {
            (true, Kind::Python) => "there is no .py file in the front of the code".into(),
            (true, _) => "there is no .js, .mjs or .cjs file in the front of the code".into(),
            (false, Kind::Python) => format!(
                "{} defines no function called handler or lambda_handler",
                files.join(", ")
            ),
            (false, _) => format!("{} exports no function called handler", files.join(", ")),
        })
    }
}

/// What a file is evidence of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Program,
    Python,
    Node,
    Package,
}

impl Kind {
    fn of(name: &str) -> Option<Self> {
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        match (stem, ending) {
            ("bootstrap", "") => Some(Self::Program),
            ("package", "json") => Some(Self::Package),
            // Tools' own settings.
            (stem, _) if stem.starts_with('.') || stem.ends_with(".config") => None,
            ("setup" | "conftest", "py") => None,
            (stem, "py") if stem.starts_with("test_") => None,
            (_, "py") => Some(Self::Python),
            (_, "js" | "mjs" | "cjs") => Some(Self::Node),
            _ => None,
        }
    }
}

/// `main` of package.json.
fn main_of(files: &BTreeMap<String, String>) -> Option<String> {
    let package: serde_json::Value = serde_json::from_str(files.get("package.json")?).ok()?;
    let main = package.get("main")?.as_str()?;
    let main = main.strip_prefix("./").unwrap_or(main);
    // Looked up in a folder: nothing that leads out of it.
    (!main.starts_with('/') && !main.split('/').any(|part| part == "..")).then(|| main.to_owned())
}

/// The function in a file that is most likely the handler.
fn defined(kind: Kind, text: &str) -> Option<&str> {
    let found: Vec<&str> = text
        .lines()
        .filter_map(|line| match kind {
            Kind::Python => python_name(line),
            _ => node_name(line),
        })
        .collect();
    let known: &[&str] = match kind {
        Kind::Python => &["lambda_handler", "handler"],
        _ => &["handler", "lambdaHandler"],
    };
    known
        .iter()
        .find(|name| found.contains(name))
        .copied()
        .or_else(|| {
            found
                .into_iter()
                .find(|name| name.to_ascii_lowercase().ends_with("handler"))
        })
}

/// `NAME` of `def NAME(` or `NAME = ` in the first column.
fn python_name(line: &str) -> Option<&str> {
    let (name, rest) = word(line.strip_prefix("def ").unwrap_or(line).trim_start());
    let defines = line.starts_with("def ") && rest.starts_with('(');
    let binds = !line.starts_with([' ', '\t']) && rest.starts_with('=') && !rest.starts_with("==");
    (defines || binds).then_some(name)
}

/// `NAME` of `exports.NAME = `, `export const NAME = `, `export async function NAME(` and their like.
fn node_name(line: &str) -> Option<&str> {
    let line = line.trim_start();
    if let Some(rest) = line
        .strip_prefix("module.")
        .unwrap_or(line)
        .strip_prefix("exports.")
    {
        let (name, rest) = word(rest);
        return (rest.starts_with('=') && !rest.starts_with("==")).then_some(name);
    }
    if let Some(rest) = line.strip_prefix("module.exports = {") {
        // The short form, in one line.
        let inner = rest.split('}').next().unwrap_or_default();
        let mut names = inner.split(',').map(|part| word(part.trim()).0);
        return names.find(|name| name.to_ascii_lowercase().ends_with("handler"));
    }
    let rest = line.strip_prefix("export ")?;
    let rest = ["const ", "let ", "var ", "async function ", "function "]
        .iter()
        .find_map(|kind| rest.strip_prefix(kind))?;
    Some(word(rest).0).filter(|name| !name.is_empty())
}

/// The name that a text begins with, and what follows behind spaces.
fn word(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '$')
        .unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

fn front(file: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.take(LOOKED_AT).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(files: &[(&str, &str)], expected: Result<(&str, &str), &str>) {
        let sources = Sources(
            files
                .iter()
                .filter(|(name, _)| name.contains('/') || Kind::of(name).is_some())
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                .collect(),
        );
        let found = sources.guess(None, None);
        match (&found, expected) {
            (Ok(guess), Ok(expected)) => {
                assert_eq!((guess.runtime.as_str(), guess.handler.as_str()), expected);
                assert!(guess.runtime_reason.ends_with(" is there"), "{guess:?}");
            }
            (Err(unclear), Err(part)) => {
                assert!(unclear.to_string().contains(part), "{unclear}");
            }
            _ => panic!("{files:?}: {found:?}"),
        }
    }

    #[test]
    fn files_say_how_they_are_run() {
        let python = "import os\n\ndef lambda_handler(event, context):\n    pass\n";
        let node = "exports.handler = async (event) => {};\n";
        check(
            &[("lambda_function.py", python)],
            Ok((PYTHON, "lambda_function.lambda_handler")),
        );
        check(&[("index.js", node)], Ok((NODE, "index.handler")));
        check(
            &[("bootstrap", "\u{7f}ELF"), ("index.js", node)],
            Ok((PROVIDED, "bootstrap")),
        );
        check(
            &[
                ("a.py", "def handler(e, c): pass"),
                ("app.py", "def handler(e, c): pass"),
            ],
            Ok((PYTHON, "app.handler")),
        );
        // The other language is there for something else.
        check(
            &[("app.py", python), ("build.js", "require('fs')")],
            Ok((PYTHON, "app.lambda_handler")),
        );
        check(
            &[
                ("package.json", r#"{"main": "./src/start.js"}"#),
                ("src/start.js", node),
            ],
            Ok((NODE, "src/start.handler")),
        );
        check(
            &[("app.py", python), ("index.mjs", node)],
            Err("are both there"),
        );
        check(&[("readme.md", "")], Err("there is no bootstrap"));
        check(
            &[("app.py", "def run(): pass"), ("test_app.py", python)],
            Err("app.py defines no function called handler"),
        );
        check(
            &[("index.js", "exports.run = 1")],
            Err("index.js exports no"),
        );
    }

    #[test]
    fn handlers_are_found_however_they_are_written() {
        for (kind, text, expected) in [
            (
                Kind::Python,
                "def handler(event, context):",
                Some("handler"),
            ),
            (Kind::Python, "handler = Mangum(app)", Some("handler")),
            (Kind::Python, "    def handler(self):", None),
            (Kind::Python, "    handler = 1", None),
            (Kind::Python, "handler == 1", None),
            (
                Kind::Python,
                "def on_event_handler(e, c):",
                Some("on_event_handler"),
            ),
            (
                Kind::Python,
                "def first(): pass\ndef handler(e, c): pass\ndef lambda_handler(e, c): pass",
                Some("lambda_handler"),
            ),
            (
                Kind::Node,
                "exports.handler = function (e, c, cb) {",
                Some("handler"),
            ),
            (
                Kind::Node,
                "module.exports.handler=async()=>{}",
                Some("handler"),
            ),
            (Kind::Node, "module.exports = { handler };", Some("handler")),
            (
                Kind::Node,
                "module.exports = { handler: main, other };",
                Some("handler"),
            ),
            (
                Kind::Node,
                "export const handler = async () => {",
                Some("handler"),
            ),
            (
                Kind::Node,
                "export async function lambdaHandler(event) {",
                Some("lambdaHandler"),
            ),
            (Kind::Node, "export default 1", None),
            (Kind::Node, "exports.handlers = 1", None),
            (Kind::Node, "// exports.handler = 1", None),
        ] {
            assert_eq!(defined(kind, text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_named_is_not_guessed() {
        let sources = Sources([("app.py".to_owned(), "x = 1".to_owned())].into());
        let guess = sources.guess(Some("nodejs20.x"), Some("a.b")).unwrap();
        assert_eq!(
            (guess.runtime.as_str(), guess.handler.as_str()),
            ("nodejs20.x", "a.b")
        );
        assert_eq!(
            (guess.runtime_reason, guess.handler_reason),
            (String::new(), String::new())
        );
        assert!(
            sources
                .guess(Some("java21"), None)
                .unwrap_err()
                .to_string()
                .contains("java21 is not run here")
        );
        assert!(
            sources
                .guess(Some("nodejs20.x"), None)
                .unwrap_err()
                .to_string()
                .contains("there is no .js")
        );
    }
}
