//! Samples to a table: medians, smallest and largest, the ratio against mosquitto, and the bars to clear.

use crate::figures::{grouped, median, spread};
use std::fmt::Write as _;

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// A known device connects and leaves, TLS 1.3.
    KnownTls13,
    /// The same with TLS 1.2.
    KnownTls12,
    /// A known device comes back with the session of its last connection, TLS 1.3.
    ResumedTls13,
    /// The same with TLS 1.2.
    ResumedTls12,
    /// A known device connects, publishes one QoS 1 message and leaves, TLS 1.3.
    Publish,
    /// A device's first connection, provisioned durably before CONNACK. Mosquitto cannot; its bare connect stands in.
    First,
    /// Memory of an idle connection.
    Idle,
    /// One publisher and one subscriber, QoS 0, as many messages as a window lets through.
    PairQos0,
    /// The same with QoS 1.
    PairQos1,
    /// Twenty such pairs at once, QoS 0.
    PairsQos0,
    /// The same with QoS 1.
    PairsQos1,
    /// One publisher and many subscribers, QoS 1; for each delivery.
    FanOut,
    /// Messages that travel alone, QoS 0.
    AloneQos0,
    /// The same with QoS 1.
    AloneQos1,
    /// QoS 1 to a session whose client is away. Nameplate has it on disk before PUBACK; mosquitto writes its file now and
    /// then.
    Durable,
}

/// Who was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// mosquitto.
    Mosquitto,
    /// nameplate with so many things registered beforehand.
    Nameplate {
        /// How many.
        registered: u64,
    },
    /// The same with its registry in PostgreSQL.
    Postgres {
        /// How many.
        registered: u64,
    },
}

/// One test of one round.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// What one device costs: CPU in µs, or memory in KiB.
    pub cost: f64,
    /// Devices a second, where that was measured.
    pub rate: Option<f64>,
    /// The part of the cost that is PostgreSQL's, where the registry is there.
    pub database: Option<f64>,
}

/// All samples of a run.
#[derive(Default)]
pub struct Report {
    samples: Vec<(Measure, Subject, Sample)>,
}

/// What a measure must reach, and where it is to go.
enum Bar {
    /// Times better than mosquitto.
    Times { must: f64, goal: f64 },
    /// At most so much.
    AtMost { must: f64, goal: f64 },
    /// Nothing was set.
    None,
}

const MEASURES: [Measure; 15] = [
    Measure::KnownTls13,
    Measure::KnownTls12,
    Measure::ResumedTls13,
    Measure::ResumedTls12,
    Measure::Publish,
    Measure::First,
    Measure::Idle,
    Measure::PairQos0,
    Measure::PairQos1,
    Measure::PairsQos0,
    Measure::PairsQos1,
    Measure::FanOut,
    Measure::AloneQos0,
    Measure::AloneQos1,
    Measure::Durable,
];

