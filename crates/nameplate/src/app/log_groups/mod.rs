//! Log groups of CloudWatch Logs: those of functions, and those that owners make.
//!
//! Owns which groups and streams there are, what may be put, and for how long it is shown. Lines and what is known of a
//! group lie in files of [`nameplate_functions::Logs`], each group within a bound.
//!
//! Must not know: the shapes of AWS's answers.

mod event;

pub use event::{Line, Page, Put, Read};

use super::error::{Error, Kind, Result};
use super::functions::Functions;
use super::kernel::Kernel;
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
    pub(crate) fn new(kernel: Arc<Kernel>, functions: Arc<Functions>) -> Self {
        Self { kernel, functions }
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
        self.within(|logs| {
            let mut found = Vec::new();
            for name in logs.groups()? {
                if let Some((about, bytes)) = logs.about(&name)? {
                    found.push(Listed { about, bytes });
                }
            }
            Ok(Ok(found))
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
        let about = LogGroup {
            name: name.to_owned(),
            created: self.kernel.now().0,
            tags,
            ..LogGroup::default()
        };
        self.within(move |logs| {
            if logs.groups()?.len() >= GROUPS {
                return Ok(Err(Error::new(Kind::Limit, "Resource limit exceeded.")));
            }
            let name = about.name.clone();
            Ok(match logs.create(&name, about)? {
                true => Ok(()),
                false => Err(exists("The specified log group already exists")),
            })
        })
        .await
    }

    /// Removes a group with all its lines.
    pub async fn delete(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.within(move |logs| {
            if logs.about(&name)?.is_none() {
                return Ok(Err(no_group()));
            }
            logs.delete(&name).map(Ok)
        })
        .await
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
        self.change(name, move |about, _| {
            about.retention_days = days;
            Ok(())
        })
        .await
    }

    /// Adds tags to a group, and removes some.
    pub async fn tag(
        &self,
        name: &str,
        add: BTreeMap<String, String>,
        remove: Vec<String>,
    ) -> Result<()> {
        self.change(name, move |about, _| {
            about.tags.retain(|key, _| !remove.contains(key));
            about.tags.extend(add);
            check_tags(about.tags.len())
        })
        .await
    }

    /// A group.
    pub async fn get(&self, name: &str) -> Result<LogGroup> {
        let name = name.to_owned();
        self.within(move |logs| {
            let found = logs.about(&name)?.map(|(about, _)| about);
            Ok(found.ok_or_else(no_group))
        })
        .await
    }

    /// Makes a stream.
    pub async fn create_stream(&self, group: &str, stream: &str) -> Result<()> {
        let now = self.kernel.now().0;
        let (group, stream) = (group.to_owned(), stream.to_owned());
        self.within(move |logs| {
            if logs.about(&group)?.is_none() {
                return Ok(Err(no_group()));
            }
            // A function's own streams are known by their lines alone.
            let there = logs.streams(&group)?;
            if there.iter().any(|found| found.name == stream) {
                return Ok(Err(exists("The specified log stream already exists")));
            }
            let made = logs.change(&group, |about, _| {
                if about.streams.contains_key(&stream) {
                    return Err(exists("The specified log stream already exists"));
                }
                if about.streams.len() >= STREAMS {
                    return Err(Error::new(Kind::Limit, "Resource limit exceeded."));
                }
                about.streams.insert(stream, now);
                Ok(())
            })?;
            Ok(made.unwrap_or_else(|| Err(no_group())))
        })
        .await
    }

    /// Removes a stream with its lines.
    pub async fn delete_stream(&self, group: &str, stream: &str) -> Result<()> {
        let (group, stream) = (group.to_owned(), stream.to_owned());
        self.within(move |logs| {
            if logs.about(&group)?.is_none() {
                return Ok(Err(no_group()));
            }
            let there = logs.streams(&group)?;
            if !there.iter().any(|found| found.name == stream) {
                return Ok(Err(no_stream()));
            }
            let gone = logs.change(&group, |about, last| {
                about.streams.remove(&stream);
                about.deleted.insert(stream, last);
                Ok(())
            })?;
            Ok(gone.unwrap_or_else(|| Err(no_group())))
        })
        .await
    }

    /// The streams of a group, by name.
    pub async fn streams(&self, group: &str) -> Result<Vec<LogStream>> {
        let group = group.to_owned();
        self.within(move |logs| match logs.about(&group)? {
            Some(_) => logs.streams(&group).map(Ok),
            None => Ok(Err(no_group())),
        })
        .await
    }

    async fn change(
        &self,
        name: &str,
        change: impl FnOnce(&mut LogGroup, u64) -> Result<()> + Send + 'static,
    ) -> Result<()> {
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
