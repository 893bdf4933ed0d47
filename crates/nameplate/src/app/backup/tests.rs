//! Backups are written and read again: whole, cut anywhere, altered anywhere, of somebody else.

use super::format::Writer;
use super::{BackupError, End, Header, Part, read};
use nameplate_store::TableDigest;
use std::collections::BTreeMap;
use std::path::Path;

fn header() -> Header {
    Header {
        program: "0.1.0".into(),
        schema: 21,
        created: 1_795_448_532_345,
        engine: "sqlite".into(),
        rows: 3,
        identity: BTreeMap::from([("directory-roots".into(), "ab12".into())]),
    }
}

/// A small backup, with so many files.
fn written(files: usize) -> (Vec<u8>, End) {
    let mut writer = Writer::begin(Vec::new(), &header()).expect("written");
    writer.rows("thing", 1, b"[1]\n[2]\n").expect("written");
    writer.rows("thing", 2, b"[3]\n").expect("written");
    writer.table(TableDigest {
        table: "thing".into(),
        rows: 3,
        digest: "cd34".into(),
    });
    writer.directory(Path::new("keys"), 0o700).expect("written");
    for number in 0..files {
        let name = format!("keys/{number}-{}.pem", "long".repeat(number % 50));
        let content = vec![b'k'; number % 1500];
        let size = content.len() as u64;
        let path = Path::new(&name);
        writer
            .file(path, 0o600, size, &content[..])
            .expect("written");
    }
    writer
        .link(Path::new("functions"), Path::new("elsewhere"))
        .expect("written");
    writer.body("0a1b", 5, &b"bytes"[..]).expect("written");
    let (end, bytes) = writer.end().expect("written");
    (bytes, end)
}

fn told(bytes: &[u8]) -> Result<(Header, End), BackupError> {
    read(bytes, &mut |_| Ok::<(), BackupError>(()))
}

#[test]
fn what_was_written_is_read() {
    let (bytes, end) = written(2000);
    let (mut names, mut sizes, mut rows) = (Vec::new(), 0, 0);
    let (found, last) = read(&bytes[..], &mut |part| {
        match part {
            Part::Header(found) => assert_eq!(*found, header()),
            Part::Rows { table, lines } => {
                assert_eq!(table, "thing");
                rows += lines.iter().filter(|byte| **byte == b'\n').count();
            }
            Part::Directory { path, mode } => {
                assert_eq!((path.as_path(), mode), (Path::new("keys"), 0o700));
            }
            Part::File {
                path,
                mode,
                content,
            } => {
                assert_eq!(mode, 0o600);
                // Every second is left unread, which changes nothing.
                if names.len() % 2 == 0 {
                    let mut text = Vec::new();
                    content.read_to_end(&mut text).expect("readable");
                    sizes += text.len();
                }
                names.push(path);
            }
            Part::Link { path, target } => {
                assert_eq!(path, Path::new("functions"));
                assert_eq!(target, Path::new("elsewhere"));
            }
            Part::Body { name, content } => {
                let mut text = String::new();
                content.read_to_string(&mut text).expect("readable");
                assert_eq!((name, text.as_str()), ("0a1b", "bytes"));
            }
        }
        Ok::<(), BackupError>(())
    })
    .expect("it is whole");
    assert_eq!((found, &last), (header(), &end));
    assert_eq!((names.len(), rows), (2000, 3));
    assert!(sizes > 0);
    assert_eq!((end.files, end.bodies, end.rows()), (2001, 1, 3));
    // The header, two pieces of rows, the directory, files, the link, the body.
    assert_eq!(end.parts, 2006);
}

#[test]
fn what_is_cut_short_is_refused_wherever_it_is_cut() {
    let (bytes, _) = written(20);
    assert!(told(&bytes).is_ok());
    // The archive's own end is 1024 zeros, which say nothing.
    let whole = bytes.len() - 1024;
    for length in (0..whole - 512).step_by(97) {
        let error = told(&bytes[..length]).expect_err("refused");
        let named = match length {
            0..512 => matches!(error, BackupError::Foreign | BackupError::Cut),
            _ => matches!(error, BackupError::Cut),
        };
        assert!(named, "{length}: {error:?}");
    }
}

