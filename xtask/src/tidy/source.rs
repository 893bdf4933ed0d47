//! Rules about text: words that may not stand in some places, and how long a file of logic may be.
//!
//! Reads lines, not syntax: comments are left out, and a `#[cfg(test)] mod` ends what a rule reads, since tests come
//! last in a file here.

use super::Breach;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// One rule about words.
pub struct Rule {
    /// What may not be written.
    words: &'static [&'static str],
    /// Paths that the rule is for, by their beginning.
    within: &'static [&'static str],
    /// Paths that are let off, by their beginning, each with its reason.
    except: &'static [(&'static str, &'static str)],
    /// Comments and tests count too.
    everywhere: bool,
    /// What to do instead, and why.
    instead: &'static str,
}

const PURE: &[&str] = &[
    "crates/nameplate-core/src",
    "crates/nameplate-mqtt/src",
    "crates/nameplate-aws/src",
    "crates/nameplate-dynamodb/src",
    "crates/nameplate-peers/src",
    "crates/nameplate-rules/src",
];

/// All rules about words. Some are written in two halves, so that they do not find themselves.
pub const RULES: &[Rule] = &[
    Rule {
        words: &[
            "SystemTime::now",
            "Instant::now",
            "OffsetDateTime::now",
            "now_utc(",
            "now_local(",
        ],
        within: &[
            "crates/nameplate-core/src",
            "crates/nameplate-mqtt/src",
            "crates/nameplate-aws/src",
            "crates/nameplate-dynamodb/src",
            "crates/nameplate-peers/src",
            "crates/nameplate-rules/src",
            "crates/nameplate-store/src",
        ],
        except: &[
            (
                "crates/nameplate-store/src/transactions.rs",
                "how long a caller waited is not data",
            ),
            (
                "crates/nameplate-store/src/postgres/cluster.rs",
                "how long a server has not renewed its row is not data",
            ),
            (
                "crates/nameplate-store/src/postgres/writer.rs",
                "how often a server is asked what became of a commit is not data",
            ),
            (
                "crates/nameplate-store/src/postgres/follow.rs",
                "how long others have been gone is not data",
            ),
            (
                "crates/nameplate-store/src/postgres/session.rs",
                "how long a block of keys has been held is not data",
            ),
        ],
        everywhere: false,
        instead: "take the time as an argument (Ctx, or Duration since a start), so that tests can replay it",
    },
    Rule {
        words: &[
            "rand::",
            "SystemRandom",
            "getrandom",
            "thread_rng",
            "new_v4",
            "now_v7",
        ],
        within: PURE,
        except: &[],
        everywhere: false,
        instead: "take ids and keys as arguments; main's side makes them",
    },
    Rule {
        words: &[
            "std::fs",
            "std::net::Tcp",
            "std::net::Udp",
            "std::env::var",
            "std::process",
            "std::thread",
        ],
        within: PURE,
        except: &[],
        everywhere: false,
        instead: "this crate takes values and returns values; do it in `nameplate`",
    },
    Rule {
        words: &["Exception\""],
        within: &["crates/"],
        except: &[
            (
                "/fault.rs",
                "a service's table from our errors to AWS's, and what they share",
            ),
            (
                "crates/nameplate-aws/",
                "AWS's protocols and generated tables, which are those names",
            ),
        ],
        everywhere: false,
        instead: "return an app::Error; only a service's fault.rs in `api` knows AWS's names",
    },
    Rule {
        words: &["rusqlite"],
        within: &["crates/"],
        except: &[("crates/nameplate-store/", "the only SQL")],
        everywhere: false,
        instead: "SQL is in nameplate-store; add a function there, named by what it answers",
    },
    Rule {
        words: &["nameplate_store", "store::Store"],
        within: &[
            "crates/nameplate/src/api",
            "crates/nameplate/src/broker",
            "crates/nameplate/src/net",
            "crates/nameplate/src/web",
        ],
        except: &[],
        everywhere: false,
        instead: "call an app function; the app alone holds the store, so that nobody runs a query in passing",
    },
    Rule {
        words: &["router.publish("],
        within: &["crates/nameplate/src"],
        except: &[
            (
                "crates/nameplate/src/app/ingress/",
                "the one entrance for messages",
            ),
            (
                "crates/nameplate/src/router/tests.rs",
                "tests of the router",
            ),
            (
                "crates/nameplate/src/router/tests/sessions.rs",
                "tests of the router",
            ),
        ],
        everywhere: false,
        instead: "call Ingress::accept, which asks for a permit, policies and the table of reserved topics first",
    },
    Rule {
        words: &["tokio::net", "TcpListener", "TcpStream"],
        within: &["crates/nameplate/src/api", "crates/nameplate/src/app"],
        except: &[],
        everywhere: false,
        instead: "sockets are in net/, broker/ and outbound/",
    },
    Rule {
        words: &[
            "unsafe {",
            "unsafe fn",
            "unsafe impl",
            "todo!",
            "unimplemented!",
            "dbg!(",
            "FIX\u{4d}E",
            "XX\u{58}",
        ],
        within: &["crates/", "xtask/"],
        except: &[("xtask/src/tidy/source.rs", "holds this list")],
        everywhere: true,
        instead: "finish it, or leave it out and say so in the issue",
    },
    Rule {
        words: &["#[ignore"],
        within: &["crates/", "xtask/"],
        except: &[("xtask/src/tidy/source.rs", "holds this list")],
        everywhere: true,
        instead: "a test runs or does not exist; pin today's wrong answer with a note instead",
    },
    Rule {
        words: &["/wo\u{72}k/", "/ro\u{6f}t/", "/tm\u{70}/wt"],
        within: &[""],
        except: &[],
        everywhere: true,
        instead: "name no path of one machine; take it from an argument or a temporary directory",
    },
    Rule {
        words: &[
            "index-u\u{72}l",
            "INDEX_U\u{52}L",
            "[source\u{2e}",
            "[registries\u{2e}",
            "trusted-h\u{6f}st",
        ],
        within: &[""],
        except: &[],
        everywhere: true,
        instead: "where packages come from is the machine's setting, not the project's",
    },
];

