//! `nameplate copy`: moves a registry between the embedded database and PostgreSQL, while no server serves it.
//!
//! Owns the words and the files; rows are the store's (`nameplate_store::Copy`).

mod files;

use super::args::CopyArgs;
use super::out::{complain, tell};
use super::progress::{Progress as Told, Unit};
use crate::app::directory::{Kept, ROOTS};
use crate::config;
use anyhow::{Context as _, bail};
use nameplate_core::pki::CertificateId;
use nameplate_store::{Copied, Copy, Location, PostgresOptions, Progress, Step};
use std::ops::ControlFlow;
use std::path::Path;

/// Runs the command; the exit status.
pub fn run(args: &CopyArgs) -> anyhow::Result<u8> {
    let from = named("from", &args.from)?;
    let to = named("to", &args.to)?;
    let copy = Copy::open(&from, &to, Kept::NAMES, &mut |why| complain(why))?;
    if let Location::Directory(directory) = &to {
        check_keys(directory, copy.identity().get(ROOTS))?;
    }
    let mut taken = None;
    if let (Location::Directory(from), Location::Directory(to)) = (&from, &to) {
        taken = Some(files::take_along(from, to)?);
    }
    let mut told = Told::new();
    let copied = copy.run(&mut |progress| {
        said(&mut told, progress);
        ControlFlow::Continue(())
    });
    told.clear();
    let copied = copied?;
    tell(&report(&from, &to, &copied, taken))?;
    Ok(0)
}

/// [`location`] of what the flag `--NAME` says, with a warning where others can read a password in it.
pub(super) fn named(name: &str, given: &str) -> anyhow::Result<Location> {
    let location = location(given).with_context(|| format!("--{name}"))?;
    let instead = format!("give it by NAMEPLATE_STORE or in nameplate.toml, and `--{name} store`");
    if let Some(warning) = config::exposed(name, given, &instead) {
        complain(format_args!("nameplate: {warning}"));
    }
    Ok(location)
}

/// A data directory, a URL of PostgreSQL, or `store` for what that setting says.
pub(super) fn location(given: &str) -> anyhow::Result<Location> {
    let configured;
    let text = match given {
        "store" => {
            configured = config::store()?;
            if configured == "sqlite" {
                bail!("the setting store says sqlite; name the data directory");
            }
            configured.as_str()
        }
        given => given,
    };
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        // What is wrong with it is told without it.
        let options = PostgresOptions::parse(text).map_err(anyhow::Error::msg)?;
        return Ok(Location::Database(Box::new(options)));
    }
    if text.is_empty() || text == "sqlite" || text.contains("://") {
        bail!(
            "a data directory, postgres://USER:PASSWORD@HOST[:PORT]/DATABASE, or store is accepted"
        );
    }
    Ok(Location::Directory(text.into()))
}

/// Refuses a directory whose keys are another registry's: devices would trust neither.
fn check_keys(directory: &Path, roots: Option<&String>) -> anyhow::Result<()> {
    let path = directory.join("root-ca.pem");
    let Ok(found) = std::fs::read(&path) else {
        return Ok(());
    };
    match roots {
        Some(roots) if *roots != CertificateId::of(&found).to_string() => bail!(
            "{} and the keys beside it are another registry's; name an empty directory with --to, or the one that the \
             registry has been served with",
            path.display()
        ),
        _ => Ok(()),
    }
}

