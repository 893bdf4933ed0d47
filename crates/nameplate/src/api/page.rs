//! Pages of lists: opaque tokens that hold a position, never an offset.

use super::Call;
use crate::app::Error;
use nameplate_aws::model::Service;
use nameplate_aws::respond::Node;
use nameplate_aws::token::TokenSeal;
use serde_json::{Map, Value};

/// Where a page begins and how long it may be.
pub struct Page {
    seal: TokenSeal,
    /// Position from the caller's token.
    pub from: Option<String>,
    /// Most items.
    pub size: usize,
    answer: &'static str,
}

impl Page {
    /// The style of registry lists: `nextToken` and `maxResults`.
    pub fn tokens(call: &Call<'_>, default: usize) -> Result<Self, Error> {
        Self::read(call, "nextToken", "maxResults", "nextToken", default)
    }

    /// The style of lists of shadows: `nextToken` and `pageSize`.
    pub fn sized_tokens(call: &Call<'_>, default: usize) -> Result<Self, Error> {
        Self::read(call, "nextToken", "pageSize", "nextToken", default)
    }

    /// The style of certificate and policy lists: `marker` and `pageSize`.
    pub fn markers(call: &Call<'_>, default: usize) -> Result<Self, Error> {
        Self::read(call, "marker", "pageSize", "nextMarker", default)
    }

    /// The style of lists of CloudWatch Logs: `nextToken` and `limit`.
    pub fn limited_tokens(call: &Call<'_>, default: usize) -> Result<Self, Error> {
        Self::read(call, "nextToken", "limit", "nextToken", default)
    }

    /// The style of lists of ACM: `NextToken` and `MaxItems`.
    pub fn capital_tokens(call: &Call<'_>, default: usize) -> Result<Self, Error> {
        Self::read(call, "NextToken", "MaxItems", "NextToken", default)
    }

    /// The style of API Gateway's lists: `position` and `limit`.
    pub fn positions(call: &Call<'_>, default: usize) -> Result<Self, Error> {
        Self::read(call, "position", "limit", "position", default)
    }

    /// The style of lists of HTTP APIs: `NextToken` and `MaxResults`, a text.
    pub fn texts(call: &Call<'_>, default: usize) -> Result<Self, Error> {
        let mut page = Self::read(call, "NextToken", "MaxResults", "nextToken", default)?;
        if let Some(size) = call.input.text("MaxResults") {
            let size = size.parse().ok().filter(|size| (1..=500).contains(size));
            page.size = size.ok_or_else(|| Error::invalid("Invalid value for maxResults"))?;
        }
        Ok(page)
    }

    /// The style of IAM's lists: `Marker`, `MaxItems` and `IsTruncated`.
    pub fn truncated(call: &Call<'_>) -> Result<Self, Error> {
        Self::read(call, "Marker", "MaxItems", "Marker", 100)
    }

    fn read(
        call: &Call<'_>,
        token: &str,
        size: &str,
        answer: &'static str,
        default: usize,
    ) -> Result<Self, Error> {
        let seal = TokenSeal::new(call.app.token_key(), call.operation.name, &call.input);
        let from = match call.input.text(token) {
            Some(sent) => {
                let position = seal
                    .decode(sent)
                    .ok()
                    .and_then(|bytes| String::from_utf8(bytes).ok())
                    .ok_or_else(|| {
                        Error::invalid(match call.operation.service {
                            Service::Logs => format!("The specified {token} is invalid."),
                            _ => format!("Invalid {token}: it was not issued for this list"),
                        })
                    })?;
                Some(position)
            }
            None => None,
        };
        Ok(Self {
            seal,
            from,
            size: call
                .input
                .integer(size)
                .and_then(|n| usize::try_from(n).ok())
                .unwrap_or(default),
            answer,
        })
    }

    /// The position as a key; 0 at the beginning.
    pub fn key(&self) -> Result<Option<i64>, Error> {
        self.from
            .as_deref()
            .map(|position| {
                position
                    .parse()
                    .map_err(|_| Error::invalid("Invalid token: it was not issued for this list"))
            })
            .transpose()
    }

    /// The answer: the items under `name`, and a token where there is more.
    pub fn answer(&self, name: &str, items: Vec<Value>, next: Option<String>) -> Value {
        let mut members = Map::new();
        members.insert(name.to_owned(), Value::Array(items));
        if let Some(next) = next {
            members.insert(
                self.answer.to_owned(),
                Value::from(self.seal.encode(next.as_bytes())),
            );
        }
        Value::Object(members)
    }

    /// The answer in IAM's style: the lists by their names, whether there is more, and a token for it.
    pub fn truncated_answer<const N: usize>(
        &self,
        lists: [(&str, Vec<Node>); N],
        next: Option<String>,
    ) -> Node {
        let mut members: Vec<(String, Node)> = lists
            .into_iter()
            .map(|(name, items)| (name.to_owned(), Node::List(items)))
            .collect();
        let truncated = Node::text(next.is_some().to_string());
        members.push(("IsTruncated".to_owned(), truncated));
        if let Some(next) = next {
            let token = self.seal.encode(next.as_bytes());
            members.push((self.answer.to_owned(), Node::text(token)));
        }
        Node::Structure(members)
    }

    /// The page of a short list that was read whole and is in the order of its positions; the position to go on from.
    pub fn of_whole<T>(
        &self,
        mut items: Vec<T>,
        position: impl Fn(&T) -> String,
    ) -> (Vec<T>, Option<String>) {
        if let Some(from) = &self.from {
            match items.iter().position(|item| position(item) == *from) {
                Some(last) => drop(items.drain(..=last)),
                // It has gone since.
                None => items.retain(|item| position(item) > *from),
            }
        }
        let next = self.cut(&mut items, position);
        (items, next)
    }

    /// The page of a short list that was read whole, in the alphabetical order of names or against it; the position to
    /// go on from.
    pub fn alphabetical<T>(
        &self,
        mut items: Vec<T>,
        ascending: bool,
        name: impl Fn(&T) -> &str,
    ) -> (Vec<T>, Option<String>) {
        items.sort_by(|one, other| match ascending {
            true => name(one).cmp(name(other)),
            false => name(other).cmp(name(one)),
        });
        if let Some(from) = &self.from {
            items.retain(|item| match ascending {
                true => name(item) > from.as_str(),
                false => name(item) < from.as_str(),
            });
        }
        let next = self.cut(&mut items, |last| name(last).to_owned());
        (items, next)
    }

    /// Cuts a list that was read with one item more than the page holds; the position to go on from.
    pub fn cut<T>(&self, items: &mut Vec<T>, position: impl Fn(&T) -> String) -> Option<String> {
        if items.len() <= self.size {
            return None;
        }
        items.truncate(self.size);
        items.last().map(position)
    }
}
