//! Samples of the registry's operations to text: medians, smallest and largest, ratios, and the bars to clear.

use super::load::{PageSample, Sample};
use super::peer::Which;
use crate::figures::{grouped, median, spread};
use std::fmt::Write as _;

/// An operation under load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `DescribeThing`.
    Describe,
    /// `DescribeThing` of the few same things, which processors keep near.
    DescribeFew,
    /// `CreateThing`.
    Create,
}

/// All samples of a run.
#[derive(Default)]
pub struct Table {
    beside: Vec<((Operation, Which), Sample)>,
    sizes: Vec<((Operation, u64), Sample)>,
    pages: Vec<((String, u64), PageSample)>,
}

impl Operation {
    const ALL: [Self; 3] = [Self::DescribeFew, Self::Describe, Self::Create];

    fn name(self) -> &'static str {
        match self {
            Self::Describe => "DescribeThing",
            Self::DescribeFew => "DescribeThing, of 1,000 things all over the registry",
            Self::Create => "CreateThing",
        }
    }
}

/// How many times a peer's rate nameplate's must be.
fn bar(which: Which) -> Option<f64> {
    match which {
        Which::Nameplate | Which::Postgres => None,
        Which::Ministack => Some(10.0),
        Which::Moto => Some(50.0),
    }
}

impl Table {
    /// Notes a sample of a server among its peers.
    pub fn add(&mut self, operation: Operation, which: Which, sample: Sample) {
        self.beside.push(((operation, which), sample));
    }

    /// Notes a sample of nameplate with so many things.
    pub fn add_size(&mut self, operation: Operation, registered: u64, sample: Sample) {
        self.sizes.push(((operation, registered), sample));
    }

    /// Notes a sample of pages of nameplate with so many things.
    pub fn add_pages(&mut self, title: &str, registered: u64, sample: PageSample) {
        self.pages.push(((title.to_owned(), registered), sample));
    }

    /// The servers side by side.
    pub fn beside(&self) -> String {
        let mut out = String::new();
        for operation in Operation::ALL {
            let ours = of(&self.beside, &(operation, Which::Nameplate));
            let keys = keys(&self.beside);
            let mut lines = String::new();
            for which in keys
                .iter()
                .filter(|key| key.0 == operation)
                .map(|key| key.1)
            {
                let samples = of(&self.beside, &(operation, which));
                let mut line = format!("  {:<28} {}", which.name(), load(&samples));
                if let Some(must) = bar(which).filter(|_| !ours.is_empty()) {
                    let times = middle(&ours, |s| s.rate) / middle(&samples, |s| s.rate);
                    let cheaper = middle(&samples, |s| s.cost) / middle(&ours, |s| s.cost);
                    let reached = if times >= must {
                        "reached"
                    } else {
                        "NOT reached"
                    };
                    let _ = write!(
                        line,
                        "; nameplate × {times:.1} in rate (must ≥ {must}: {reached}), × {cheaper:.1} in CPU"
                    );
                }
                let _ = writeln!(lines, "{line}");
            }
            section(&mut out, operation.name(), &lines);
        }
        out
    }

    /// Nameplate with few and with many things.
    pub fn flatness(&self) -> String {
        let mut out = String::new();
        for operation in Operation::ALL {
            let mut smallest = None;
            let mut lines = String::new();
            for key in keys(&self.sizes).iter().filter(|key| key.0 == operation) {
                let samples = of(&self.sizes, key);
                let (rate, cost) = (middle(&samples, |s| s.rate), middle(&samples, |s| s.cost));
                let mut line = format!("  {:<28} {}", things(key.1), load(&samples));
                match smallest {
                    None => smallest = Some((rate, cost)),
                    Some((of_rate, of_cost)) => {
                        let _ = write!(
                            line,
                            "; of the smallest registry's: rate × {:.2}, CPU × {:.2}",
                            rate / of_rate,
                            cost / of_cost
                        );
                    }
                }
                let _ = writeln!(lines, "{line}");
            }
            section(&mut out, operation.name(), &lines);
        }
        let mut titles: Vec<&str> = Vec::new();
        for ((title, _), _) in &self.pages {
            if !titles.contains(&title.as_str()) {
                titles.push(title);
            }
        }
        for title in titles {
            let mut smallest = None;
            let mut lines = String::new();
            for key in keys(&self.pages).iter().filter(|key| key.0 == title) {
                let samples = of(&self.pages, key);
                let at = |of: fn(&PageSample) -> f64| middle(&samples, of);
                let (p50, p99) = (at(|s| s.p50), at(|s| s.p99));
                let mut line = format!("  {:<28} p50 {p50:.2} ms, p99 {p99:.2} ms", things(key.1));
                match smallest {
                    None => smallest = Some((p50, p99)),
                    Some((of_p50, of_p99)) => {
                        let _ = write!(
                            line,
                            "; of the smallest registry's: p50 × {:.2}, p99 × {:.2}",
                            p50 / of_p50,
                            p99 / of_p99
                        );
                    }
                }
                let _ = writeln!(lines, "{line}");
            }
            section(&mut out, title, &lines);
        }
        out
    }
}

