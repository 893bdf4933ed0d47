//! From method and target to operation.
//!
//! Owns the matching of URI templates. The service comes from the credential scope, because
//! paths collide between services. Bodies are not looked at: operations of the query protocol
//! are found by [`by_action`], those of the JSON protocols by [`by_target`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::model::{Location, Model, Operation, Service, model, operation};
use crate::uri;

/// What a method and a path mean to a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// An operation, with the decoded labels of its path by wire name.
    Operation {
        /// Its row in the service's table.
        operation: &'static Operation,
        /// Label and decoded value, in the template's order.
        labels: Vec<(&'static str, String)>,
    },
    /// An operation whose path names nothing where the label `name` stands, as `/topics/` does: 400.
    EmptyLabel {
        /// Its row in the service's table.
        operation: &'static Operation,
        /// The label's wire name.
        name: &'static str,
    },
    /// Operations of the service have this path and other methods, and the service has an error for that: 405
    /// `MethodNotAllowedException`.
    MethodNotAllowed {
        /// The methods.
        methods: Vec<&'static str>,
    },
    /// No operation of the service has this method and path: 404 `UnknownOperationException`.
    UnknownOperation,
}

/// Finds the operation for a method, a raw path and a raw query (without `?`).
///
/// Where operations differ only in a header (S3's copies), the one without it is meant; use
/// [`route_with_headers`] to tell them apart.
pub fn route(service: Service, method: &str, path: &str, query: &str) -> Route {
    route_with_headers(service, method, path, query, |_| false)
}

/// As [`route`], asking `has_header` for the headers that an operation requires
/// (`x-amz-copy-source` makes PutObject a CopyObject).
pub fn route_with_headers(
    service: Service,
    method: &str,
    path: &str,
    query: &str,
    has_header: impl Fn(&str) -> bool,
) -> Route {
    // What is routed is what was signed: a signature covers the normalised path, so a replayed
    // `/topics/a/../b` must not mean more than the `/topics/b` that was signed. S3 signs paths
    // as they are, and its keys may hold such segments.
    let path: Cow<str> = match service {
        Service::S3 => path.into(),
        _ => uri::normalised_path(path),
    };
    find(service, method, &path, query, has_header)
}

/// Finds the operation that an unsigned request is for. No signature covers another form of its path, so the segments
/// `.`, `..` and the empty one stand for themselves in labels, as in topics of MQTT.
pub fn route_as_sent(service: Service, method: &str, path: &str, query: &str) -> Route {
    match find(service, method, path, query, |_| false) {
        // Some clients put a slash too many before the path.
        Route::UnknownOperation if !uri::is_normalised(path) => route(service, method, path, query),
        found => found,
    }
}

fn find(
    service: Service,
    method: &str,
    path: &str,
    query: &str,
    has_header: impl Fn(&str) -> bool,
) -> Route {
    let segments = segments(path);
    let pairs = uri::query_pairs(query);
    let first = segments.first().map_or("", |first| &**first);
    // Templates that begin with a label stand under the empty name.
    let candidates = |method| {
        let by_first = of_service(service).get(method);
        [first, ""]
            .into_iter()
            .filter_map(move |first| by_first?.get(first))
    };
    let found = candidates(method)
        .flatten()
        .filter(|template| template.accepts_query(&pairs, &has_header))
        .find_map(|template| {
            let labels = template.match_path(&segments, false)?;
            Some(Route::Operation {
                operation: template.operation,
                labels,
            })
        });
    if let Some(found) = found {
        return found;
    }
    // Only the data plane has words for what is nearly one of its paths.
    let errors = model(service).errors;
    if !errors
        .iter()
        .any(|error| error.code == "MethodNotAllowedException")
    {
        return Route::UnknownOperation;
    }
    let empty = candidates(method).flatten().find_map(|template| {
        let labels = template.match_path(&segments, true)?;
        let (name, _) = labels.iter().find(|(_, value)| value.is_empty())?;
        Some(Route::EmptyLabel {
            operation: template.operation,
            name,
        })
    });
    if let Some(empty) = empty {
        return empty;
    }
    match methods_of(service, &segments, true) {
        none if none.is_empty() => Route::UnknownOperation,
        methods => Route::MethodNotAllowed { methods },
    }
}

