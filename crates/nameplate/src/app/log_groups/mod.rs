//! Log groups of CloudWatch Logs: those of functions, and those that owners make.
//!
//! Owns which groups and streams there are, what may be put, and for how long it is shown. Lines and what is known of a
//! group lie in files of [`nameplate_functions::Logs`], each group within a bound.
//!
//! Must not know: the shapes of AWS's answers.

mod event;
mod fleet;
mod tail;

pub use event::{Line, Page, Put, Read};
pub use tail::{Places, Tail};

use super::error::{Error, Kind, Result, log_failure};
use super::functions::Functions;
use super::kernel::Kernel;
use super::peers::Peers;
use fleet::Change;
pub use fleet::{LogAsk, LogTold};
use nameplate_core::arn::Realm;
use nameplate_core::log_filter::BadPattern;
use nameplate_functions::{LogGroup, LogStream, Logs};
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

/// Most groups, and most streams of one that somebody made. Functions make groups beside them.
const GROUPS: usize = 10_000;
const STREAMS: usize = 10_000;
/// Most tags of a group (CloudWatch Logs API: TagResource).
const TAGS: usize = 50;
/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// What PutRetentionPolicy takes, days.
const RETENTIONS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/// The use cases of log groups.
pub struct LogGroups {
    kernel: Arc<Kernel>,
    functions: Arc<Functions>,
    peers: Option<Arc<Peers>>,
}

/// A group as it is listed.
#[derive(Debug, Clone)]
pub struct Listed {
    /// What is known of it.
    pub about: LogGroup,
    /// Bytes of its files.
    pub bytes: u64,
}

impl LogGroups {
    pub(crate) fn new(
        kernel: Arc<Kernel>,
        functions: Arc<Functions>,
        peers: Option<Arc<Peers>>,
    ) -> Self {
        Self {
            kernel,
            functions,
            peers,
        }
    }

    /// The name of a group that a name or an ARN means.
    ///
    /// # Errors
    /// [`Kind::NotFound`] for the ARN of another account or region.
    pub fn name(&self, identifier: &str) -> Result<String> {
        if !identifier.starts_with("arn:") {
            return Ok(identifier.to_owned());
        }
        name_of(self.kernel.realm(), identifier).ok_or_else(no_group)
    }

    /// The groups in the order of their names.
    pub async fn list(&self) -> Result<Vec<Listed>> {
        let mut all: BTreeMap<String, Listed> = BTreeMap::new();
        let here = self.groups_here("", usize::MAX).await?.0;
        // What is known here counts: it is in step with the others.
        for (about, bytes) in here.into_iter().chain(self.groups_elsewhere().await) {
            match all.get_mut(&about.name) {
                Some(known) => {
                    known.bytes += bytes;
                    known.about.created = known.about.created.min(about.created);
                }
                None => {
                    all.insert(about.name.clone(), Listed { about, bytes });
                }
            }
        }
        Ok(all.into_values().collect())
    }

    /// Some groups of this node, by name beyond `after`, and whether there are more.
    async fn groups_here(&self, after: &str, limit: usize) -> Result<(Vec<(LogGroup, u64)>, bool)> {
        let after = after.to_owned();
        self.within(move |logs| {
            let mut found = Vec::new();
            for name in logs.groups()?.into_iter().filter(|name| *name > after) {
                if found.len() == limit {
                    return Ok(Ok((found, true)));
                }
                found.extend(logs.about(&name)?);
            }
            Ok(Ok((found, false)))
        })
        .await
    }

    /// Makes a group.
    ///
    /// # Errors
    /// [`Kind::Exists`], [`Kind::Limit`]; [`Kind::Invalid`] for a name that is AWS's own.
    pub async fn create(&self, name: &str, tags: BTreeMap<String, String>) -> Result<()> {
        if name.starts_with("aws/") {
            return Err(Error::invalid(
                "Log group names that begin with aws/ are reserved.",
            ));
        }
        check_tags(tags.len())?;
        if self.group_elsewhere(name).await.is_some() {
            return Err(exists("The specified log group already exists"));
        }
        let about = LogGroup {
            name: name.to_owned(),
            created: self.kernel.now().0,
            tags,
            ..LogGroup::default()
        };
        let made = about.clone();
        self.within(move |logs| {
            if logs.groups()?.len() >= GROUPS {
                return Ok(Err(Error::new(Kind::Limit, "Resource limit exceeded.")));
            }
            let name = made.name.clone();
            Ok(match logs.create(&name, made)? {
                true => Ok(()),
                false => Err(exists("The specified log group already exists")),
            })
        })
        .await?;
        self.change_elsewhere(name, Change::Create(Box::new(about)))
            .await
    }

