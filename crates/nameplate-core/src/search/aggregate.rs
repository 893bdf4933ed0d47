//! Figures about the values that one field has among the documents that match a query. AWS guide: index-aggregate.

use super::field::{Field, FieldType, boolean, decimal, indexed_name, number};
use super::index::Index;
use super::query::Query;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Percentiles that are told where none are asked for.
pub const PERCENTS: [f64; 7] = [1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0];
/// Buckets that are told where the caller does not say (API: `maxBuckets`).
pub const BUCKETS: usize = 10;

/// What `GetStatistics` tells.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Statistics {
    /// Documents that match and have a value of the field's type.
    pub count: u64,
    /// The figures of numbers and truths; `None` for texts, without any value, or beyond what a double holds.
    pub figures: Option<Figures>,
}

/// Figures of numbers, a truth counting as 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Mean.
    pub average: f64,
    /// All values added up.
    pub sum: f64,
    /// Smallest.
    pub minimum: f64,
    /// Largest.
    pub maximum: f64,
    /// All values squared and added up.
    pub sum_of_squares: f64,
    /// Mean of the squared distances from the mean.
    pub variance: f64,
    /// Its square root.
    pub std_deviation: f64,
}

/// `GetStatistics`.
pub fn statistics(index: &Index, query: &Query, field: &Field) -> Statistics {
    let values = typed(index, query, field);
    let count = values.iter().map(|(_, count)| count).sum();
    if field.kind == FieldType::String || count == 0 {
        return Statistics {
            count,
            figures: None,
        };
    }
    let n = count as f64;
    let (mut sum, mut sum_of_squares) = (0.0, 0.0);
    let (mut minimum, mut maximum) = (f64::INFINITY, f64::NEG_INFINITY);
    for (value, count) in numbers(&values) {
        sum += value * count as f64;
        sum_of_squares += value * value * count as f64;
        minimum = minimum.min(value);
        maximum = maximum.max(value);
    }
    let average = sum / n;
    // From the mean, not from the sums: those lose all digits where the values are large and close together.
    let variance = numbers(&values)
        .map(|(value, count)| (value - average) * (value - average) * count as f64)
        .sum::<f64>()
        / n;
    let figures = Figures {
        average,
        sum,
        minimum,
        maximum,
        sum_of_squares,
        variance,
        std_deviation: variance.sqrt(),
    };
    let finite = sum.is_finite() && sum_of_squares.is_finite() && variance.is_finite();
    Statistics {
        count,
        figures: finite.then_some(figures),
    }
}

/// `GetCardinality`: how many different values there are; exact.
pub fn cardinality(index: &Index, query: &Query, field: &Field) -> usize {
    typed(index, query, field).len()
}

/// `GetPercentiles`: for each percent the value below which so many of the values lie, between two values by their
/// distance. Empty without values.
pub fn percentiles(
    index: &Index,
    query: &Query,
    field: &Field,
    percents: &[f64],
) -> Vec<(f64, f64)> {
    let values = typed(index, query, field);
    let mut numbers: Vec<(f64, u64)> = numbers(&values).collect();
    numbers.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let count: u64 = numbers.iter().map(|(_, count)| count).sum();
    if count == 0 {
        return Vec::new();
    }
    let at = |place: u64| {
        let mut seen = 0;
        let found = numbers.iter().find(|(_, count)| {
            seen += count;
            seen > place
        });
        found
            .or(numbers.last())
            .map_or(f64::NAN, |(value, _)| *value)
    };
    let mut percents = percents.to_vec();
    percents.sort_by(f64::total_cmp);
    percents.dedup();
    percents
        .into_iter()
        .map(|percent| {
            let place = percent / 100.0 * (count - 1) as f64;
            let (low, high) = (at(place.floor() as u64), at(place.ceil() as u64));
            (percent, low + (high - low) * place.fract())
        })
        .collect()
}

/// What `GetBucketsAggregation` tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buckets {
    /// Documents that match.
    pub total: u64,
    /// The commonest values and how many documents have them.
    pub buckets: Vec<(String, u64)>,
}

/// `GetBucketsAggregation`: the commonest values first, equally common ones in their order.
pub fn buckets(index: &Index, query: &Query, field: &Field, limit: usize) -> Buckets {
    let mut values = typed(index, query, field);
    values.sort_by(|(a, m), (b, n)| n.cmp(m).then_with(|| a.cmp(b)));
    values.truncate(limit);
    Buckets {
        total: index.matching(query).len(),
        buckets: values
            .into_iter()
            .map(|(value, count)| (value.to_owned(), count))
            .collect(),
    }
}

fn typed<'i>(index: &'i Index, query: &Query, field: &Field) -> Vec<(&'i str, u64)> {
    let mut values = index.counts(indexed_name(&field.name), &index.matching(query));
    values.retain(|(value, _)| field.kind.admits(value));
    if field.kind != FieldType::Number {
        return values;
    }
    // A number is one value however it is written; its shortest form is told.
    values.sort_by_key(|(value, _)| (value.len(), *value));
    let mut places: HashMap<Option<String>, usize> = HashMap::new();
    let mut merged: Vec<(&str, u64)> = Vec::new();
    for (value, count) in values {
        match places.entry(decimal(value)) {
            Entry::Occupied(place) => merged[*place.get()].1 += count,
            Entry::Vacant(place) => {
                place.insert(merged.len());
                merged.push((value, count));
            }
        }
    }
    merged
}

fn numbers<'v>(values: &'v [(&str, u64)]) -> impl Iterator<Item = (f64, u64)> + 'v {
    values.iter().filter_map(|(value, count)| {
        let value =
            number(value).or_else(|| boolean(value).map(|truth| f64::from(u8::from(truth))));
        Some((value?, *count))
    })
}