impl Measure {
    fn title(self) -> &'static str {
        match self {
            Self::KnownTls13 => "known device, TLS 1.3, connect (server CPU per device)",
            Self::KnownTls12 => "known device, TLS 1.2, connect (server CPU per device)",
            Self::ResumedTls13 => "known device, TLS 1.3, session resumed (server CPU per device)",
            Self::ResumedTls12 => "known device, TLS 1.2, session resumed (server CPU per device)",
            Self::Publish => {
                "known device, TLS 1.3, connect + QoS 1 publish (server CPU per device)"
            }
            Self::First => {
                "first connection, JITP, durable before CONNACK, TLS 1.3 (server CPU per device)"
            }
            Self::Idle => "idle connection, TLS 1.3, fresh process (memory per connection)",
            Self::PairQos0 => "one publisher, one subscriber, QoS 0 (server CPU per message)",
            Self::PairQos1 => "one publisher, one subscriber, QoS 1 (server CPU per message)",
            Self::PairsQos0 => "20 pairs, QoS 0 (server CPU per message)",
            Self::PairsQos1 => "20 pairs, QoS 1 (server CPU per message)",
            Self::FanOut => "one publisher, 100 subscribers, QoS 1 (server CPU per delivery)",
            Self::AloneQos0 => {
                "20 pairs, 3,000 messages a second that travel alone, QoS 0 (server CPU per message)"
            }
            Self::AloneQos1 => {
                "20 pairs, 3,000 messages a second that travel alone, QoS 1 (server CPU per message)"
            }
            Self::Durable => {
                "QoS 1 to a session whose client is away, on disk before PUBACK (server CPU per message)"
            }
        }
    }

    fn unit(self) -> &'static str {
        match self {
            Self::Idle => "KiB",
            _ => "µs",
        }
    }

    fn bar(self) -> Bar {
        match self {
            Self::KnownTls13 => Bar::Times {
                must: 4.7,
                goal: 7.0,
            },
            Self::KnownTls12 => Bar::Times {
                must: 3.5,
                goal: 5.0,
            },
            Self::ResumedTls13
            | Self::ResumedTls12
            | Self::Publish
            | Self::PairQos0
            | Self::PairQos1 => Bar::None,
            Self::First => Bar::Times {
                must: 3.1,
                goal: 5.0,
            },
            Self::Idle => Bar::AtMost {
                must: 20.0,
                goal: 14.0,
            },
            Self::PairsQos0 => Bar::Times {
                must: 22.0,
                goal: 25.0,
            },
            Self::PairsQos1 => Bar::Times {
                must: 22.0,
                goal: 30.0,
            },
            Self::FanOut => Bar::Times {
                must: 31.0,
                goal: 38.0,
            },
            Self::AloneQos0 | Self::AloneQos1 => Bar::Times {
                must: 1.25,
                goal: 1.5,
            },
            Self::Durable => Bar::Times {
                must: 5.0,
                goal: 10.0,
            },
        }
    }

    /// The measure of mosquitto that this one is compared with.
    fn compared_with(self) -> Self {
        match self {
            Self::First => Self::KnownTls13,
            other => other,
        }
    }
}

impl Report {
    /// Notes a sample.
    pub fn add(&mut self, measure: Measure, subject: Subject, sample: Sample) {
        self.samples.push((measure, subject, sample));
    }

    /// The table.
    pub fn table(&self) -> String {
        let mut out = String::new();
        for measure in MEASURES {
            let mut subjects = Vec::new();
            for (of, subject, _) in &self.samples {
                if *of == measure && !subjects.contains(subject) {
                    subjects.push(*subject);
                }
            }
            if subjects.is_empty() {
                continue;
            }
            // Writing to a String does not fail, here and below.
            let _ = writeln!(out, "{}", measure.title());
            let compared = self.costs(measure.compared_with(), Subject::Mosquitto);
            if measure.compared_with() != measure && !compared.is_empty() {
                let _ = writeln!(
                    out,
                    "  {:<30} {}",
                    "mosquitto, bare connect",
                    spread(&compared, measure.unit())
                );
            }
            let mut smallest = None;
            for subject in subjects {
                let costs = self.costs(measure, subject);
                let mut line = format!(
                    "  {:<30} {:<28}",
                    name(subject),
                    spread(&costs, measure.unit())
                );
                if let Some(rate) = self.rate(measure, subject) {
                    let _ = write!(line, " {:>8}/s", grouped(rate));
                }
                let database: Vec<f64> = self
                    .of(measure, subject)
                    .filter_map(|s| s.database)
                    .collect();
                if !database.is_empty() {
                    let _ = write!(
                        line,
                        "  of it PostgreSQL {}",
                        spread(&database, measure.unit())
                    );
                }
                if let Subject::Nameplate { .. } = subject {
                    let cost = median(&costs);
                    if !compared.is_empty() {
                        let times = median(&compared) / cost;
                        let _ = write!(line, "  × {times:.1}");
                        line.push_str(&verdict(&measure.bar(), times, cost));
                    }
                    match smallest {
                        None => smallest = Some(cost),
                        Some(base) => {
                            let _ = write!(line, "; × {:.2} of the smallest registry", cost / base);
                        }
                    }
                }
                let _ = writeln!(out, "{}", line.trim_end());
            }
            out.push('\n');
        }
        out
    }