fn section(out: &mut String, title: &str, lines: &str) {
    if !lines.is_empty() {
        // Writing to a String does not fail, here and above.
        let _ = writeln!(out, "{title}\n{lines}");
    }
}

fn load(samples: &[Sample]) -> String {
    let of = |value: fn(&Sample) -> f64| samples.iter().map(value).collect::<Vec<f64>>();
    let mut line = format!(
        "{:>8}/s  {:<28} server {:.2}, client {:.2} of a core",
        grouped(median(&of(|s| s.rate))),
        spread(&of(|s| s.cost), "µs of CPU"),
        median(&of(|s| s.server)),
        median(&of(|s| s.client)),
    );
    let database: Vec<f64> = samples.iter().filter_map(|s| s.database).collect();
    if !database.is_empty() {
        let _ = write!(line, "; of it PostgreSQL {}", spread(&database, "µs"));
    }
    line
}

fn things(registered: u64) -> String {
    format!("{} things", grouped(registered as f64))
}

fn middle<S>(samples: &[S], value: fn(&S) -> f64) -> f64 {
    median(&samples.iter().map(value).collect::<Vec<f64>>())
}

/// What was measured, in the order in which it first was.
fn keys<K: PartialEq + Clone, S>(samples: &[(K, S)]) -> Vec<K> {
    let mut keys: Vec<K> = Vec::new();
    for (key, _) in samples {
        if !keys.contains(key) {
            keys.push(key.clone());
        }
    }
    keys
}

fn of<K: PartialEq, S: Copy>(samples: &[(K, S)], key: &K) -> Vec<S> {
    samples
        .iter()
        .filter(|(of, _)| of == key)
        .map(|(_, sample)| *sample)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(rate: f64, cost: f64) -> Sample {
        Sample {
            rate,
            cost,
            server: 0.95,
            client: 0.5,
            database: None,
        }
    }

    fn check(table: &str, parts: &[&str]) {
        for part in parts {
            assert!(table.contains(part), "{part} in:\n{table}");
        }
    }

    #[test]
    fn peers_are_compared_by_medians() {
        let mut table = Table::default();
        for rate in [9_000.0, 10_000.0, 12_000.0] {
            table.add(Operation::Create, Which::Nameplate, sample(rate, 100.0));
        }
        table.add(Operation::Create, Which::Ministack, sample(900.0, 1_000.0));
        table.add(Operation::Create, Which::Moto, sample(250.0, 4_000.0));
        check(
            &table.beside(),
            &[
                "CreateThing\n  nameplate                      10,000/s  100 [100–100] µs of CPU",
                "server 0.95, client 0.50 of a core\n",
                "nameplate × 11.1 in rate (must ≥ 10: reached), × 10.0 in CPU",
                "nameplate × 40.0 in rate (must ≥ 50: NOT reached), × 40.0 in CPU",
            ],
        );
    }

    #[test]
    fn without_nameplate_there_is_nothing_to_compare() {
        let mut table = Table::default();
        table.add(Operation::Describe, Which::Moto, sample(250.0, 4_000.0));
        let text = table.beside();
        assert!(
            text.starts_with("DescribeThing\n") && !text.contains('×'),
            "{text}"
        );
        assert_eq!(table.flatness(), "");
    }

    #[test]
    fn sizes_are_compared_with_the_smallest() {
        let mut table = Table::default();
        table.add_size(Operation::Describe, 1_000, sample(10_000.0, 80.0));
        table.add_size(Operation::Describe, 1_000_000, sample(9_000.0, 88.0));
        let page = |p50: f64| PageSample { p50, p99: 4.0 };
        table.add_pages("ListThings", 1_000, page(0.5));
        table.add_pages("ListThings", 1_000_000, page(0.6));
        check(
            &table.flatness(),
            &[
                "1,000,000 things                9,000/s",
                "rate × 0.90, CPU × 1.10",
                "ListThings\n  1,000 things                 p50 0.50 ms, p99 4.00 ms\n",
                "p50 × 1.20, p99 × 1.00",
            ],
        );
    }
}