/// The methods with which operations of the service have this raw path, in the order of the alphabet.
pub fn methods(service: Service, path: &str) -> Vec<&'static str> {
    methods_of(service, &segments(path), false)
}

/// The decoded segments of a raw path.
fn segments(path: &str) -> Vec<Cow<'_, str>> {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split('/').map(uri::decoded_text).collect()
}

/// Of paths whose labels may be empty, or not.
fn methods_of(service: Service, segments: &[Cow<'_, str>], empty: bool) -> Vec<&'static str> {
    let first = segments.first().map_or("", |first| &**first);
    let is_path = |by_first: &ByFirstSegment| {
        let templates = [first, ""]
            .into_iter()
            .filter_map(|first| by_first.get(first));
        templates
            .flatten()
            .any(|template| template.match_path(segments, empty).is_some())
    };
    let by_method = of_service(service).iter();
    by_method
        .filter(|(_, by_first)| is_path(by_first))
        .map(|(method, _)| *method)
        .collect()
}

/// The operation that `Action` names in the query protocol. AWS ties an action to its version;
/// a version that is not the service's finds nothing.
pub fn by_action(
    service: Service,
    action: &str,
    version: Option<&str>,
) -> Option<&'static Operation> {
    let known = model(service).api_version;
    version
        .is_none_or(|version| version == known)
        .then(|| operation(service, action))?
}

/// The operation that `X-Amz-Target` names in the JSON protocols, such as `Logs_20140328.PutLogEvents`. What stands
/// before the point must be the service's own. [Smithy: AWS JSON 1.0 protocol, X-Amz-Target]
pub fn by_target(service: Service, target: &str) -> Option<&'static Operation> {
    let (prefix, name) = target.rsplit_once('.')?;
    let own = model(service).target;
    (!own.is_empty() && prefix == own).then(|| operation(service, name))?
}