    fn costs(&self, measure: Measure, subject: Subject) -> Vec<f64> {
        self.of(measure, subject).map(|s| s.cost).collect()
    }

    fn rate(&self, measure: Measure, subject: Subject) -> Option<f64> {
        let rates: Vec<f64> = self.of(measure, subject).filter_map(|s| s.rate).collect();
        (!rates.is_empty()).then(|| median(&rates))
    }

    fn of(&self, measure: Measure, subject: Subject) -> impl Iterator<Item = &Sample> {
        self.samples
            .iter()
            .filter(move |(m, s, _)| *m == measure && *s == subject)
            .map(|(_, _, sample)| sample)
    }
}

fn name(subject: Subject) -> String {
    match subject {
        Subject::Mosquitto => "mosquitto".to_owned(),
        Subject::Nameplate { registered } => {
            format!("nameplate, {} things", grouped(registered as f64))
        }
        Subject::Postgres { registered } => {
            format!("on PostgreSQL, {} things", grouped(registered as f64))
        }
    }
}

fn verdict(bar: &Bar, times: f64, cost: f64) -> String {
    let (must, goal, text) = match *bar {
        Bar::Times { must, goal } => (
            times >= must,
            times >= goal,
            format!("must ≥ {must}, goal ≥ {goal}"),
        ),
        Bar::AtMost { must, goal } => (
            cost <= must,
            cost <= goal,
            format!("must ≤ {must} KiB, goal ≤ {goal} KiB"),
        ),
        Bar::None => return String::new(),
    };
    let reached = match (must, goal) {
        (_, true) => "goal reached",
        (true, false) => "must reached",
        (false, false) => "NOT reached",
    };
    format!("  ({text}: {reached})")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(cost: f64) -> Sample {
        Sample {
            cost,
            rate: Some(1234.4),
            database: None,
        }
    }

    #[test]
    fn the_table_compares_medians_and_names_the_bar() {
        let mut report = Report::default();
        for cost in [1600.0, 1900.0, 1700.0] {
            report.add(Measure::KnownTls13, Subject::Mosquitto, sample(cost));
        }
        let small = Subject::Nameplate { registered: 1_000 };
        let large = Subject::Nameplate {
            registered: 1_000_000,
        };
        report.add(Measure::KnownTls13, small, sample(340.0));
        report.add(Measure::KnownTls13, large, sample(374.0));
        report.add(Measure::First, small, sample(1000.0));
        let table = report.table();
        for part in [
            "mosquitto                      1,700 [1,600–1,900] µs          1,234/s",
            "nameplate, 1,000 things        340 [340–340] µs                1,234/s  × 5.0  (must ≥ 4.7, goal ≥ 7: must reached)",
            "nameplate, 1,000,000 things    374",
            "× 1.10 of the smallest registry",
            "mosquitto, bare connect        1,700",
            "× 1.7  (must ≥ 3.1, goal ≥ 5: NOT reached)",
        ] {
            assert!(table.contains(part), "{part} in:\n{table}");
        }
    }

    #[test]
    fn memory_has_a_bar_of_its_own() {
        let mut report = Report::default();
        let idle = |cost| Sample {
            cost,
            rate: None,
            database: None,
        };
        report.add(Measure::Idle, Subject::Mosquitto, idle(26.0));
        report.add(
            Measure::Idle,
            Subject::Nameplate { registered: 1_000 },
            idle(13.5),
        );
        let table = report.table();
        assert!(
            table.contains("13.5 [13.5–13.5] KiB")
                && table.contains("(must ≤ 20 KiB, goal ≤ 14 KiB: goal reached)"),
            "{table}"
        );
    }
}
