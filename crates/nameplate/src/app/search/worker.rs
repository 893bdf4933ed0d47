//! The thread that keeps the indexes and the dynamic groups up with the registry.
//!
//! It reads what changed in the order of keys, a few hundred rows at a time, and holds an index's lock only while it
//! puts those in. What fails is logged and wanted again. It holds the app only while it works.

use super::dynamic::{Dynamic, Moves};
use super::{Fleet, Search, Sought, Wanted};
use crate::app::cluster::work;
use crate::app::error::{Error, Result, log_failure};
use crate::app::events::ancestors;
use nameplate_core::registry::thing::Thing;
use nameplate_core::search::{Configuration, Document, Index, Query, Shadow, Subject};
use nameplate_store::{Conn, Membership};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::runtime::Handle;

/// Rows that are read at once when all are.
const ROWS: usize = 256;
/// Changed things that are read at once, and put into the index under one lock: less than a millisecond's work.
const CHANGES: usize = 64;
/// How long to wait after a failure.
const PAUSE: Duration = Duration::from_secs(1);

/// Starts the thread. It ends when the fleet is stopped or the app is gone.
pub(crate) fn start(search: &Arc<Search>) -> std::io::Result<()> {
    let fleet = Arc::clone(&search.fleet);
    let search = Arc::downgrade(search);
    let runtime = Handle::current();
    std::thread::Builder::new()
        .name("fleet-index".into())
        .spawn(move || run(&fleet, &search, &runtime))
        .map(drop)
}

fn run(fleet: &Fleet, search: &Weak<Search>, runtime: &Handle) {
    // As the groups were when last looked at.
    let mut dynamic: Vec<Dynamic> = Vec::new();
    let mut leads = false;
    while let Some(wanted) = fleet.next() {
        let Some(search) = search.upgrade() else {
            return;
        };
        // Where there is no such group nobody needs to ask whose work it is, with each device that comes anywhere.
        let may_move = wanted.look || !dynamic.is_empty();
        let before = std::mem::replace(
            &mut leads,
            may_move && runtime.block_on(search.kernel.leads(work::DYNAMIC_GROUPS)),
        );
        let worker = Worker {
            search: &search,
            fleet,
            runtime,
            leads,
        };
        if leads && !before {
            // Whatever whoever did it before has not come to.
            dynamic.iter_mut().for_each(|group| group.found = false);
        }
        if let Err(failed) = worker.work(&wanted, &mut dynamic)
            && !fleet.is_stopped()
        {
            log_failure!(
                failed,
                "fleet indexing failed and will try again: {failed:?}"
            );
            fleet.again(wanted);
        }
        fleet.rest();
    }
}

impl Fleet {
    /// Waits for something to do and takes it. `None` at the end.
    fn next(&self) -> Option<Wanted> {
        let mut wanted = self.wanted.lock();
        while wanted.is_empty() && !wanted.stop {
            self.wake.wait(&mut wanted);
        }
        if wanted.stop {
            return None;
        }
        wanted.busy = true;
        Some(Wanted {
            things: std::mem::take(&mut wanted.things),
            groups: std::mem::take(&mut wanted.groups),
            elsewhere: std::mem::take(&mut wanted.elsewhere),
            gone: std::mem::take(&mut wanted.gone),
            build: wanted.build.clone(),
            look: std::mem::take(&mut wanted.look),
            ..Wanted::default()
        })
    }

    fn rest(&self) {
        self.wanted.lock().busy = false;
        self.wake.notify_all();
    }

    fn again(&self, work: Wanted) {
        let mut wanted = self.wanted.lock();
        wanted.things.extend(work.things);
        wanted.groups.extend(work.groups);
        wanted.elsewhere.extend(work.elsewhere);
        wanted.gone.extend(work.gone);
        // Also what was left over of a search for a group's things.
        wanted.look = true;
        if !wanted.stop {
            self.wake.wait_for(&mut wanted, PAUSE);
        }
    }
}

struct Worker<'w> {
    search: &'w Arc<Search>,
    fleet: &'w Fleet,
    runtime: &'w Handle,
    /// Whether things are moved between dynamic groups here, and not by another server.
    leads: bool,
}

/// A thing as it is now.
struct Row {
    thing: Thing,
    groups: Vec<Membership>,
    // Empty while nobody asks for them.
    shadows: Vec<Shadow>,
}