/// Lines of code, tests and comments not counted, that a file may have.
const LONGEST: usize = 800;

/// Files that may be longer: tables, which are read by looking up and not from top to bottom.
const TABLES: &[(&str, &str)] = &[(
    "crates/nameplate-aws/src/model/generated/",
    "generated from AWS's models",
)];

/// Looks at every text file of the project.
pub fn check(root: &Path) -> Result<Vec<Breach>> {
    let mut files = Vec::new();
    walk(root, "", &mut files)?;
    files.sort();
    let mut breaches = Vec::new();
    for path in files {
        let bytes = fs::read(root.join(&path)).with_context(|| format!("reading {path}"))?;
        let Ok(text) = String::from_utf8(bytes) else {
            continue;
        };
        breaches.extend(check_file(&path, &text));
    }
    Ok(breaches)
}

fn walk(root: &Path, under: &str, files: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(root.join(under)).with_context(|| format!("listing {under:?}"))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if under.is_empty() {
            name.clone()
        } else {
            format!("{under}/{name}")
        };
        let kind = entry.file_type()?;
        // What git does not keep.
        let foreign = [
            "target",
            ".git",
            ".venv",
            "nameplate-data",
            "__pycache__",
            "node_modules",
        ];
        if foreign.contains(&name.as_str()) {
            continue;
        }
        if kind.is_dir() {
            walk(root, &path, files)?;
        } else if kind.is_file() {
            files.push(path);
        }
    }
    Ok(())
}

/// Whether a path begins with these words, or is a file of that name under `api`.
fn is_of(path: &str, except: &str) -> bool {
    match except.starts_with('/') {
        true => path.starts_with("crates/nameplate/src/api/") && path.ends_with(except),
        false => path.starts_with(except),
    }
}

fn check_file(path: &str, text: &str) -> Vec<Breach> {
    let mut breaches = Vec::new();
    if path == "Cargo.lock" {
        breaches.extend(check_lock(text));
    }
    let rust = path.ends_with(".rs");
    for rule in RULES {
        let applies = rule.within.iter().any(|within| path.starts_with(within))
            && !rule.except.iter().any(|(except, _)| is_of(path, except))
            && (rust || rule.within == [""]);
        if !applies {
            continue;
        }
        for (number, line) in lines(path, text, rule.everywhere) {
            if let Some(word) = rule.words.iter().find(|word| holds(line, word)) {
                breaches.push(Breach {
                    place: format!("{path}:{number}"),
                    text: format!("{word}: {}", rule.instead),
                });
            }
        }
    }
    if rust && !TABLES.iter().any(|(table, _)| path.starts_with(table)) {
        let length = lines(path, text, false)
            .filter(|(_, line)| !line.trim().is_empty())
            .count();
        if length > LONGEST {
            breaches.push(Breach {
                place: path.into(),
                text: format!(
                    "has {length} lines of code; above {LONGEST} a file usually holds two nouns: split it"
                ),
            });
        }
    }
    breaches
}

/// The lines a rule reads, numbered from 1; without `everywhere` neither comments nor tests.
fn lines<'a>(
    path: &str,
    text: &'a str,
    everywhere: bool,
) -> impl Iterator<Item = (usize, &'a str)> {
    let of_tests = path.ends_with("/tests.rs")
        || path.ends_with("/testing.rs")
        || path.contains("/tests/")
        || path.contains("/benches/");
    let end = match everywhere {
        true => text.len(),
        false if of_tests => 0,
        false => text.find("\n#[cfg(test)]\nmod ").unwrap_or(text.len()),
    };
    text[..end]
        .lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line))
        .filter(move |(_, line)| everywhere || !line.trim_start().starts_with("//"))
}

/// Whether `word` stands in the line; a path only where a path begins, a module only where a name begins.
fn holds(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let continues = |more: &[char]| {
            before.is_some_and(|c| c.is_alphanumeric() || c == '_' || more.contains(&c))
        };
        if word.starts_with('/') {
            !continues(&['.', '-', '}', '/'])
        } else {
            !word.ends_with("::") || !continues(&[])
        }
    })
}

