use super::*;
use std::io::Cursor;
use std::os::unix::fs::PermissionsExt;
use zip::write::{SimpleFileOptions, ZipWriter};

enum Entry<'a> {
    File(&'a str, u32, &'a [u8]),
    Link(&'a str, &'a str),
    Folder(&'a str),
}
use Entry::{File, Folder, Link};

fn zip_of(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in entries {
        match entry {
            File(name, mode, bytes) => {
                let options = SimpleFileOptions::default().unix_permissions(*mode);
                zip.start_file(*name, options).unwrap();
                zip.write_all(bytes).unwrap();
            }
            Link(name, to) => zip
                .add_symlink(*name, *to, SimpleFileOptions::default())
                .unwrap(),
            Folder(name) => zip
                .add_directory(*name, SimpleFileOptions::default())
                .unwrap(),
        }
    }
    zip.finish().unwrap().into_inner()
}

fn store() -> (tempfile::TempDir, CodeStore) {
    let directory = tempfile::tempdir().unwrap();
    let store = CodeStore::open(directory.path()).unwrap();
    (directory, store)
}

fn check_refused(entries: &[Entry<'_>], expected: &str) {
    let (directory, store) = store();
    let error = store
        .add(&zip_of(entries), &Limits::default())
        .expect_err(expected)
        .to_string();
    assert!(error.contains(expected), "{error}");
    let left = fs::read_dir(directory.path().join("code")).unwrap().count();
    assert_eq!(left, 0, "nothing stays of a refused zip");
}

#[test]
fn what_would_lead_out_is_refused() {
    check_refused(&[File("../evil", 0o644, b"")], "would lead out");
    check_refused(&[File("a/../../evil", 0o644, b"")], "would lead out");
    check_refused(&[File("/etc/evil", 0o644, b"")], "would lead out");
    check_refused(&[File("..\\evil", 0o644, b"")], "would lead out");
    check_refused(&[File("C:\\evil", 0o644, b"")], "would lead out");
    check_refused(&[Link("passwd", "/etc/passwd")], "the link \"passwd\"");
    check_refused(&[Link("a/up", "../../x")], "the link \"a/up\"");
    // Each link by itself stays inside; the second one, through the first, would not.
    check_refused(
        &[Folder("x/"), Link("x/l", ".."), Link("y", "x/l/../z")],
        "the link \"y\"",
    );
    check_refused(
        &[Link("l", "x"), File("l/evil", 0o644, b"")],
        "is no file, folder or link",
    );
    check_refused(
        &[Link("l", "x"), File("./l", 0o644, b"")],
        "is no file, folder or link",
    );
}

#[test]
fn what_is_no_zip_is_refused() {
    let (_directory, store) = store();
    for bytes in [&b"PK"[..], b"garbage that is no zip at all"] {
        let error = store.add(bytes, &Limits::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "Could not unzip uploaded file. Please check your file, then try to upload again."
        );
    }
    let error = store.add(b"", &Limits::default()).unwrap_err();
    assert_eq!(error.to_string(), "Uploaded file must be a non-empty zip");
    let whole = zip_of(&[File("a.py", 0o644, &[7; 9000])]);
    let mut cut = whole.clone();
    cut.drain(40..80);
    assert!(store.add(&cut, &Limits::default()).is_err());
}

#[test]
fn bombs_are_refused_while_they_unpack() {
    let zeros = vec![0; 17 << 20];
    check_refused(&[File("zeros", 0o644, &zeros)], "more than 200 times");
    let (_directory, store) = store();
    let limits = Limits {
        entries: 2,
        unpacked: 1000,
        ratio: 200,
    };
    let large = zip_of(&[File("a", 0o644, &[1; 600]), File("b", 0o644, &[2; 600])]);
    assert!(matches!(
        store.add(&large, &limits),
        Err(CodeError::Refused(Refused::Unpacked(1000)))
    ));
    let many = zip_of(&[Folder("a/"), Folder("b/"), Folder("c/")]);
    assert!(matches!(
        store.add(&many, &limits),
        Err(CodeError::Refused(Refused::Entries(2)))
    ));
}

#[test]
fn modes_are_set_right() {
    let (_directory, store) = store();
    let zip = zip_of(&[
        File("bootstrap", 0o644, b"#!/bin/sh\n"),
        File("secret.py", 0o000, b""),
        File("bin/tool", 0o700, b""),
        File("open", 0o666, b""),
        Folder("empty/"),
        Link("bin/same", "../open"),
        File(".\\win\\dows.py", 0o644, b""),
    ]);
    let package = store.add(&zip, &Limits::default()).unwrap();
    assert_eq!(package.size, zip.len() as u64);
    assert_eq!(package.unpacked, 10);
    let folder = store.folder(&package.sha256).unwrap();
    let mode = |name: &str| {
        fs::metadata(folder.join(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode("bootstrap"), 0o755);
    assert_eq!(mode("secret.py"), 0o644);
    assert_eq!(mode("bin/tool"), 0o755);
    assert_eq!(mode("open"), 0o644);
    assert_eq!(mode("bin/same"), 0o644);
    assert!(folder.join("empty").is_dir() && folder.join("win/dows.py").is_file());
    assert_eq!(fs::read(store.zip(&package.sha256).unwrap()).unwrap(), zip);
    assert_eq!(store.add(&zip, &Limits::default()).unwrap(), package);
    store.remove(&package.sha256).unwrap();
    assert!(store.folder(&package.sha256).is_none() && store.zip(&package.sha256).is_none());
    assert!(store.folder("../../etc").is_none());
}

#[test]
fn layers_lie_over_each_other() {
    let (_directory, store) = store();
    let add = |entries: &[Entry<'_>]| {
        store
            .add(&zip_of(entries), &Limits::default())
            .unwrap()
            .sha256
    };
    let below = add(&[
        File("python/a.py", 0o644, b"below"),
        File("python/b.py", 0o644, b"below"),
        File("lib", 0o644, b"a file here, a folder above"),
    ]);
    let above = add(&[
        File("python/b.py", 0o644, b"above"),
        File("lib/x.so", 0o644, b""),
    ]);
    let opt = store
        .compose(&[below.clone(), above.clone()])
        .unwrap()
        .unwrap();
    assert_eq!(fs::read(opt.join("python/a.py")).unwrap(), b"below");
    assert_eq!(fs::read(opt.join("python/b.py")).unwrap(), b"above");
    assert!(opt.join("lib/x.so").is_file());
    let kept = store.folder(&below).unwrap().join("python/b.py");
    assert_eq!(
        fs::read(kept).unwrap(),
        b"below",
        "the layer itself is as it was"
    );
    let other = store.compose(&[above, below]).unwrap().unwrap();
    assert_eq!(fs::read(other.join("python/b.py")).unwrap(), b"below");
    assert!(store.compose(&[]).unwrap().is_none());
}

#[test]
fn what_may_be_of_no_use_is_noted_and_leftovers_go() {
    let (directory, store) = store();
    let package = store
        .add(&zip_of(&[File("a", 0o644, b"1")]), &Limits::default())
        .unwrap();
    store.loosen(&package.sha256).unwrap();
    store.loosen("no digest").unwrap();
    let noted = store.loose().unwrap();
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0].0, package.sha256);
    store.keep(&package.sha256).unwrap();
    store.keep(&package.sha256).unwrap();
    assert!(store.loose().unwrap().is_empty());
    let opt = store
        .compose(std::slice::from_ref(&package.sha256))
        .unwrap()
        .unwrap();
    let scratch = directory.path().join("code/.0123");
    fs::create_dir(&scratch).unwrap();
    store.tidy().unwrap();
    assert!(!scratch.exists() && !opt.exists());
    assert!(store.folder(&package.sha256).is_some());
}

#[test]
fn a_changed_file_changes_the_fingerprint() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir_all(directory.path().join("a/node_modules")).unwrap();
    fs::write(directory.path().join("a/x.py"), "1").unwrap();
    let before = fingerprint(directory.path()).unwrap();
    fs::write(directory.path().join("a/node_modules/y.js"), "1").unwrap();
    let hash = |()| fingerprint(directory.path()).unwrap();
    // A folder's own time moves with its entries, so only what lies deeper is left out.
    fs::write(directory.path().join("a/x.py"), "22").unwrap();
    let after = hash(());
    assert_ne!(before, after);
    assert_eq!(after, hash(()));
}
