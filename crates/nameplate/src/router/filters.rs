//! All subscriptions of all clients, by filter: finds who gets a message of a given topic.
//!
//! Must not know locks, queues or registration.

use super::blocks::{Blocks, Numbered};
use super::client::Client;
use nameplate_mqtt::QoS;
use nameplate_mqtt::filters::FilterMap;
use nameplate_mqtt::packet::SubscribeOptions;
use nameplate_mqtt::topic::Filter;
use nameplate_peers::Interest;
use std::collections::HashSet;
use std::sync::Arc;

/// One client's subscription to one filter.
#[derive(Debug)]
pub(super) struct Subscriber {
    /// [`Client::number`], kept here so that ordering need not follow the pointer.
    pub(super) number: u64,
    pub(super) client: Arc<Client>,
    /// What was granted.
    pub(super) options: SubscribeOptions,
}

impl Subscriber {
    /// Whether its session keeps what comes.
    fn is_durable(&self) -> bool {
        self.client.session.is_some() && self.options.qos > QoS::AtMostOnce
    }

    /// Whether its session waits for its client.
    pub(super) fn is_away(&self) -> bool {
        let session = self.client.session.as_ref();
        session.is_some_and(|session| !session.is_held())
    }

    /// Whether it gets what a client of this id has published: not its own where No Local is set `[MQTT-3.8.3-3]`.
    pub(super) fn takes_from(&self, publisher: Option<&str>) -> bool {
        !self.options.no_local || publisher != Some(&**self.client.client_id())
    }
}

impl Numbered for Subscriber {
    fn number(&self) -> u64 {
        self.number
    }
}

/// Subscribers in the order of their clients' numbers.
#[derive(Debug, Default)]
pub(super) struct Subscribers {
    all: Blocks<Subscriber>,
    /// How many of them have a session that keeps what comes.
    durable: usize,
}

impl Subscribers {
    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Subscriber> + Clone {
        self.all.iter()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The subscription of the client of this number.
    pub(super) fn get(&self, number: u64) -> Option<&Subscriber> {
        self.all.get(number)
    }

    /// Whether some have a session that keeps what comes.
    pub(super) fn are_durable(&self) -> bool {
        self.durable > 0
    }

    /// Adds a client, or changes its options.
    fn put(&mut self, client: &Arc<Client>, options: SubscribeOptions) {
        let subscriber = Subscriber {
            number: client.number(),
            client: Arc::clone(client),
            options,
        };
        self.durable += usize::from(subscriber.is_durable());
        if let Some(before) = self.all.put(subscriber) {
            self.durable -= usize::from(before.is_durable());
        }
    }

    fn remove(&mut self, number: u64) {
        if let Some(removed) = self.all.remove(number) {
            self.durable -= usize::from(removed.is_durable());
        }
    }
}

/// All that is subscribed to one filter.
#[derive(Debug, Default)]
pub(super) struct Entry {
    /// Each gets the message.
    pub(super) each: Subscribers,
    /// Of each group one member gets the message.
    pub(super) groups: Vec<Group>,
}

/// Members of one `$share/NAME/FILTER`.
#[derive(Debug)]
pub(super) struct Group {
    /// Its filter as sent.
    pub(super) whole: Box<str>,
    pub(super) members: Subscribers,
}

impl Entry {
    fn is_empty(&self) -> bool {
        self.each.all.is_empty() && self.groups.is_empty()
    }
}

/// The topic filter of a shared subscription's filter as sent; `None` of another.
fn split_share(whole: &str) -> Option<&str> {
    let (_, filter) = whole.strip_prefix("$share/")?.split_once('/')?;
    Some(filter)
}

/// How many share groups there may be, and members in each (General Reference, IoT Core quotas).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareLimits {
    /// Groups on this server.
    pub groups: usize,
    /// Members of one group.
    pub members: usize,
    /// Messages that wait for one group while none of its members takes them.
    pub messages: usize,
}

/// A share group could not be joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OverShareLimit;

/// Subscriptions by filter.
#[derive(Debug, Default)]
pub(super) struct Filters {
    by_filter: FilterMap<Entry>,
    share_groups: usize,
    /// Filters whose subscribers are others than other nodes know; `None` where there are no other nodes.
    changed: Option<HashSet<Box<str>>>,
}