    /// Removes a group with all its lines.
    pub async fn delete(&self, name: &str) -> Result<()> {
        self.get(name).await?;
        self.change_here(name, Change::Delete).await?;
        self.change_elsewhere(name, Change::Delete).await
    }

    /// For how many days lines are shown; `None`, as long as they are kept.
    pub async fn set_retention(&self, name: &str, days: Option<i64>) -> Result<()> {
        let days = match days {
            None => None,
            Some(days) => {
                let known = RETENTIONS
                    .into_iter()
                    .find(|known| i64::from(*known) == days);
                Some(known.ok_or_else(|| {
                    Error::invalid(format!(
                        "{days} is not a valid retention in days. Valid values are {RETENTIONS:?}"
                    ))
                })?)
            }
        };
        self.mirror(name).await?;
        self.change(name, move |about, _| {
            about.retention_days = days;
            Ok(())
        })
        .await?;
        self.change_elsewhere(name, Change::Retention(days)).await
    }

    /// Adds tags to a group, and removes some.
    pub async fn tag(
        &self,
        name: &str,
        add: BTreeMap<String, String>,
        remove: Vec<String>,
    ) -> Result<()> {
        self.mirror(name).await?;
        let tags = self.change(name, move |about, _| {
            about.tags.retain(|key, _| !remove.contains(key));
            about.tags.extend(add);
            check_tags(about.tags.len())?;
            Ok(about.tags.clone())
        });
        let tags = tags.await?;
        self.change_elsewhere(name, Change::Tags(tags)).await
    }

    /// A group.
    pub async fn get(&self, name: &str) -> Result<LogGroup> {
        if let Some(about) = self.about_here(name).await? {
            return Ok(about);
        }
        self.group_elsewhere(name).await.ok_or_else(no_group)
    }

    async fn about_here(&self, name: &str) -> Result<Option<LogGroup>> {
        let name = name.to_owned();
        self.within(move |logs| Ok(Ok(logs.about(&name)?.map(|(about, _)| about))))
            .await
    }

    /// Makes a stream.
    pub async fn create_stream(&self, group: &str, stream: &str) -> Result<()> {
        self.mirror(group).await?;
        let now = self.kernel.now().0;
        // A function's own streams are known by their lines alone.
        let there = self.streams(group).await?;
        if there.iter().any(|found| found.name == stream) {
            return Err(exists("The specified log stream already exists"));
        }
        let name = stream.to_owned();
        self.change(group, move |about, _| {
            if about.streams.contains_key(&name) {
                return Err(exists("The specified log stream already exists"));
            }
            if about.streams.len() >= STREAMS {
                return Err(Error::new(Kind::Limit, "Resource limit exceeded."));
            }
            about.streams.insert(name, now);
            Ok(())
        })
        .await?;
        self.change_elsewhere(group, Change::Stream(stream.to_owned(), now))
            .await
    }

    /// Removes a stream with its lines.
    pub async fn delete_stream(&self, group: &str, stream: &str) -> Result<()> {
        let there = self.streams(group).await?;
        if !there.iter().any(|found| found.name == stream) {
            return Err(no_stream());
        }
        let change = Change::NoStream(stream.to_owned());
        self.change_here(group, change.clone()).await?;
        self.change_elsewhere(group, change).await
    }

