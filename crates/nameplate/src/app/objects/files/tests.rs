//! What holds of bodies wherever they are; and what holds of a bucket elsewhere, which is one of a second server here.

use super::*;
use crate::app::Kind;
use crate::cli::serve::{self, Running};
use crate::config;
use crate::outbound::s3::{Place, S3};
use std::collections::BTreeSet;

const MIB: usize = 1024 * 1024;

/// A server with one bucket, which is the store elsewhere.
struct Elsewhere {
    running: Running,
    data: tempfile::TempDir,
}

impl Elsewhere {
    async fn start() -> Self {
        let data = tempfile::tempdir().expect("a directory");
        let layer = [
            ("data-dir", data.path().display().to_string()),
            ("api", "127.0.0.1:0".into()),
            ("mqtt", "127.0.0.1:0".into()),
            ("https", "127.0.0.1:0".into()),
        ];
        let layer = layer.map(|(name, value)| (name.to_owned(), vec![value]));
        let settings = config::resolve(&[("test", layer.into())]).expect("good settings");
        let running = serve::start(settings).await.expect("a server starts");
        running
            .app()
            .objects
            .create_bucket(&running.app().iam.root(), "bodies", None)
            .await
            .expect("a new bucket");
        Self { running, data }
    }

    fn place(&self, bucket: &str, prefix: &str) -> Place {
        let address = self.running.endpoints().api[0];
        let keys = self.data.path().join("credentials");
        Place {
            endpoint: Endpoint::parse(&format!("http://{address}")).expect("an endpoint"),
            region: "us-east-1".into(),
            bucket: bucket.into(),
            prefix: prefix.into(),
            keys: crate::outbound::s3::KeysFile::read(&keys).expect("keys"),
        }
    }

    fn client(&self) -> S3 {
        S3::new(&self.place("bodies", ""), serve::clock).expect("a client")
    }

    /// All keys of the bucket.
    async fn keys(&self) -> BTreeSet<String> {
        let page = self.client().list("", 1000, None).await.expect("a list");
        page.keys.into_iter().collect()
    }

