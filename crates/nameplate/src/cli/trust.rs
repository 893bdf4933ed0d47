//! `nameplate trust`: the server's roots in the system's trust store, and out again.
//!
//! Every root gets a file of its own, since the tools of the systems expect one certificate a file. The names of the
//! files tell them from all others, so that `--remove` works after the data directory is gone.

use super::args::TrustArgs;
use super::env::quoted;
use super::out::{complain, say};
use super::place;
use nameplate_core::pki::{Certificate, Field};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Beginning of the file names.
const PREFIX: &str = "nameplate-root-";
/// Ending of the file names; Debian's tool takes no other.
const SUFFIX: &str = ".crt";
/// macOS keeps roots in a keychain, not in a directory.
const MAC_KEYCHAIN: &str = "Library/Keychains/System.keychain";

/// Where a family of systems keeps roots that were added by hand, and what reads them in.
const SYSTEMS: &[System] = &[
    System {
        name: "Debian or Ubuntu",
        directory: "usr/local/share/ca-certificates",
        sign: "etc/ca-certificates.conf",
        command: &["update-ca-certificates"],
        // Without it the links of removed roots stay.
        command_after_removal: &["update-ca-certificates", "--fresh"],
    },
    System {
        name: "Fedora or RHEL",
        directory: "etc/pki/ca-trust/source/anchors",
        sign: "etc/pki/ca-trust/source",
        command: &["update-ca-trust", "extract"],
        command_after_removal: &["update-ca-trust", "extract"],
    },
    System {
        name: "Arch",
        directory: "etc/ca-certificates/trust-source/anchors",
        sign: "etc/ca-certificates/trust-source",
        command: &["trust", "extract-compat"],
        command_after_removal: &["trust", "extract-compat"],
    },
    System {
        name: "SUSE",
        directory: "etc/pki/trust/anchors",
        sign: "etc/pki/trust",
        command: &["update-ca-certificates"],
        command_after_removal: &["update-ca-certificates"],
    },
    System {
        name: "Alpine",
        directory: "usr/local/share/ca-certificates",
        sign: "etc/alpine-release",
        command: &["update-ca-certificates"],
        command_after_removal: &["update-ca-certificates", "--fresh"],
    },
];

struct System {
    name: &'static str,
    /// Where the files go.
    directory: &'static str,
    /// What is there on such a system and on no other in the list.
    sign: &'static str,
    command: &'static [&'static str],
    command_after_removal: &'static [&'static str],
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Write(PathBuf, String),
    Remove(PathBuf),
    Run(Vec<String>),
}

impl Step {
    fn describe(&self) -> String {
        match self {
            Step::Write(path, _) => format!("write {}", path.display()),
            Step::Remove(path) => format!("remove {}", path.display()),
            Step::Run(words) => {
                let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
                format!("run {}", words.join(" "))
            }
        }
    }

    fn take(&self) -> io::Result<()> {
        match self {
            Step::Write(path, content) => {
                if let Some(directory) = path.parent() {
                    std::fs::create_dir_all(directory)?;
                }
                std::fs::write(path, content)
            }
            Step::Remove(path) => std::fs::remove_file(path),
            Step::Run(words) => {
                let (program, arguments) = words.split_first().ok_or(ErrorKind::InvalidInput)?;
                let status = Command::new(program).args(arguments).status()?;
                match status.success() {
                    true => Ok(()),
                    false => Err(io::Error::other(format!("it ended with {status}"))),
                }
            }
        }
    }
}

/// Runs the command.
pub fn run(args: &TrustArgs) -> anyhow::Result<u8> {
    let root = args.system_root.as_deref().unwrap_or(Path::new("/"));
    let on_mac = root.join(MAC_KEYCHAIN).exists();
    // On Linux the files to remove are known by their names; a keychain must be told which.
    let roots = match args.remove && !on_mac {
        true => Vec::new(),
        false => {
            let path = place::root_ca(args.place.data_dir.as_deref())?;
            let text = std::fs::read_to_string(&path)
                .map_err(|error| anyhow::anyhow!("{} cannot be read: {error}", path.display()))?;
            Certificate::parse_pem_many(&text)
                .map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?
        }
    };
    let steps = match (on_mac, system(root)) {
        (true, _) => mac_steps(&roots, args.remove, &root.join(MAC_KEYCHAIN)),
        (false, Some(system)) if args.remove => removal(system, root)?,
        (false, Some(system)) => installation(system, root, &roots),
        (false, None) => anyhow::bail!(
            "this system keeps its trusted roots in none of the places known here ({}). Point your program at \
             root-ca.pem in the data directory instead; `nameplate env` names it as NAMEPLATE_ROOT_CA",
            SYSTEMS
                .iter()
                .map(|system| system.name)
                .collect::<Vec<_>>()
                .join(", ")
        ),
    };
    if steps.is_empty() {
        say("No root of Nameplate's is installed.\n")?;
        return Ok(0);
    }
    for step in &steps {
        // Commands would work on the system itself, whatever directory the files went to.
        let only_shown = args.print || args.system_root.is_some() && matches!(step, Step::Run(_));
        if only_shown {
            say(&format!("would {}\n", step.describe()))?;
            continue;
        }
        if let Err(error) = step.take() {
            complain(format_args!(
                "nameplate trust: cannot {}: {error}",
                step.describe()
            ));
            if error.kind() == ErrorKind::PermissionDenied {
                complain(
                    "This needs root: run it again with sudo, or see with --print what it does.",
                );
            }
            return Ok(1);
        }
        say(&format!("{}\n", step.describe()))?;
    }
    Ok(0)
}