    /// The streams of a group, by name.
    pub async fn streams(&self, group: &str) -> Result<Vec<LogStream>> {
        let here = self.streams_here(group).await?;
        let (elsewhere, is_there) = self.streams_elsewhere(group).await;
        if here.is_none() && !is_there {
            return Err(no_group());
        }
        let mut all: BTreeMap<String, LogStream> = BTreeMap::new();
        for one in here.into_iter().flatten().chain(elsewhere) {
            match all.get_mut(&one.name) {
                None => {
                    all.insert(one.name.clone(), one);
                }
                Some(known) => {
                    known.created = known.created.min(one.created);
                    known.ingested = known.ingested.max(one.ingested);
                    known.range = match (known.range, one.range) {
                        (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.max(other.1))),
                        (one, other) => one.or(other),
                    };
                }
            }
        }
        Ok(all.into_values().collect())
    }

    /// Those of this node; `None` where it has no such group.
    async fn streams_here(&self, group: &str) -> Result<Option<Vec<LogStream>>> {
        let group = group.to_owned();
        self.within(move |logs| match logs.about(&group)? {
            Some(_) => logs.streams(&group).map(|streams| Ok(Some(streams))),
            None => Ok(Ok(None)),
        })
        .await
    }

    /// Makes a change at this node. Of what is not there nothing is to be changed.
    async fn change_here(&self, group: &str, change: Change) -> Result<()> {
        let name = group.to_owned();
        self.within(move |logs| {
            let changed = match change {
                Change::Create(about) => logs.create(&name, *about).map(|_| None),
                Change::Delete => logs.delete(&name).map(|()| None),
                Change::Retention(days) => logs.change(&name, |about, _| {
                    about.retention_days = days;
                    Ok(())
                }),
                Change::Tags(tags) => logs.change(&name, |about, _| {
                    about.tags = tags;
                    Ok(())
                }),
                Change::Stream(stream, at) => logs.change(&name, |about, _| {
                    about.streams.entry(stream).or_insert(at);
                    Ok(())
                }),
                Change::NoStream(stream) => logs.change(&name, |about, last| {
                    about.streams.remove(&stream);
                    about.deleted.insert(stream, last);
                    Ok(())
                }),
            };
            Ok(changed?.unwrap_or(Ok(())))
        })
        .await
    }

    /// Answers a question of another node.
    pub(crate) async fn answer(&self, ask: LogAsk) -> LogTold {
        self.answered(ask).await.unwrap_or_else(|error| {
            log_failure!(
                error,
                "another node asks for logs, and they cannot be had: {error:?}"
            );
            LogTold::Failed
        })
    }

    async fn answered(&self, ask: LogAsk) -> Result<LogTold> {
        let brief = |about: LogGroup| LogGroup {
            streams: BTreeMap::new(),
            deleted: BTreeMap::new(),
            ..about
        };
        Ok(match ask {
            LogAsk::Groups { after } => {
                let (some, more) = self.groups_here(&after, fleet::NAMED).await?;
                let some = some.into_iter().map(|(about, bytes)| (brief(about), bytes));
                LogTold::Groups(some.collect(), more)
            }
            LogAsk::Group { group } => match self.about_here(&group).await? {
                Some(about) => LogTold::Groups(vec![(brief(about), 0)], false),
                None => LogTold::Nothing,
            },
            LogAsk::Streams { group, after } => match self.streams_here(&group).await? {
                None => LogTold::Nothing,
                Some(streams) => {
                    let mut beyond = streams.into_iter().filter(|one| one.name > after);
                    let some = beyond.by_ref().take(fleet::NAMED).map(Into::into).collect();
                    LogTold::Streams(some, beyond.next().is_some())
                }
            },
            LogAsk::Lines(wanted) => {
                let page = self.page_here(*wanted).await?;
                let lines = page.events.into_iter().map(Into::into);
                LogTold::Lines(lines.collect(), page.more)
            }
            LogAsk::Tail(tail) => self.told_of_tail(&tail).await?,
            LogAsk::Change { group, change } => {
                self.change_here(&group, change).await?;
                LogTold::Done
            }
        })
    }

    async fn change<T: Send + 'static>(
        &self,
        name: &str,
        change: impl FnOnce(&mut LogGroup, u64) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let name = name.to_owned();
        self.within(move |logs| {
            let done = logs.change(&name, change)?;
            Ok(done.unwrap_or_else(|| Err(no_group())))
        })
        .await
    }

    /// Files are read and written apart from other tasks.
    async fn within<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Logs) -> io::Result<Result<T>> + Send + 'static,
    ) -> Result<T> {
        let logs = Arc::clone(self.functions.logs());
        tokio::task::spawn_blocking(move || work(&logs))
            .await
            .map_err(Error::internal)?
            .map_err(Error::internal)?
    }
}

/// The group's name in an ARN of this account and region, with or without `:*` at its end.
pub fn name_of(realm: &Realm, arn: &str) -> Option<String> {
    let all = realm.log_group("");
    let rest = arn.strip_prefix(all.strip_suffix(":*")?)?;
    Some(rest.strip_suffix(":*").unwrap_or(rest).to_owned())
}

impl From<BadPattern> for Error {
    fn from(bad: BadPattern) -> Self {
        match bad {
            BadPattern::NotBuilt(_) => Error::new(Kind::NotBuilt, bad.to_string()),
            BadPattern::Syntax { .. } => Error::invalid(bad.to_string()),
        }
    }
}

fn check_tags(count: usize) -> Result<()> {
    match count <= TAGS {
        true => Ok(()),
        false => Err(Error::invalid(format!(
            "A log group has at most {TAGS} tags."
        ))),
    }
}

fn exists(message: &str) -> Error {
    Error::new(
        Kind::Exists {
            id: None,
            arn: None,
        },
        message,
    )
}

fn no_group() -> Error {
    Error::not_found("The specified log group does not exist.")
}

fn no_stream() -> Error {
    Error::not_found("The specified log stream does not exist.")
}
