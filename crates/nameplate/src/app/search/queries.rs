//! Searching and aggregating.

use super::Refusal;
use super::{IndexStatus, Search};
use crate::app::error::{Error, Result};
use nameplate_core::registry::thing::{Thing, ThingGroup};
use nameplate_core::search::aggregate::{self, Buckets, Statistics};
use nameplate_core::search::{Connectivity, Field, FieldType, Index, Query, Shadow, Subject};

/// A thing that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundThing {
    /// It.
    pub thing: Thing,
    /// Names of the groups it is in.
    pub groups: Vec<String>,
    /// Whether it is connected, where that is indexed.
    pub connectivity: Option<Connectivity>,
    /// Those of its shadows that are indexed.
    pub shadows: Vec<Shadow>,
}

/// A thing group that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundGroup {
    /// It.
    pub group: ThingGroup,
    /// Names of the groups above it, the root first.
    pub ancestors: Vec<String>,
}

/// A page of what was found.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// Things.
    Things(Vec<FoundThing>),
    /// Thing groups.
    Groups(Vec<FoundGroup>),
}

impl Search {
    /// The indexes that are on.
    pub async fn indexes(&self) -> Result<Vec<Subject>> {
        self.indexing_configuration().await?;
        Ok([Subject::ThingGroups, Subject::Things]
            .into_iter()
            .filter(|subject| self.fleet.status(*subject).is_some())
            .collect())
    }

    /// Status of an index by its name.
    pub async fn index_status(&self, name: &str) -> Result<(Subject, IndexStatus)> {
        self.indexing_configuration().await?;
        Subject::of_index(name)
            .and_then(|subject| Some((subject, self.fleet.status(subject)?)))
            .ok_or_else(|| Error::not_found(format!("Index {name} does not exist")))
    }

    /// What matches a query, in the order it was created, beyond the key `after`; and the key to go on from. What went
    /// since it was indexed is left out, so a page may be short.
    pub async fn search_index(
        &self,
        index: &str,
        query: &str,
        after: i64,
        limit: usize,
    ) -> Result<(Found, Option<i64>)> {
        let (keys, next, subject) = self
            .ask(index, query, |index, query, subject| {
                let (keys, more) = index.search(query, after, limit);
                let next = keys.last().copied().filter(|_| more);
                Ok((keys, next, subject))
            })
            .await?;
        let configuration = self.indexing_configuration().await?;
        let found = self
            .kernel
            .store
            .read(|conn| {
                Ok::<_, Error>(match subject {
                    Subject::Things => {
                        let mut things = Vec::with_capacity(keys.len());
                        for key in keys {
                            let Some((thing, groups)) = conn.thing_with_groups(key)? else {
                                continue;
                            };
                            let mut shadows = Vec::new();
                            if configuration.has_shadows() {
                                shadows = super::worker::shadows(conn, &thing.name)?;
                                shadows.retain(|shadow| configuration.has_shadow(&shadow.name));
                            }
                            let state = self.connections.of(key);
                            things.push(FoundThing {
                                thing,
                                shadows,
                                groups: groups.into_iter().map(|group| group.name).collect(),
                                connectivity: Some(state).filter(|_| configuration.connectivity),
                            });
                        }
                        Found::Things(things)
                    }
                    Subject::ThingGroups => {
                        let mut groups = Vec::with_capacity(keys.len());
                        for key in keys {
                            let Some(group) = conn.group_by_key(key)? else {
                                continue;
                            };
                            let above = crate::app::events::ancestors(conn, &group)?;
                            groups.push(FoundGroup {
                                group,
                                ancestors: above.into_iter().map(|group| group.name).collect(),
                            });
                        }
                        Found::Groups(groups)
                    }
                })
            })
            .await?;
        Ok((found, next))
    }

    /// `GetStatistics`.
    pub async fn fleet_statistics(
        &self,
        index: &str,
        query: &str,
        field: Option<&str>,
    ) -> Result<Statistics> {
        self.aggregate(index, query, field, |index, query, field| {
            Ok(aggregate::statistics(index, query, field))
        })
        .await
    }

    /// `GetCardinality`.
    pub async fn fleet_cardinality(
        &self,
        index: &str,
        query: &str,
        field: Option<&str>,
    ) -> Result<usize> {
        self.aggregate(index, query, field, |index, query, field| {
            Ok(aggregate::cardinality(index, query, field))
        })
        .await
    }

    /// `GetPercentiles`: percent and value.
    pub async fn fleet_percentiles(
        &self,
        index: &str,
        query: &str,
        field: Option<&str>,
        percents: &[f64],
    ) -> Result<Vec<(f64, f64)>> {
        self.aggregate(index, query, field, |index, query, field| {
            if field.kind != FieldType::Number {
                return Err(Error::new(
                    Refusal::InvalidAggregation,
                    format!(
                        "Percentiles need a field of type Number, and {} is of type {}",
                        field.name,
                        field.kind.as_str()
                    ),
                ));
            }
            Ok(aggregate::percentiles(index, query, field, percents))
        })
        .await
    }

    /// `GetBucketsAggregation`.
    pub async fn fleet_buckets(
        &self,
        index: &str,
        query: &str,
        field: &str,
        limit: usize,
    ) -> Result<Buckets> {
        self.aggregate(index, query, Some(field), |index, query, field| {
            Ok(aggregate::buckets(index, query, field, limit))
        })
        .await
    }

    async fn aggregate<T>(
        &self,
        index: &str,
        query: &str,
        field: Option<&str>,
        answer: impl FnOnce(&Index, &Query, &Field) -> Result<T>,
    ) -> Result<T> {
        let configuration = self.indexing_configuration().await?;
        self.ask(index, query, |index, query, subject| {
            let name = field.unwrap_or_else(|| subject.default_aggregation_field());
            let field = configuration.aggregatable(subject, name).ok_or_else(|| {
                Error::new(
                    Refusal::InvalidAggregation,
                    format!(
                        "Invalid aggregation field {name}: it is neither a managed nor a custom field of {}",
                        subject.index_name()
                    ),
                )
            })?;
            answer(index, query, &field)
        })
        .await
    }

    /// Puts a query to an index that is ready.
    async fn ask<T>(
        &self,
        name: &str,
        query: &str,
        answer: impl FnOnce(&Index, &Query, Subject) -> Result<T>,
    ) -> Result<T> {
        let (subject, _) = self.index_status(name).await?;
        let query = Query::parse(subject, query)
            .map_err(|error| Error::new(Refusal::InvalidQuery, error.to_string()))?;
        match self.fleet.index(subject).read().as_ref() {
            Some(index) => answer(index, &query, subject),
            None => Err(Error::new(
                Refusal::IndexNotReady,
                format!("Index {name} is being built"),
            )),
        }
    }
}