/// What was done, and what is left to do.
fn report(from: &Location, to: &Location, copied: &Copied, taken: Option<u64>) -> String {
    let mut text = format!(
        "copied {} rows of {} tables from {from} to {to}\n",
        copied.rows, copied.tables
    );
    if copied.found > 0 {
        text.push_str(&format!(
            "{} of the rows were there from a copy that was broken off\n",
            copied.found
        ));
    }
    text.push_str(&format!(
        "checked: both have the same rows, SHA-256 {}\n",
        copied.digest
    ));
    let next = match (from, to) {
        (Location::Directory(directory), Location::Database(_)) => format!(
            "Keys, credentials, bodies of objects and code of functions stay in {place}. Serve both with:\n  \
             nameplate serve --data-dir {place} --store postgres://…\n\
             {place}/nameplate.db is left as it was and no longer kept up; move it away, as a server that is started \
             without --store would serve it.\n",
            place = directory.display()
        ),
        (Location::Database(_), Location::Directory(directory)) => {
            let place = directory.display();
            let missing = files::missing(directory);
            match missing.is_empty() {
                true => format!("Serve it with:\n  nameplate serve --data-dir {place}\n"),
                false => format!(
                    "{place} has no {}. Copy these and `objects`, `registration` and `functions`, where there are any, from the data \
                     directory that the registry was served with; then:\n  nameplate serve --data-dir {place}\n",
                    missing.join(", ")
                ),
            }
        }
        (Location::Directory(_), Location::Directory(directory)) => format!(
            "{} files (keys, credentials, bodies of objects, code of functions) were copied too. Serve it with:\n  \
             nameplate serve --data-dir {}\n",
            taken.unwrap_or_default(),
            directory.display()
        ),
        (Location::Database(_), Location::Database(_)) => {
            "Keys, credentials, bodies of objects and code of functions stay in the data directory that the registry was served with. Serve \
             both with:\n  nameplate serve --data-dir DIR --store postgres://…\n"
                .to_owned()
        }
    };
    text.push_str(&next);
    text
}

/// Says how far the copy is.
fn said(told: &mut Told, progress: Progress<'_>) {
    let what = match progress.step {
        Step::Copying => format!("copying {}", progress.table),
        Step::Checking => format!("checking {}", progress.table),
    };
    told.tell(&what, Unit::Rows, progress.rows, Some(progress.of));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_directories_and_urls() {
        for (given, place) in [
            ("nameplate-data", "nameplate-data"),
            ("/var/lib/nameplate", "/var/lib/nameplate"),
            ("postgres://u:SECRET@db/fleet", "db:5432/fleet"),
            ("postgresql://u@[::1]:6432/fleet", "[::1]:6432/fleet"),
        ] {
            let found = location(given).expect(given);
            assert_eq!(found.to_string(), place);
        }
        for (given, told) in [
            ("sqlite", "a data directory"),
            ("", "a data directory"),
            ("mysql://u:SECRET@db/fleet", "a data directory"),
            ("postgres://u:SECRET@db", "it names no database"),
        ] {
            let mistake = format!("{:#}", location(given).expect_err(given));
            assert!(mistake.contains(told), "{given}: {mistake}");
            assert!(!mistake.contains("SECRET"), "{mistake}");
        }
    }

    #[test]
    fn the_report_says_what_is_left_to_do() {
        let copied = Copied {
            tables: 40,
            rows: 1000,
            found: 0,
            digest: "ab12".to_owned(),
        };
        let database = || location("postgres://u:SECRET@db/fleet").expect("a database");
        let empty = tempfile::tempdir().expect("a directory");
        let directory = || Location::Directory(empty.path().to_owned());
        let check = |from: Location, to: Location, told: &str| {
            let text = report(&from, &to, &copied, Some(3));
            assert!(
                text.contains("copied 1000 rows of 40 tables from "),
                "{text}"
            );
            assert!(text.contains("SHA-256 ab12\n"), "{text}");
            assert!(text.contains(told), "{told}: {text}");
            assert!(!text.contains("SECRET"), "{text}");
        };
        check(directory(), database(), "nameplate.db is left as it was");
        check(
            database(),
            directory(),
            "has no keys, credentials, root-ca.pem, device-ca.pem. ",
        );
        check(directory(), directory(), "3 files");
        check(database(), database(), "stay in the data directory");
    }

    #[test]
    fn keys_of_another_registry_are_refused() {
        let directory = tempfile::tempdir().expect("a directory");
        let roots = CertificateId::of(b"PEM").to_string();
        check_keys(directory.path(), Some(&roots)).expect("no keys yet");
        let path = directory.path().join("root-ca.pem");
        std::fs::write(&path, "PEM").expect("written");
        check_keys(directory.path(), Some(&roots)).expect("the same");
        std::fs::write(&path, "another").expect("written");
        let told = check_keys(directory.path(), Some(&roots)).expect_err("refused");
        assert!(told.to_string().contains("another registry's"), "{told}");
    }
}
