//! Room in the write-ahead log, made before a commit needs it.
//!
//! A flush of a file that has grown writes its length, too: one more write that waits for the disk, and on most file
//! systems a commit of their own journal. So the log is lengthened by many pages of zeros at once, between commits;
//! SQLite takes zeros behind its last frame for the end of the log, as it takes what an earlier round left there.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Pages in the log after which they are written to the database and the log begins anew: 64 MiB, for fewer page
/// writes than with SQLite's 4 MiB, and a longer longest commit.
const CHECKPOINT_PAGES: i32 = 16_384;
/// Bytes of a page's frame in the log.
const FRAME: u64 = 24 + 4096;
/// How many bytes the log is lengthened by.
const STEP: usize = 1 << 20;
/// Bytes behind the last frame below which the log is lengthened; most commits take less.
const LOW: u64 = 128 << 10;

/// The write-ahead log of the writer's connection.
pub(crate) struct Journal {
    path: PathBuf,
    file: Option<File>,
    length: u64,
    used: Arc<AtomicU64>,
}

impl Journal {
    /// Watches the log of this connection to the database at `path`, and sees to its checkpoints.
    pub(crate) fn watch(db: &mut rusqlite::Connection, path: &Path) -> rusqlite::Result<Self> {
        let used = Arc::new(AtomicU64::new(0));
        let told = Arc::clone(&used);
        db.wal_hook(Some(move |wal: &mut rusqlite::hooks::Wal, pages| {
            told.store(u64::try_from(pages).unwrap_or(0) * FRAME, Ordering::Relaxed);
            // The commit has happened; an error returned here would make it look as if it had not. What could not be
            // moved stays in the log, and the next commit tries again.
            if pages >= CHECKPOINT_PAGES
                && let Err(failed) = wal.checkpoint()
            {
                tracing::warn!(error = %failed, "the journal was not written to the database: {failed}");
            }
            Ok(())
        }))?;
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        Ok(Self {
            path: log.into(),
            file: None,
            length: 0,
            used,
        })
    }

    /// Lengthens the log where the next commits would. A disk that has no room for that is the next commit's to tell.
    pub(crate) fn make_room(&mut self) {
        let used = self.used.load(Ordering::Relaxed);
        if used == 0 || used + LOW < self.length {
            return;
        }
        if let Err(failed) = self.lengthen(used) {
            tracing::debug!(error = %failed, "no room ahead in the journal: {failed}");
            self.file = None;
        }
    }

    /// Writes the log to the database and empties it. SQLite would do so when the last connection closes, which readers
    /// that outlive the writer put off, often until the process is gone.
    pub(crate) fn write_back(self, db: &rusqlite::Connection) {
        let busy = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
            row.get::<_, bool>(0)
        });
        match busy {
            Ok(false) => {}
            Ok(true) => tracing::warn!(
                "{} was not written to the database, which is whole only together with it: readers were at work",
                self.path.display()
            ),
            Err(failed) => tracing::warn!(
                error = %failed,
                "{} was not written to the database, which is whole only together with it: {failed}",
                self.path.display()
            ),
        }
    }

    fn lengthen(&mut self, used: u64) -> std::io::Result<()> {
        // Never made here: only SQLite knows when there is to be one.
        let file = match self.file.take() {
            Some(file) => file,
            None => File::options().write(true).open(&self.path)?,
        };
        let end = file.metadata()?.len();
        self.length = end;
        // SQLite writes frames up to `used` and this thread is the one it writes on.
        if used + LOW >= end {
            file.write_all_at(&vec![0; STEP], end)?;
            self.length = end + STEP as u64;
        }
        self.file = Some(file);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Done = Result<(), Box<dyn std::error::Error>>;

    /// A database with a table, and its path. No test is about flushes.
    fn open(directory: &Path) -> rusqlite::Result<(rusqlite::Connection, Journal, PathBuf)> {
        let path = directory.join("db");
        let mut db = rusqlite::Connection::open(&path)?;
        db.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; CREATE TABLE t (x);",
        )?;
        let journal = Journal::watch(&mut db, &path)?;
        Ok((db, journal, path))
    }

    fn rows(db: &rusqlite::Connection) -> rusqlite::Result<i64> {
        db.query_row("SELECT COUNT(*) FROM t", [], |row| row.get(0))
    }

    #[test]
    fn the_log_is_longer_than_what_is_written() -> Done {
        let directory = tempfile::tempdir()?;
        let (db, mut journal, path) = open(directory.path())?;
        let log = directory.path().join("db-wal");
        journal.make_room();
        let before = std::fs::metadata(&log)?.len();
        for round in 1..=1000u64 {
            db.execute("INSERT INTO t VALUES (zeroblob(3000))", [])?;
            journal.make_room();
            let length = std::fs::metadata(&log)?.len();
            assert!(
                length >= before + STEP as u64,
                "round {round}: {length} bytes"
            );
        }
        // What a process that is killed leaves behind is read up to the zeros.
        let copy = directory.path().join("copy");
        std::fs::copy(&path, &copy)?;
        std::fs::copy(&log, directory.path().join("copy-wal"))?;
        assert_eq!(rows(&rusqlite::Connection::open(&copy)?)?, 1000);
        Ok(())
    }

    #[test]
    fn the_log_begins_anew_when_it_is_full() -> Done {
        let directory = tempfile::tempdir()?;
        let (db, mut journal, _) = open(directory.path())?;
        let log = directory.path().join("db-wal");
        let full = u64::try_from(CHECKPOINT_PAGES)? * FRAME;
        for _ in 0..120 {
            db.execute("INSERT INTO t VALUES (zeroblob(2000000))", [])?;
            journal.make_room();
        }
        let length = std::fs::metadata(&log)?.len();
        assert!(length < full + full / 4, "{length} bytes");
        assert_eq!(rows(&db)?, 120);
        Ok(())
    }

    #[test]
    fn a_commit_counts_though_the_log_cannot_be_written_back() -> Done {
        let directory = tempfile::tempdir()?;
        let (db, _journal, path) = open(directory.path())?;
        db.execute_batch("BEGIN IMMEDIATE")?;
        let size = i64::from(CHECKPOINT_PAGES + 100) * 4096;
        db.execute("INSERT INTO t VALUES (zeroblob(?1))", [size])?;
        // Another checkpoint has the lock that ours would need, and waits for the end of this transaction.
        let other = rusqlite::Connection::open(&path)?;
        other.busy_timeout(std::time::Duration::from_secs(10))?;
        let other = std::thread::spawn(move || {
            other.query_row("PRAGMA wal_checkpoint(FULL)", [], |row| {
                row.get::<_, i64>(0)
            })
        });
        std::thread::sleep(std::time::Duration::from_millis(300));
        db.execute_batch("COMMIT")?;
        let _ = other.join();
        assert_eq!(rows(&db)?, 1);
        Ok(())
    }
}
