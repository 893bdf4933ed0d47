//! Requests to AWS's services that have no table: what they call, and in which protocol their clients read an answer.
//!
//! The request itself says most: clients of one service may speak any of its protocols. Only where method and path
//! name the operation is the service's row asked. Nothing here decides whether the request is signed.

use crate::headers::Headers;
use crate::model::{Foreign, Protocol, foreign};
use crate::respond::Answering;
use crate::uri;

/// Longest operation or service name that is repeated to the caller, bytes.
const LONGEST_NAME: usize = 128;

/// A request as far as it can be read without a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// The service, as its credential scope names it.
    pub service: String,
    /// The same, where it is one of AWS's that is known.
    pub known: Option<&'static str>,
    /// The operation's name, where the request has one that can be one.
    pub operation: Option<String>,
    /// How the client reads its answer.
    pub answering: Answering,
}

/// Where devices ask AWS IoT Greengrass by their certificate: client devices for their cores, cores for their deployments.
/// [AWS guide: greengrass/v2, greengrass-discover-api]
const GREENGRASS: [&str; 2] = ["/greengrass/discover/", "/greengrass/v2/"];

/// What is looked at of a request.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// Path and query as received.
    pub target: &'a str,
    /// The header fields.
    pub headers: &'a Headers<'a>,
    /// Forms name the operation in it.
    pub body: &'a [u8],
}

/// What a request that is signed for the service `scope` calls.
pub fn called(scope: &str, asked: &Asked<'_>) -> Called {
    let rows = rows(scope);
    let first = rows.first();
    let (protocol, operation) = match by_message(scope, asked) {
        Some(found) => found,
        None => match by_path(rows, asked) {
            Some((row, name)) => (row.protocol, Some(name.to_owned())),
            None => (first.map_or(Protocol::RestJson, |row| row.protocol), None),
        },
    };
    Called {
        service: named(scope).unwrap_or_else(|| "an unnamed service".to_owned()),
        known: first.map(|row| row.scope),
        operation,
        answering: Answering {
            protocol,
            namespace: first.map_or("", |row| row.namespace),
        },
    }
}

/// The operation of another service that shares the scope `scope` with one that has a table.
pub fn shares(scope: &str, asked: &Asked<'_>) -> Option<Called> {
    by_path(rows(scope), asked)?;
    Some(called(scope, asked))
}

/// What an unsigned request calls, where it is one that clients do not sign: they get their keys by it, or are devices.
pub fn called_unsigned(asked: &Asked<'_>) -> Option<Called> {
    let unsigned = foreign().iter().filter(|row| !row.unsigned.is_empty());
    let target = asked.headers.text("x-amz-target");
    for row in unsigned {
        let is_one = match (&target, row.protocol) {
            (Some(target), Protocol::Json10 | Protocol::Json11) => target
                .rsplit_once('.')
                .is_some_and(|(of, name)| of == row.target && row.unsigned.contains(&name)),
            (None, Protocol::RestJson) => by_path(std::slice::from_ref(row), asked)
                .is_some_and(|(_, name)| row.unsigned.contains(&name)),
            _ => false,
        };
        if is_one {
            return Some(called(row.scope, asked));
        }
    }
    let (path, _) = uri::split_target(asked.target);
    let by_device = GREENGRASS.iter().any(|start| path.starts_with(start));
    by_device.then(|| called("greengrass", asked))
}

fn rows(scope: &str) -> &'static [Foreign] {
    let all = foreign();
    let start = all.partition_point(|row| row.scope < scope);
    let end = all.partition_point(|row| row.scope <= scope);
    &all[start..end]
}

/// Protocol and operation where the message itself says them.
fn by_message(scope: &str, asked: &Asked<'_>) -> Option<(Protocol, Option<String>)> {
    let (path, query) = uri::split_target(asked.target);
    let kind = asked.headers.text("content-type").unwrap_or_default();
    if asked.headers.text("smithy-protocol").as_deref() == Some("rpc-v2-cbor") {
        // `/service/GraniteServiceVersion20100801/operation/ListMetrics`
        let name = path.rsplit_once("/operation/").map(|(_, name)| name);
        return Some((Protocol::RpcV2Cbor, name.and_then(named)));
    }
    if let Some(target) = asked.headers.text("x-amz-target") {
        let protocol = match kind.contains("json-1.1") {
            true => Protocol::Json11,
            false => Protocol::Json10,
        };
        let name = target.rsplit_once('.').and_then(|(_, name)| named(name));
        return Some((protocol, name));
    }
    let pairs = match kind.starts_with("application/x-www-form-urlencoded") {
        true => uri::form_pairs(std::str::from_utf8(asked.body).unwrap_or_default()),
        false => uri::query_pairs(query),
    };
    let action = pairs.iter().find(|(name, _)| name == "Action");
    action.map(|(_, action)| {
        let protocol = match rows(scope).first() {
            Some(row) if row.protocol == Protocol::Ec2 => Protocol::Ec2,
            _ => Protocol::Query,
        };
        (protocol, named(action))
    })
}

/// The row and the operation that method and path name, the most literal template first.
fn by_path(
    rows: &'static [Foreign],
    asked: &Asked<'_>,
) -> Option<(&'static Foreign, &'static str)> {
    let (path, query) = uri::split_target(asked.target);
    let path = uri::normalised_path(path);
    let segments: Vec<&str> = segments(&path).collect();
    let keys = uri::query_pairs(query);
    let has = |key: &str, value: &str| {
        keys.iter()
            .any(|(name, found)| name == key && (value.is_empty() || found == value))
    };
    let mut best: Option<(Vec<u8>, &Foreign, &'static str)> = None;
    for row in rows {
        for (method, template, name) in row.paths() {
            if method != asked.method {
                continue;
            }
            let (path, query) = uri::split_target(template);
            let mut literal = uri::raw_pairs(query);
            let Some(mut rank) = rank(path, &segments) else {
                continue;
            };
            if !literal.all(|(key, value)| has(key, value)) {
                continue;
            }
            rank.push(u8::from(!query.is_empty()));
            if best.as_ref().is_none_or(|(than, _, _)| rank > *than) {
                best = Some((rank, row, name));
            }
        }
    }
    best.map(|(_, row, name)| (row, name))
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.trim_matches('/').split('/')
}

/// How literally a template matches a path, segment by segment: more is greater. `None` where it does not.
fn rank(template: &str, path: &[&str]) -> Option<Vec<u8>> {
    let mut rank = Vec::with_capacity(path.len() + 1);
    let mut rest = path;
    for segment in segments(template) {
        if segment.starts_with('{') && segment.ends_with("+}") {
            // A label that takes slashes may have literal segments behind it, which this does not look at.
            return (!rest.is_empty()).then(|| {
                rank.push(0);
                rank
            });
        }
        let (first, others) = rest.split_first()?;
        // A label may have literal text around it, as in `{id}.json`.
        let (before, behind) = match (segment.find('{'), segment.rfind('}')) {
            (Some(start), Some(end)) => (&segment[..start], Some(&segment[end + 1..])),
            _ => (segment, None),
        };
        match behind {
            None if uri::decode_text(first) == before => rank.push(2),
            Some(behind)
                if first.len() > before.len() + behind.len()
                    && first.starts_with(before)
                    && first.ends_with(behind) =>
            {
                rank.push(1);
            }
            _ => return None,
        }
        rest = others;
    }
    rest.is_empty().then_some(rank)
}

/// The text, where it can be a name: what else a caller sends is not repeated.
fn named(text: &str) -> Option<String> {
    let fits = !text.is_empty()
        && text.len() <= LONGEST_NAME
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
    fits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