/// The system below `root`. The more special sign counts: Alpine has Debian's, too.
fn system(root: &Path) -> Option<&'static System> {
    SYSTEMS
        .iter()
        .rev()
        .find(|system| root.join(system.sign).exists())
}

fn installation(system: &System, root: &Path, roots: &[Certificate]) -> Vec<Step> {
    let mut steps: Vec<Step> = roots
        .iter()
        .map(|certificate| {
            let id = certificate.id().to_string();
            let id = id.get(..16).unwrap_or(&id);
            let path = root
                .join(system.directory)
                .join(format!("{PREFIX}{id}{SUFFIX}"));
            Step::Write(path, certificate.to_pem())
        })
        .collect();
    steps.push(Step::Run(owned(system.command)));
    steps
}

fn removal(system: &System, root: &Path) -> io::Result<Vec<Step>> {
    let directory = root.join(system.directory);
    let entries = match std::fs::read_dir(&directory) {
        Ok(entries) => entries.collect::<io::Result<Vec<_>>>()?,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    let mut steps: Vec<Step> = entries
        .iter()
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with(PREFIX) && name.ends_with(SUFFIX)
        })
        .map(|entry| Step::Remove(entry.path()))
        .collect();
    steps.sort_by_key(Step::describe);
    if !steps.is_empty() {
        steps.push(Step::Run(owned(system.command_after_removal)));
    }
    Ok(steps)
}

/// `security` takes one certificate a file, and takes out by common name, which is each root's own.
fn mac_steps(roots: &[Certificate], remove: bool, keychain: &Path) -> Vec<Step> {
    let keychain = keychain.display().to_string();
    let mut steps = Vec::new();
    for certificate in roots {
        if remove {
            let name = certificate.subject().first(Field::CommonName);
            let name = name.unwrap_or_default();
            let words = [
                "security",
                "delete-certificate",
                "-c",
                name,
                "-t",
                &keychain,
            ];
            steps.push(Step::Run(owned(&words)));
            continue;
        }
        let file = std::env::temp_dir().join(format!("{PREFIX}{}{SUFFIX}", certificate.id()));
        let shown = file.display().to_string();
        let words = [
            "security",
            "add-trusted-cert",
            "-d",
            "-r",
            "trustRoot",
            "-k",
            &keychain,
            &shown,
        ];
        steps.push(Step::Write(file.clone(), certificate.to_pem()));
        steps.push(Step::Run(owned(&words)));
        steps.push(Step::Remove(file));
    }
    steps
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::ServerAuthority;
    use nameplate_core::ctx::Millis;

    fn certificates(directory: &Path) -> Vec<Certificate> {
        let authority = ServerAuthority::open(directory, Millis(1_795_448_532_000)).expect("made");
        Certificate::parse_pem_many(&authority.root_ca_pem()).expect("two roots")
    }

    #[test]
    fn roots_go_in_and_out() {
        let data = tempfile::tempdir().expect("a directory");
        let roots = certificates(data.path());
        let check = |sign: &str, directory: &str, command: &str| {
            let root = tempfile::tempdir().expect("a directory");
            std::fs::create_dir_all(root.path().join(sign)).expect("made");
            let system = system(root.path()).expect("a system");
            let steps = installation(system, root.path(), &roots);
            assert_eq!(steps.len(), 3);
            assert_eq!(steps[2].describe(), format!("run {command}"));
            for step in &steps[..2] {
                step.take().expect("written");
            }
            let files = std::fs::read_dir(root.path().join(directory)).expect("there");
            assert_eq!(files.count(), 2);
            let other = root.path().join(directory).join("other.crt");
            std::fs::write(&other, "").expect("written");
            let steps = removal(system, root.path()).expect("readable");
            assert_eq!(steps.len(), 3);
            for step in &steps[..2] {
                step.take().expect("removed");
            }
            assert!(other.exists());
            assert!(removal(system, root.path()).expect("readable").is_empty());
        };
        check(
            "etc/ca-certificates.conf",
            "usr/local/share/ca-certificates",
            "update-ca-certificates",
        );
        check(
            "etc/pki/ca-trust/source",
            "etc/pki/ca-trust/source/anchors",
            "update-ca-trust extract",
        );
        check(
            "etc/ca-certificates/trust-source",
            "etc/ca-certificates/trust-source/anchors",
            "trust extract-compat",
        );
    }

    #[test]
    fn keychains() {
        let data = tempfile::tempdir().expect("a directory");
        let roots = certificates(data.path());
        let keychain = Path::new("/Library/Keychains/System.keychain");
        let steps = mac_steps(&roots, false, keychain);
        assert_eq!(steps.len(), 6);
        let removal = mac_steps(&roots, true, keychain);
        assert!(
            removal[0]
                .describe()
                .starts_with("run security delete-certificate -c 'Nameplate ECDSA Root CA "),
            "{removal:?}"
        );
    }

    #[test]
    fn an_unknown_system() {
        let root = tempfile::tempdir().expect("a directory");
        assert!(system(root.path()).is_none());
    }
}