impl Worker<'_> {
    fn work(&self, work: &Wanted, dynamic: &mut Vec<Dynamic>) -> Result<()> {
        let configuration = self
            .runtime
            .block_on(self.fleet.current(&self.search.kernel.store))?;
        for subject in [Subject::Things, Subject::ThingGroups] {
            if work.build.contains(subject.index_name()) {
                self.build(subject, &configuration)?;
            }
        }
        if work.look {
            self.look_at_groups(dynamic)?;
        }
        let mut things = work.things.clone();
        things.extend(self.read_connections(&work.elsewhere)?);
        for name in &work.gone {
            if let Some(index) = self.fleet.things.read().as_ref() {
                things.extend(index.holders("thingGroupNames", name));
            }
            let asks = |field: &str| field == "thingGroupNames";
            for group in dynamic.iter_mut().filter(|group| group.query.asks(&asks)) {
                group.found = false;
            }
        }
        self.find_things(dynamic)?;
        self.update_things(&things, &configuration, dynamic)?;
        self.update_groups(&work.groups)
    }

    /// Reads how things are connected at other servers; those of them that an index or a group may ask for.
    fn read_connections(&self, things: &BTreeSet<i64>) -> Result<Vec<i64>> {
        let own = self.search.kernel.store.incarnation();
        let keys: Vec<i64> = things.iter().copied().collect();
        for some in keys.chunks(ROWS) {
            let rows = self.read(|conn| Ok(conn.connectivity_of_all(some)?))?;
            for row in rows.into_iter().filter(|row| row.owner != own) {
                self.search.connections.follow(row);
            }
        }
        let watches = self.fleet.watches_connections.load(Ordering::Acquire);
        Ok(things.iter().copied().filter(|_| watches).collect())
    }

    fn build(&self, subject: Subject, configuration: &Arc<Configuration>) -> Result<()> {
        let mut index = Index::default();
        match subject {
            Subject::Things => self.each_thing(|rows| {
                for row in rows {
                    let document = self.document(row, configuration);
                    index.set(row.thing.key, &document);
                }
                Ok(())
            })?,
            Subject::ThingGroups => self.each_group(|key, document| {
                index.set(key, document);
                Ok(())
            })?,
        }
        self.fleet.built(subject, index, configuration);
        Ok(())
    }

    /// Learns of new and changed dynamic groups.
    fn look_at_groups(&self, dynamic: &mut Vec<Dynamic>) -> Result<()> {
        let rows = self.read(|conn| Ok(conn.dynamic_groups()?))?;
        let before = std::mem::take(dynamic);
        for (key, text) in rows {
            if let Some(known) = before.iter().find(|group| group.key == key)
                && known.text.as_ref() == text
            {
                dynamic.push(known.clone());
                continue;
            }
            match Query::parse(Subject::Things, &text) {
                Ok(query) => dynamic.push(Dynamic {
                    key,
                    text: text.into(),
                    query,
                    found: false,
                }),
                // It was parsed before it was stored; an older version may have known another language.
                Err(error) => tracing::error!("a dynamic thing group finds nothing: {error}"),
            }
        }
        let mut found = self.fleet.found.write();
        found.retain(|key, _| dynamic.iter().any(|group| group.key == *key));
        drop(found);
        self.fleet.watch();
        Ok(())
    }

    /// Tries the queries of new and changed groups on all things.
    fn find_things(&self, dynamic: &mut [Dynamic]) -> Result<()> {
        let new: Vec<Dynamic> = dynamic
            .iter()
            .filter(|group| !group.found)
            .cloned()
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        // From here on changes are noted, and what is read below is not older.
        self.fleet.watches_things.store(true, Ordering::Release);
        self.fleet
            .watches_connections
            .store(true, Ordering::Release);
        self.fleet.watches_shadows.store(true, Ordering::Release);
        let mut moves = Vec::new();
        self.each_thing(|rows| {
            moves.extend(rows.iter().filter_map(|row| self.moves(row, &new)));
            // Few things move, so many rows make one commit.
            if moves.len() >= ROWS {
                self.make(std::mem::take(&mut moves))?;
            }
            Ok(())
        })?;
        self.make(moves)?;
        for group in dynamic.iter_mut() {
            group.found = true;
            let sought = Sought {
                query: Arc::clone(&group.text),
                asks_connections: group
                    .query
                    .asks(&|field| field.starts_with("connectivity.")),
                asks_shadows: group.query.asks(&|field| field.starts_with("shadow.")),
            };
            self.fleet.found.write().insert(group.key, sought);
        }
        self.fleet.watch();
        Ok(())
    }

    fn update_things(
        &self,
        keys: &BTreeSet<i64>,
        configuration: &Configuration,
        dynamic: &[Dynamic],
    ) -> Result<()> {
        let keys: Vec<i64> = keys.iter().copied().collect();
        for keys in keys.chunks(CHANGES) {
            if self.fleet.is_stopped() {
                return Ok(());
            }
            let mut rows = Vec::with_capacity(keys.len());
            let mut gone = Vec::new();
            self.read(|conn| {
                for &key in keys {
                    match conn.thing_with_groups(key)? {
                        Some(found) => rows.push(self.row(conn, found)?),
                        None => gone.push(key),
                    }
                }
                Ok(())
            })?;
            for &key in &gone {
                self.search.connections.forget(key);
            }
            let documents: Vec<(i64, Document)> = rows
                .iter()
                .map(|row| (row.thing.key, self.document(row, configuration)))
                .collect();
            let mut anew = false;
            if let Some(index) = self.fleet.things.write().as_mut() {
                for key in &gone {
                    index.remove(*key);
                }
                for (key, document) in &documents {
                    index.set(*key, document);
                }
                anew = index.is_wasteful();
            }
            if anew {
                self.fleet.want(|wanted| {
                    wanted.build.insert(Subject::Things.index_name());
                });
            }
            let moves = rows.iter().filter_map(|row| self.moves(row, dynamic));
            self.make(moves.collect())?;
        }
        Ok(())
    }

    fn update_groups(&self, keys: &BTreeSet<i64>) -> Result<()> {
        if self.fleet.groups.read().is_none() {
            return Ok(());
        }
        for &key in keys {
            let document = self.read(|conn| {
                let Some(group) = conn.group_by_key(key)? else {
                    return Ok(None);
                };
                let above = names(ancestors(conn, &group)?);
                Ok(Some(Document::group(&group, &above)))
            })?;
            let mut anew = false;
            if let Some(index) = self.fleet.groups.write().as_mut() {
                match document {
                    Some(document) => index.set(key, &document),
                    None => index.remove(key),
                }
                anew = index.is_wasteful();
            }
            if anew {
                self.fleet.want(|wanted| {
                    wanted.build.insert(Subject::ThingGroups.index_name());
                });
            }
        }
        Ok(())
    }

    /// Which of these dynamic groups a thing has to leave and to join.
    fn moves(&self, row: &Row, dynamic: &[Dynamic]) -> Option<Moves> {
        if dynamic.is_empty() {
            return None;
        }
        // What dynamic groups find cannot depend on what they found.
        let fixed = row.groups.iter().filter(|group| !group.dynamic);
        let names: Vec<String> = fixed.map(|group| group.name.clone()).collect();
        let state = self.search.connections.of(row.thing.key);
        let document = Document::thing(&row.thing, &names, Some(&state), &row.shadows);
        Moves::of(&row.thing, &row.groups, &document, dynamic)
    }

    fn make(&self, moves: Vec<Moves>) -> Result<()> {
        if moves.is_empty() || !self.leads {
            return Ok(());
        }
        self.runtime
            .block_on(self.search.move_between_dynamic_groups(moves))
    }

    fn document(&self, row: &Row, configuration: &Configuration) -> Document {
        let groups = row.groups.iter().map(|group| group.name.clone());
        let groups: Vec<String> = groups.collect();
        let state = self.search.connections.of(row.thing.key);
        let state = Some(state).filter(|_| configuration.connectivity);
        let shadows = row.shadows.iter();
        let shadows = shadows.filter(|shadow| configuration.has_shadow(&shadow.name));
        Document::thing(&row.thing, &groups, state.as_ref(), shadows)
    }

    fn row(&self, conn: &Conn<'_>, (thing, groups): (Thing, Vec<Membership>)) -> Result<Row> {
        let shadows = if self.fleet.watches_shadows.load(Ordering::Acquire) {
            shadows(conn, &thing.name)?
        } else {
            Vec::new()
        };
        Ok(Row {
            thing,
            groups,
            shadows,
        })
    }

    fn each_thing(&self, mut each: impl FnMut(&[Row]) -> Result<()>) -> Result<()> {
        let mut after = 0;
        loop {
            let rows = self.read(|conn| {
                let found = conn.things_with_groups(after, ROWS)?;
                let rows = found.into_iter().map(|found| self.row(conn, found));
                rows.collect::<Result<Vec<Row>>>()
            })?;
            let Some(last) = rows.last() else {
                return Ok(());
            };
            after = last.thing.key;
            each(&rows)?;
            if self.fleet.is_stopped() {
                return Err(Error::internal("the server ends"));
            }
        }
    }

    fn each_group(&self, mut each: impl FnMut(i64, &Document) -> Result<()>) -> Result<()> {
        let mut after = 0;
        loop {
            let groups = self.read(|conn| {
                let mut groups = Vec::new();
                for group in conn.all_groups(after, ROWS)? {
                    let above = names(ancestors(conn, &group)?);
                    groups.push((group.key, Document::group(&group, &above)));
                }
                Ok(groups)
            })?;
            let Some((last, _)) = groups.last() else {
                return Ok(());
            };
            after = *last;
            for (key, document) in &groups {
                each(*key, document)?;
            }
            if self.fleet.is_stopped() {
                return Err(Error::internal("the server ends"));
            }
        }
    }

    fn read<T: Send>(&self, body: impl FnOnce(&Conn<'_>) -> Result<T> + Send) -> Result<T> {
        self.runtime.block_on(self.search.kernel.store.read(body))
    }
}

/// The shadows of a thing.
pub(super) fn shadows(conn: &Conn<'_>, thing: &str) -> Result<Vec<Shadow>> {
    let shadow = |(name, version, content): (String, u64, String)| {
        Ok(Shadow {
            name,
            version,
            content: crate::app::messaging::shadow::decode(&content)?,
        })
    };
    conn.shadows_of(thing)?.into_iter().map(shadow).collect()
}

fn names(groups: Vec<nameplate_core::registry::thing::ThingGroup>) -> Vec<String> {
    groups.into_iter().map(|group| group.name).collect()
}