    /// Waits until the bucket has these keys and no upload is under way.
    async fn settles(&self, expected: &[&str]) {
        let expected: BTreeSet<String> = expected.iter().map(|key| (*key).to_owned()).collect();
        for _ in 0..500 {
            let uploads = self.client().uploads("").await.expect("a list");
            if self.keys().await == expected && uploads.is_empty() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("{:?} instead of {expected:?}", self.keys().await);
    }
}

async fn open(
    directory: &Path,
    place: &Place,
    identity: &str,
    named: &[&str],
) -> Result<ObjectFiles, OpenError> {
    let named = named.iter().map(|name| (*name).to_owned()).collect();
    let objects = Objects::Bucket(place.clone());
    ObjectFiles::open(directory, &objects, identity, serve::clock, named, false).await
}

fn pattern(length: usize) -> Vec<u8> {
    let round: Vec<u8> = (0..251).collect();
    let mut pattern = round.repeat(length.div_ceil(round.len()));
    pattern.truncate(length);
    pattern
}

async fn written(files: &ObjectFiles, body: &[u8], piece: usize) -> Finished {
    let mut incoming = files.begin().await.expect("a body begins");
    for piece in body.chunks(piece) {
        incoming.write(piece).await.expect("bytes are taken");
    }
    assert_eq!(incoming.size(), body.len() as u64);
    incoming.finish().await.expect("a body is kept")
}

async fn read(files: &ObjectFiles, name: &str, offset: usize, size: usize) -> Option<Vec<u8>> {
    let extent = Extent {
        offset: offset as u64,
        size: size as u64,
    };
    let mut reading = files.read(name, extent).await.expect("an answer")?;
    let mut body = Vec::new();
    while let Some(piece) = reading.next().await.expect("bytes") {
        body.extend_from_slice(&piece);
        assert_eq!(reading.left(), (size - body.len()) as u64);
    }
    Some(body)
}

/// What holds wherever bodies are.
async fn check(files: &ObjectFiles, directory: &Path) {
    // Around the sizes at which something changes.
    let part = 8 * MIB;
    for size in [0, 1, 100_000, 300_000, part, part + 1, 2 * part + 5] {
        let body = pattern(size);
        let finished = written(files, &body, 700_001).await;
        let mut md5 = Algorithm::Md5.hasher();
        md5.update(&body);
        assert_eq!((finished.size, &finished.md5), (size as u64, &md5.bytes()));
        let name = finished.body.keep();
        let found = read(files, &name, 0, size).await;
        assert!(found.as_ref() == Some(&body), "{size}");
        if size > 10 {
            let (from, to) = (size / 3, size - 2);
            let found = read(files, &name, from, to - from).await;
            assert!(found.as_deref() == Some(&body[from..to]), "{size}");
        }
        files.remove(vec![name.clone()]).await;
        if size > 0 {
            assert_eq!(read(files, &name, 0, size).await, None);
        }
    }

    // A body that is read goes on though it is removed.
    let body = pattern(3 * MIB);
    let name = written(files, &body, MIB).await.body.keep();
    let extent = Extent {
        offset: 0,
        size: body.len() as u64,
    };
    let mut reading = files
        .read(&name, extent)
        .await
        .expect("an answer")
        .expect("a body");
    let mut found = reading
        .next()
        .await
        .expect("bytes")
        .expect("bytes")
        .to_vec();
    files.remove(vec![name]).await;
    while let Some(piece) = reading.next().await.expect("bytes") {
        found.extend_from_slice(&piece);
    }
    assert!(found == body);

    // More than there is.
    let name = written(files, b"short", 5).await.body.keep();
    let extent = Extent {
        offset: 0,
        size: 10,
    };
    let failed = match files.read(&name, extent).await {
        Ok(reading) => {
            let mut reading = reading.expect("a body");
            let first = reading.next().await;
            first.is_err() || reading.next().await.is_err()
        }
        Err(_) => true,
    };
    assert!(failed);

    // Joined, and the parts are still there.
    let bodies = [pattern(5 * MIB), pattern(6 * MIB + 1), pattern(10)];
    let mut parts = Vec::new();
    for body in &bodies {
        let part = written(files, body, MIB).await.body.keep();
        parts.push((part, body.len() as u64));
    }
    let whole = bodies.concat();
    let joined = files
        .join(parts.clone())
        .await
        .expect("one of three")
        .keep();
    assert!(read(files, &joined, 0, whole.len()).await == Some(whole));
    let alone = files
        .join(parts[2..].to_vec())
        .await
        .expect("one of one")
        .keep();
    assert!(read(files, &alone, 0, 10).await == Some(pattern(10)));
    let empty = written(files, b"", 1).await.body.keep();
    let of_empty = files
        .join(vec![(empty.clone(), 0)])
        .await
        .expect("one of nothing")
        .keep();

    // A file that was made elsewhere.
    let path = directory.join("report");
    std::fs::write(&path, pattern(9 * MIB)).expect("space");
    let adopted = files.adopt(path.clone()).await.expect("a body");
    assert_eq!(adopted.size, 9 * MIB as u64);
    let adopted = adopted.body.keep();
    assert!(read(files, &adopted, 0, 9 * MIB).await == Some(pattern(9 * MIB)));
    assert!(!path.exists());

    // Nothing is left of what was not finished, or not kept.
    for size in [10, 20 * MIB] {
        let mut incoming = files.begin().await.expect("a body begins");
        incoming.write(&pattern(size)).await.expect("bytes");
        drop(incoming);
        drop(written(files, &pattern(size), MIB).await);
    }
    let mut all = vec![name, joined, alone, empty, of_empty, adopted];
    all.extend(parts.into_iter().map(|(part, _)| part));
    files.remove(all).await;
}

#[tokio::test]
async fn bodies_in_the_data_directory() {
    let directory = tempfile::tempdir().expect("a directory");
    let objects = Objects::DataDir;
    let files = ObjectFiles::open(
        directory.path(),
        &objects,
        "me",
        serve::clock,
        HashSet::new(),
        false,
    )
    .await
    .expect("a new directory");
    check(&files, directory.path()).await;
    let mut left = Vec::new();
    for shelf in std::fs::read_dir(directory.path().join("objects")).expect("shelves") {
        left.extend(std::fs::read_dir(shelf.expect("a shelf").path()).expect("bodies"));
    }
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn bodies_in_a_bucket() {
    let elsewhere = Elsewhere::start().await;
    let directory = tempfile::tempdir().expect("a directory");
    let place = elsewhere.place("bodies", "one/two/");
    let files = open(directory.path(), &place, "me", &[])
        .await
        .expect("a new place");
    check(&files, directory.path()).await;
    elsewhere.settles(&["one/two/nameplate-owner"]).await;
    elsewhere.running.stop().await;
}

#[tokio::test]
async fn opening_removes_what_no_row_names_and_nothing_of_others() {
    let elsewhere = Elsewhere::start().await;
    let directory = tempfile::tempdir().expect("a directory");
    let place = elsewhere.place("bodies", "p/");
    let files = open(directory.path(), &place, "me", &[])
        .await
        .expect("new");
    let kept = written(&files, b"kept", 1).await.body.keep();
    // As a server leaves them that is killed.
    for _ in 0..2 {
        written(&files, b"lost", 1).await.body.keep();
    }
    let mut begun = files.begin().await.expect("a body");
    begun.write(&pattern(17 * MIB)).await.expect("bytes");
    std::mem::forget(begun);
    let client = elsewhere.client();
    let foreign = ["p/bodies/README", "p/other", "elsewhere"];
    for key in foreign {
        client.put(key, "x".into()).await.expect("an object");
    }
    let upload = client.begin_upload("mine").await.expect("an upload");
    assert_eq!(client.uploads("").await.expect("a list").len(), 2);

    let files = open(directory.path(), &place, "me", &[&kept])
        .await
        .expect("the same place");
    assert_eq!(
        read(&files, &kept, 0, 4).await.as_deref(),
        Some(&b"kept"[..])
    );
    let body = format!("p/bodies/{kept}");
    let mut expected: BTreeSet<String> = foreign.map(str::to_owned).into();
    expected.extend(["p/nameplate-owner".to_owned(), body]);
    assert_eq!(elsewhere.keys().await, expected);
    let uploads = client.uploads("").await.expect("a list");
    let uploads: Vec<_> = uploads.into_iter().map(|pending| pending.upload).collect();
    assert_eq!(uploads, [upload]);
    elsewhere.running.stop().await;
}

#[tokio::test]
async fn a_place_is_one_data_directorys() {
    let elsewhere = Elsewhere::start().await;
    let (mine, other) = (
        tempfile::tempdir().expect("a directory"),
        tempfile::tempdir().expect("a directory"),
    );
    let place = elsewhere.place("bodies", "");
    let files = open(mine.path(), &place, "me", &[]).await.expect("new");
    let name = written(&files, b"body", 1).await.body.keep();
    let refused = async |directory: &Path, place: &Place, identity: &str, named: &[&str]| {
        let opened = open(directory, place, identity, named).await;
        opened.expect_err("refused").to_string()
    };

    let text = refused(other.path(), &place, "you", &[]).await;
    assert!(
        text.contains("another Nameplate keeps its bodies there"),
        "{text}"
    );
    // Bodies stay where they are, and are not looked for elsewhere.
    let second = elsewhere.place("bodies", "second/");
    let text = refused(mine.path(), &second, "me", &[&name]).await;
    assert!(
        text.contains("1 objects and parts are in s3://bodies. "),
        "{text}"
    );
    let data_dir = ObjectFiles::open(
        mine.path(),
        &Objects::DataDir,
        "me",
        serve::clock,
        [name.clone()].into(),
        false,
    );
    let text = data_dir.await.expect_err("refused").to_string();
    assert!(text.starts_with("--objects data-dir: "), "{text}");
    let text = refused(other.path(), &second, "you", &["in-the-directory"]).await;
    assert!(text.contains("are in data-dir. "), "{text}");
    // The owner's object is lost: neither with bodies nor beside those of somebody is a new one made.
    elsewhere
        .client()
        .remove(&["nameplate-owner".to_owned()])
        .await
        .expect("gone");
    for (directory, named) in [(&mine, &[name.as_str()][..]), (&other, &[])] {
        let text = refused(directory.path(), &place, "me", named).await;
        assert!(text.contains("\"nameplate-owner\""), "{text}");
    }
    assert!(elsewhere.keys().await.contains(&format!("bodies/{name}")));
    // Without bodies the place is free to choose.
    open(mine.path(), &second, "me", &[])
        .await
        .expect("another");
    elsewhere.running.stop().await;
}

#[tokio::test]
async fn what_is_wrong_is_told_at_start_and_survived_later() {
    let elsewhere = Elsewhere::start().await;
    let directory = tempfile::tempdir().expect("a directory");
    let place = elsewhere.place("bodies", "");
    let refused = async |place: &Place| {
        let opened = open(directory.path(), place, "me", &[]).await;
        opened.expect_err("refused").to_string()
    };
    let text = refused(&elsewhere.place("absent", "")).await;
    assert!(
        text.contains("there is no bucket \"absent\" at http://127."),
        "{text}"
    );
    let mut wrong = place.clone();
    let file = directory.path().join("keys");
    std::fs::write(
        &file,
        "[default]\naws_access_key_id=AKIDNOBODY\naws_secret_access_key=s3cr3t\n",
    )
    .expect("space");
    wrong.keys = crate::outbound::s3::KeysFile::read(&file).expect("keys");
    let text = refused(&wrong).await;
    assert!(
        text.contains("keys are refused: ") && text.contains("HTTP 403"),
        "{text}"
    );
    assert!(!text.contains("s3cr3t"), "{text}");
    let mut nowhere = place.clone();
    nowhere.endpoint.port = 9;
    let text = refused(&nowhere).await;
    assert!(
        text.contains("http://127.0.0.1:9 does not answer"),
        "{text}"
    );

    let files = open(directory.path(), &place, "me", &[])
        .await
        .expect("new");
    let name = written(&files, b"body", 1).await.body.keep();
    elsewhere.running.stop().await;
    let mut incoming = files.begin().await.expect("nothing is asked yet");
    incoming.write(b"body").await.expect("nothing is sent yet");
    let failed = incoming.finish().await.map(drop).expect_err("nobody there");
    assert_eq!(failed.kind, Kind::Unavailable);
    let extent = Extent { offset: 0, size: 4 };
    let failed = files
        .read(&name, extent)
        .await
        .map(drop)
        .expect_err("nobody there");
    assert_eq!(failed.kind, Kind::Unavailable);
}

/// Keys of a session end; their file then has others.
#[tokio::test]
async fn keys_are_read_again() {
    let elsewhere = Elsewhere::start().await;
    let directory = tempfile::tempdir().expect("a directory");
    let mut place = elsewhere.place("bodies", "");
    let file = directory.path().join("keys");
    let good = std::fs::read_to_string(&place.keys.path).expect("keys");
    std::fs::write(&file, &good).expect("space");
    place.keys = crate::outbound::s3::KeysFile::read(&file).expect("keys");
    place.keys.keys.secret = "old".into();
    open(directory.path(), &place, "me", &[])
        .await
        .expect("by the keys in the file");
    elsewhere.running.stop().await;
}
