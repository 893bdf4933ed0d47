//! Bodies that no row names, where several servers write to one bucket: what one of them left that was killed.
//!
//! What is not named may be about to be: a body is written before its row. So one server, which does this for all, removes
//! what it has found so twice, with a time in between that no request takes. A start of one server alone removes such bodies
//! at once (`files`).

use super::Objects;
use super::files::ObjectFiles;
use crate::app::Result;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::time::Duration;
use tokio::time::Instant;

/// How long something is seen to be nobody's before it goes.
const STAYS: Duration = Duration::from_secs(55 * 60);
/// The same of an upload, which may be a large body's.
const UPLOAD_STAYS: Duration = Duration::from_secs(24 * 3600);

/// What is nobody's, and since when that is known.
#[derive(Debug)]
pub(crate) struct Suspects<T>(HashMap<T, Instant>);

impl<T> Default for Suspects<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Eq + Hash + Clone> Suspects<T> {
    /// What of `found`, which is nobody's now, has been so for long enough.
    pub(crate) fn due(&mut self, found: Vec<T>, stays: Duration, now: Instant) -> Vec<T> {
        let found: HashSet<T> = found.into_iter().collect();
        self.0.retain(|known, _| found.contains(known));
        let mut due = Vec::new();
        for one in found {
            let since = *self.0.entry(one.clone()).or_insert(now);
            if now.duration_since(since) >= stays {
                due.push(one);
            }
        }
        due
    }
}

/// What was found so far.
#[derive(Debug, Default)]
pub(crate) struct Leftovers {
    bodies: Suspects<String>,
    uploads: Suspects<(String, String)>,
}

impl Objects {
    /// Removes bodies that have been nobody's for long, and ends uploads that have been under way for very long; how many
    /// bodies. To be called by one server of several, now and then, with what it found before.
    pub(crate) async fn sweep(&self, left: &mut Leftovers, now: Instant) -> Result<usize> {
        let ObjectFiles::Bucket(files) = &self.files else {
            return Ok(0);
        };
        if self.kernel.hold().is_held() {
            // A backup copies them.
            return Ok(0);
        }
        let (mut bodies, uploads) = files.all().await?;
        // Read after what is there: what a row names by now is not touched.
        let named = self.kernel.store.read(|conn| conn.object_files()).await?;
        let mut named: HashSet<String> = named.into_iter().collect();
        named.extend(self.kernel.ground.kept_bodies());
        bodies.retain(|body| !named.contains(body));
        let due = left.bodies.due(bodies, STAYS, now);
        let count = due.len();
        if count > 0 {
            tracing::info!("bodies that no object has are removed: {count}");
            self.remove_bodies(due).await;
        }
        let of =
            |pending: &crate::outbound::s3::Pending| (pending.key.clone(), pending.upload.clone());
        let due = left
            .uploads
            .due(uploads.iter().map(of).collect(), UPLOAD_STAYS, now);
        for pending in uploads.iter().filter(|pending| due.contains(&of(pending))) {
            files.abort(pending).await?;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nobodys_goes_when_it_was_so_for_long() {
        let mut suspects = Suspects::default();
        let (begin, stays) = (Instant::now(), Duration::from_secs(100));
        let mut due = |found: &[&'static str], seconds: u64| {
            let mut due = suspects.due(found.to_vec(), stays, begin + Duration::from_secs(seconds));
            due.sort_unstable();
            due
        };
        assert!(due(&["a", "b"], 0).is_empty());
        // One is somebody's by now, one is new.
        assert!(due(&["b", "c"], 60).is_empty());
        assert_eq!(due(&["a", "b", "c"], 100), ["b"]);
        assert_eq!(due(&["a", "c"], 160), ["c"]);
        assert_eq!(due(&["a"], 199), [""; 0]);
        assert_eq!(due(&["a"], 200), ["a"]);
    }
}