/// The lock file may name only the public registry.
fn check_lock(text: &str) -> Vec<Breach> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| line.starts_with("source = "))
        .filter(|(_, line)| {
            *line != "source = \"registry+https://github.com/rust-lang/crates.io-index\""
        })
        .map(|(at, line)| Breach {
            place: format!("Cargo.lock:{}", at + 1),
            text: format!("{line}: dependencies come from the public registry only"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_places(path: &str, text: &str, expected: &[&str]) {
        let found: Vec<String> = check_file(path, text)
            .into_iter()
            .map(|breach| breach.place)
            .collect();
        assert_eq!(found, expected, "{path}: {text}");
    }

    #[test]
    fn the_clock_is_an_argument_below_the_app() {
        let text = "fn f() {\n    let now = Instant::now();\n}\n";
        check_places(
            "crates/nameplate-core/src/a.rs",
            text,
            &["crates/nameplate-core/src/a.rs:2"],
        );
        check_places(
            "crates/nameplate-store/src/a.rs",
            text,
            &["crates/nameplate-store/src/a.rs:2"],
        );
        check_places("crates/nameplate/src/app/a.rs", text, &[]);
    }

    #[test]
    fn comments_and_tests_may_speak_of_it() {
        let text = "// Not SystemTime::now.\n/// Nor rand::random.\n";
        check_places("crates/nameplate-core/src/a.rs", text, &[]);
        let text = "fn f() {}\n\n#[cfg(test)]\nmod tests {\n    fn g() { SystemTime::now(); }\n}\n";
        check_places("crates/nameplate-core/src/a.rs", text, &[]);
        check_places(
            "crates/nameplate-core/src/a/tests.rs",
            "SystemTime::now();",
            &[],
        );
    }

    #[test]
    fn names_of_aws_errors_are_in_one_place() {
        let text = "const NAME: &str = \"ResourceNotFoundException\";\n";
        check_places(
            "crates/nameplate/src/api/iot/thing.rs",
            text,
            &["crates/nameplate/src/api/iot/thing.rs:1"],
        );
        check_places("crates/nameplate/src/api/fault.rs", text, &[]);
        check_places("crates/nameplate/src/api/iot/fault.rs", text, &[]);
        check_places(
            "crates/nameplate/src/app/iam/fault.rs",
            text,
            &["crates/nameplate/src/app/iam/fault.rs:1"],
        );
        check_places("crates/nameplate-aws/src/respond.rs", text, &[]);
    }

    #[test]
    fn the_store_stays_behind_the_app() {
        let text = "use nameplate_store::Store;\n";
        check_places(
            "crates/nameplate/src/api/own.rs",
            text,
            &["crates/nameplate/src/api/own.rs:1"],
        );
        check_places("crates/nameplate/src/app/mod.rs", text, &[]);
        check_places(
            "crates/nameplate/src/app/a.rs",
            "use rusqlite::Row;\n",
            &["crates/nameplate/src/app/a.rs:1"],
        );
    }

    #[test]
    fn a_module_is_not_the_end_of_another_name() {
        check_places("crates/nameplate-core/src/a.rs", "Operand::Text\n", &[]);
        check_places(
            "crates/nameplate-core/src/a.rs",
            "aws_lc_rs::rand::fill()\n",
            &["crates/nameplate-core/src/a.rs:1"],
        );
    }

    #[test]
    fn unfinished_work_is_found_in_tests_too() {
        let text = "#[cfg(test)]\nmod tests {\n    fn f() { todo!() }\n}\n";
        check_places("xtask/src/a.rs", text, &["xtask/src/a.rs:3"]);
    }

    #[test]
    fn paths_and_hosts_of_a_machine() {
        check_places("README.md", "cd /ro\u{6f}t/nameplate\n", &["README.md:1"]);
        check_places("README.md", "see https://example.com/ro\u{6f}t/\n", &[]);
        check_places("docs/a.md", "the frame/wo\u{72}k/of\n", &[]);
        check_places(
            "scripts/a",
            "pip install --index-u\u{72}l https://mirror.example\n",
            &["scripts/a:1"],
        );
        let lock = "source = \"registry+https://github.com/rust-lang/crates.io-index\"\nsource = \"git+https://x\"\n";
        check_places("Cargo.lock", lock, &["Cargo.lock:2"]);
    }

    #[test]
    fn length_counts_code() {
        let code = "let a = 1;\n".repeat(801);
        check_places(
            "crates/nameplate/src/app/a.rs",
            &code,
            &["crates/nameplate/src/app/a.rs"],
        );
        check_places("crates/nameplate/src/app/tests.rs", &code, &[]);
        check_places(
            "crates/nameplate-aws/src/model/generated/iot.rs",
            &code,
            &[],
        );
        let comments = "// Why.\n\n".repeat(801);
        check_places("crates/nameplate/src/app/a.rs", &comments, &[]);
    }
}
