//! `nameplate completions` and `nameplate man`: what packages bring along, made of the command line's own shape.
//!
//! Both are the same whenever they are made by the same program, so that packages can be compared.

use super::args::{CompletionsArgs, ManArgs};
use super::out::say;
use anyhow::Context;
use clap_mangen::Man;
use std::fs;
use std::path::Path;

/// Prints what a shell completes the command by.
pub fn completions(args: &CompletionsArgs) -> anyhow::Result<u8> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "nameplate", &mut text);
    say(&String::from_utf8(text)?)?;
    Ok(0)
}

/// Prints the manual's first page, or writes all of them.
pub fn manual(args: &ManArgs) -> anyhow::Result<u8> {
    match &args.directory {
        None => {
            let mut text = Vec::new();
            Man::new(super::command()).render(&mut text)?;
            say(&String::from_utf8(text)?)?;
        }
        Some(directory) => write(directory)
            .with_context(|| format!("cannot write pages into {}", directory.display()))?,
    }
    Ok(0)
}

fn write(directory: &Path) -> std::io::Result<()> {
    fs::create_dir_all(directory)?;
    clap_mangen::generate_to(super::command(), directory)
}

#[cfg(test)]
mod tests {
    use super::super::command;
    use super::*;
    use clap::Command;
    use clap_complete::Shell;

    #[test]
    fn every_shell_completes_every_command() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell] {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut command(), "nameplate", &mut text);
            let text = String::from_utf8(text).expect("completions are text");
            for sub in command().get_subcommands() {
                assert!(text.contains(sub.get_name()), "{shell}: {}", sub.get_name());
            }
            assert!(text.contains("endpoint-host"), "{shell}");
        }
    }

    /// The page of a command and those of all below it.
    fn pages(command: &Command, name: &str, found: &mut Vec<String>) {
        found.push(format!("{name}.1"));
        for sub in command.get_subcommands() {
            pages(sub, &format!("{name}-{}", sub.get_name()), found);
        }
    }

    #[test]
    fn every_command_has_a_page_and_no_page_is_made_twice() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let target = directory.path().join("made/here");
        write(&target).expect("pages can be written");
        let mut wanted = Vec::new();
        pages(&command(), "nameplate", &mut wanted);
        wanted.sort();
        let mut there: Vec<String> = fs::read_dir(&target)
            .expect("the directory was made")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .into_string()
                    .expect("a name")
            })
            .collect();
        there.sort();
        assert_eq!(there, wanted);
        let serve = fs::read_to_string(target.join("nameplate-serve.1")).expect("a page");
        assert!(serve.contains("endpoint\\-host"), "{serve}");
        // A page that changes with its day or its reader's variables could not be compared.
        write(&target).expect("pages can be written again");
        assert_eq!(
            fs::read_to_string(target.join("nameplate-serve.1")).expect("a page"),
            serve
        );
    }
}