/// A segment of a URI template.
#[derive(Clone, Copy, Debug)]
enum Segment {
    Literal(&'static str),
    Label(&'static str),
    /// Takes the rest of the path, slashes included.
    Rest(&'static str),
}

/// An operation's URI template, taken apart.
struct Template {
    operation: &'static Operation,
    segments: Vec<Segment>,
    /// Query keys (and values, where not empty) of the template itself.
    literal_query: Vec<(&'static str, &'static str)>,
    required_query: Vec<&'static str>,
    required_headers: Vec<&'static str>,
}

type ByFirstSegment = BTreeMap<&'static str, Vec<Template>>;
type ByMethod = BTreeMap<&'static str, ByFirstSegment>;

/// Templates by service, method and first segment, the most specific first. They are few of each: a look-up compares
/// less than it would hash.
static INDEX: LazyLock<Vec<(Service, ByMethod)>> = LazyLock::new(|| {
    let index = crate::model::models().map(|model| (model.service, by_method(model)));
    index.collect()
});

fn by_method(model: &Model) -> ByMethod {
    let mut index = ByMethod::new();
    for operation in model.operations {
        let template = Template::of(operation);
        let first = match template.segments.first() {
            Some(Segment::Literal(first)) => *first,
            _ => "",
        };
        let by_first = index.entry(operation.method).or_default();
        by_first.entry(first).or_default().push(template);
    }
    for templates in index.values_mut().flat_map(BTreeMap::values_mut) {
        templates.sort_by_key(|template| std::cmp::Reverse(template.specificity()));
    }
    index
}

/// The templates of a service.
fn of_service(service: Service) -> &'static ByMethod {
    static NONE: ByMethod = ByMethod::new();
    let found = INDEX.iter().find(|(of, _)| *of == service);
    found.map_or(&NONE, |(_, by_method)| by_method)
}

impl Template {
    fn of(operation: &'static Operation) -> Self {
        let (path, query) = uri::split_target(operation.uri);
        let path = path.trim_matches('/');
        let count = path.split('/').count();
        let segments = path
            .split('/')
            .enumerate()
            .map(|(at, segment)| match segment.strip_prefix('{') {
                None => Segment::Literal(segment),
                Some(label) => {
                    let label = label.strip_suffix('}').unwrap_or(label);
                    match label.strip_suffix('+') {
                        Some(label) => Segment::Rest(label),
                        // Plain HTTP clients leave the slashes of a topic or an ARN as they
                        // are. [AWS guide: http, "Publish"]
                        None if at + 1 == count && matches!(label, "topic" | "target") => {
                            Segment::Rest(label)
                        }
                        None => Segment::Label(label),
                    }
                }
            })
            .collect();
        let literal_query: Vec<_> = uri::raw_pairs(query).collect();
        let required = |location: Location| -> Vec<&'static str> {
            operation
                .members()
                .iter()
                .filter(|member| member.required && member.location == location)
                .map(|member| member.wire)
                .collect()
        };
        // Only S3 tells operations apart by what they require; elsewhere a missing parameter
        // is a validation error of the operation the path names.
        let s3 = operation.service == Service::S3;
        // By headers only where the query says nothing: `?attributes` is GetObjectAttributes, whatever else it lacks.
        let required_headers = match s3 && literal_query.is_empty() {
            true => required(Location::Header),
            false => Vec::new(),
        };
        Self {
            operation,
            segments,
            literal_query,
            required_query: if s3 {
                required(Location::Query)
            } else {
                Vec::new()
            },
            required_headers,
        }
    }

    /// Greater is tried first: literal segments before labels, and among operations of one
    /// path the one that asks for most.
    fn specificity(&self) -> impl Ord + use<> {
        let segments: Vec<u8> = self
            .segments
            .iter()
            .map(|segment| match segment {
                Segment::Literal(_) => 2,
                Segment::Label(_) => 1,
                Segment::Rest(_) => 0,
            })
            .collect();
        (
            segments,
            self.literal_query.len(),
            self.required_query.len() + self.required_headers.len(),
            !self.operation.deprecated,
        )
    }

    fn accepts_query(&self, pairs: &[(String, String)], has_header: impl Fn(&str) -> bool) -> bool {
        let has = |key: &str| pairs.iter().any(|(name, _)| name == key);
        self.literal_query.iter().all(|(key, value)| {
            has(key) && (value.is_empty() || pairs.iter().any(|(k, v)| k == key && v == value))
        }) && self.required_query.iter().all(|key| has(key))
            && self.required_headers.iter().all(|name| has_header(name))
    }

    /// The labels of a path that fits, which may be empty or not.
    fn match_path(
        &self,
        segments: &[Cow<'_, str>],
        empty: bool,
    ) -> Option<Vec<(&'static str, String)>> {
        // Most that begin alike differ in a literal; nothing is copied for those.
        let differs = |(segment, given): (&Segment, &Cow<'_, str>)| matches!(segment, Segment::Literal(literal) if given != literal);
        if self.segments.iter().zip(segments).any(differs) {
            return None;
        }
        let mut labels = Vec::new();
        let mut rest = segments;
        for segment in &self.segments {
            match segment {
                Segment::Literal(literal) => {
                    let (first, others) = rest.split_first()?;
                    // `$next` and `%24next` are the same literal: segments are decoded.
                    if first != literal {
                        return None;
                    }
                    rest = others;
                }
                Segment::Label(label) => {
                    let (first, others) = match rest.split_first() {
                        Some((first, others)) => (first.clone().into_owned(), others),
                        None if empty => (String::new(), rest),
                        None => return None,
                    };
                    if first.is_empty() && !empty {
                        return None;
                    }
                    labels.push((*label, first));
                    rest = others;
                }
                Segment::Rest(label) => {
                    let value = rest.join("/");
                    if value.is_empty() && !empty {
                        return None;
                    }
                    labels.push((*label, value));
                    rest = &[];
                }
            }
        }
        // One slash too many at the end hurts nobody; some SDKs send it.
        matches!(rest, [] | [_]).then_some(())?;
        rest.iter().all(|left| left.is_empty()).then_some(labels)
    }
}

#[cfg(test)]
mod tests;