#[test]
fn what_is_altered_is_refused_wherever_it_is_altered() {
    let (bytes, end) = written(20);
    let mut unnoticed = 0;
    for at in (0..bytes.len() - 1024).step_by(13) {
        let mut altered = bytes.clone();
        altered[at] ^= 0x01;
        match told(&altered) {
            Err(_) => {}
            // What fills a block up, and fields of the archive that mean nothing here, may be anything.
            Ok((found, last)) => {
                assert_eq!((found, last), (header(), end.clone()), "{at}");
                unnoticed += 1;
            }
        }
    }
    assert!(unnoticed < bytes.len() / 13);
}

#[test]
fn a_part_that_is_left_out_swapped_or_added_is_refused() {
    // Entries of this archive without long names are a block of header and one of content.
    let (bytes, _) = written(3);
    let blocks: Vec<&[u8]> = bytes.chunks(512).collect();
    let named = |name: &str| {
        let at = blocks
            .iter()
            .position(|block| block.starts_with(name.as_bytes()));
        at.unwrap_or_else(|| panic!("{name}"))
    };
    let (one, two) = (
        named("registry/thing/000001"),
        named("registry/thing/000002"),
    );
    let without = [&blocks[..one], &blocks[one + 2..]].concat().concat();
    let error = told(&without).expect_err("refused").to_string();
    assert!(error.contains("registry/thing/000002 is not"), "{error}");
    let mut swapped = blocks.clone();
    swapped.swap(one, two);
    swapped.swap(one + 1, two + 1);
    assert!(told(&swapped.concat()).is_err());
    let twice = [&blocks[..two], &blocks[one..]].concat().concat();
    assert!(told(&twice).is_err());
    let end = named("end.json");
    let more = [&blocks[..end + 2], &blocks[one..]].concat().concat();
    let error = told(&more).expect_err("refused").to_string();
    assert!(error.contains("after the end"), "{error}");
}

#[test]
fn what_is_no_backup_or_a_newer_one_is_told() {
    for foreign in [&b""[..], &[0; 4096], b"PK\x03\x04", &[b'x'; 5000]] {
        let error = told(foreign).expect_err("refused");
        assert!(
            matches!(error, BackupError::Foreign | BackupError::Cut),
            "{error:?}"
        );
    }
    let mut other = tar::Builder::new(Vec::new());
    let mut entry = tar::Header::new_gnu();
    entry.set_size(2);
    entry.set_mode(0o600);
    other
        .append_data(&mut entry, "readme", &b"no"[..])
        .expect("written");
    let error = told(&other.into_inner().expect("written")).expect_err("refused");
    assert!(matches!(error, BackupError::Foreign), "{error:?}");
    let mut newer = tar::Builder::new(Vec::new());
    let text = br#"{"nameplateBackup": 2}"#;
    entry.set_size(text.len() as u64);
    newer
        .append_data(&mut entry, "nameplate-backup.json", &text[..])
        .expect("written");
    let error = told(&newer.into_inner().expect("written")).expect_err("refused");
    assert!(error.to_string().contains("newer release"), "{error}");
}

#[test]
fn a_path_that_leads_elsewhere_is_refused() {
    for path in [
        "files/../../etc/passwd",
        "files/",
        "elsewhere/file",
        "files/keys/../x",
    ] {
        let mut archive = Vec::new();
        {
            let mut writer = Writer::begin(&mut archive, &header()).expect("written");
            let content = &b"x"[..];
            // The archive's writer would not write such a path; its header is made by hand.
            writer.rows("thing", 1, content).expect("written");
        }
        let at = archive.len() - 1024;
        archive.truncate(at);
        let mut entry = tar::Header::new_gnu();
        entry.set_size(0);
        entry.set_mode(0o600);
        entry.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
        entry.set_cksum();
        archive.extend_from_slice(entry.as_bytes());
        let error = told(&archive).expect_err("refused");
        assert!(
            matches!(error, BackupError::Altered(_)),
            "{path}: {error:?}"
        );
    }
}