impl Filters {
    /// From now on it is noted which filters change.
    pub(super) fn follow(&mut self) {
        self.changed.get_or_insert_default();
    }

    /// The subscribers of this filter are others.
    pub(super) fn note(&mut self, filter: &str) {
        if let Some(changed) = &mut self.changed
            && !changed.contains(filter)
        {
            changed.insert(filter.into());
        }
    }

    /// The filters that have changed since this was asked last, and what subscribers want of each now.
    pub(super) fn take_changed(&mut self) -> Vec<(Box<str>, Option<Interest>)> {
        let changed = self.changed.as_mut().map(std::mem::take);
        let changed = changed.unwrap_or_default().into_iter();
        changed
            .map(|filter| {
                let interest = self.interest(&filter);
                (filter, interest)
            })
            .collect()
    }

    /// What subscribers want by a filter as sent; `None` where there are none.
    pub(super) fn interest(&self, whole: &str) -> Option<Interest> {
        if split_share(whole).is_none() {
            let entry = self.by_filter.get(whole)?;
            return (!entry.each.all.is_empty()).then_some(Interest {
                durable: entry.each.durable > 0,
                connected: 0,
            });
        }
        let group = self.group(whole)?;
        let connected = group.members.iter().filter(|member| !member.is_away());
        let connected = connected.count();
        Some(Interest {
            durable: group.members.durable > 0,
            connected: u32::try_from(connected).unwrap_or(u32::MAX),
        })
    }

    /// The group of a filter as sent.
    pub(super) fn group(&self, whole: &str) -> Option<&Group> {
        let groups = &self.by_filter.get(split_share(whole)?)?.groups;
        groups.iter().find(|group| *group.whole == *whole)
    }

    /// Whether other nodes hear of filters that change.
    pub(super) fn is_followed(&self) -> bool {
        self.changed.is_some()
    }

    /// Subscribes a client, or changes the options of its subscription.
    pub(super) fn add(
        &mut self,
        filter: &Filter,
        client: &Arc<Client>,
        options: SubscribeOptions,
        limits: &ShareLimits,
    ) -> Result<(), OverShareLimit> {
        let topic_filter = filter.topic_filter();
        self.note(filter.as_str());
        if filter.share_name().is_none() {
            self.by_filter.entry(topic_filter).each.put(client, options);
            return Ok(());
        }
        let name = filter.as_str();
        let room = self.share_groups < limits.groups;
        let entry = self.by_filter.entry(topic_filter);
        let joined = match entry.groups.iter_mut().find(|group| *group.whole == *name) {
            Some(group) => {
                group.members.put(client, options);
                let fits = group.members.all.len() <= limits.members;
                if !fits {
                    group.members.remove(client.number());
                }
                fits
            }
            None if room => {
                let mut members = Subscribers::default();
                members.put(client, options);
                entry.groups.push(Group {
                    whole: name.into(),
                    members,
                });
                self.share_groups += 1;
                true
            }
            None => {
                self.remove(filter, client.number());
                false
            }
        };
        if joined { Ok(()) } else { Err(OverShareLimit) }
    }

    /// Drops a client's subscription, and what it leaves empty. Whether it leaves a share group without members.
    pub(super) fn remove(&mut self, filter: &Filter, number: u64) -> bool {
        self.note(filter.as_str());
        let topic_filter = filter.topic_filter();
        let mut groups_gone = 0;
        self.by_filter.change(topic_filter, |entry| {
            match filter.share_name() {
                None => entry.each.remove(number),
                Some(_) => {
                    let before = entry.groups.len();
                    entry.groups.retain_mut(|group| {
                        if *group.whole == *filter.as_str() {
                            group.members.remove(number);
                        }
                        !group.members.all.is_empty()
                    });
                    groups_gone = before - entry.groups.len();
                }
            }
            entry.is_empty()
        });
        self.share_groups -= groups_gone;
        groups_gone > 0
    }

    /// Hands every entry whose filter matches the topic to `found`, each once.
    pub(super) fn matching<'a>(&'a self, topic: &str, found: impl FnMut(&'a Entry)) {
        self.by_filter.matching(topic, found);
    }

    /// True where nobody subscribes to anything.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.by_filter.is_empty() && self.share_groups == 0
    }
}
