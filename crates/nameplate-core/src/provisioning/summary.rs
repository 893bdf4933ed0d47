//! What a simulation of many devices came to: numbers, and failures by reason.

use super::plan::Plan;
use crate::template::{FailureClass, Refusal};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// Devices named for each reason.
const EXAMPLES: usize = 3;
/// Reasons told apart. A file in which every device fails in its own words must not fill the memory.
const REASONS: usize = 1000;
/// Notes told apart.
const NOTES: usize = 100;

/// Counts and reasons, growing device by device.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    devices: u64,
    unchanged: u64,
    repeated: u64,
    refused: u64,
    steps: BTreeMap<&'static str, u64>,
    failures: HashMap<(&'static str, String), Failure>,
    notes: BTreeMap<String, u64>,
}

/// All devices that fail for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What kind of failure it is, for counters and for AWS's names.
    pub class: FailureClass,
    /// The refusal's code, which docs/explain.md lists.
    pub code: &'static str,
    /// Its text, with an ellipsis for what differs from device to device.
    pub pattern: String,
    /// What the owner can do about it.
    pub remedy: Option<String>,
    /// How many devices.
    pub count: u64,
    /// The first of them, with the whole text of each.
    pub examples: Vec<(String, String)>,
}

impl Summary {
    /// `repeats`: nothing is left to do because a device before it had it done.
    pub(super) fn planned(&mut self, plan: &Plan, repeats: bool) {
        self.devices += 1;
        if repeats {
            self.repeated += 1;
        } else if plan.is_empty() {
            self.unchanged += 1;
        }
        for step in &plan.steps {
            *self.steps.entry(step.name()).or_default() += 1;
        }
        for note in &plan.notes {
            if self.notes.len() < NOTES || self.notes.contains_key(note) {
                *self.notes.entry(note.clone()).or_default() += 1;
            }
        }
    }

    pub(super) fn refused(&mut self, label: &str, refusal: &Refusal) {
        self.devices += 1;
        self.refused += 1;
        let mut key = (refusal.code(), refusal.pattern().to_owned());
        if self.failures.len() >= REASONS && !self.failures.contains_key(&key) {
            key.1 = "… and more reasons of this kind".to_owned();
        }
        let pattern = key.1.clone();
        let failure = self.failures.entry(key).or_insert_with(|| Failure {
            class: refusal.class(),
            code: refusal.code(),
            pattern,
            remedy: refusal.remedy_text().map(str::to_owned),
            count: 0,
            examples: Vec::new(),
        });
        failure.count += 1;
        if failure.examples.len() < EXAMPLES {
            failure
                .examples
                .push((label.to_owned(), refusal.to_string()));
        }
    }

    /// Devices tried.
    pub fn devices(&self) -> u64 {
        self.devices
    }

    /// Devices that would be provisioned, those included that need nothing.
    pub fn provisioned(&self) -> u64 {
        self.devices - self.refused
    }

    /// Devices that are provisioned already.
    pub fn unchanged(&self) -> u64 {
        self.unchanged
    }

    /// Devices for which nothing is left to do after one before them: most often the same one, listed twice.
    pub fn repeated(&self) -> u64 {
        self.repeated
    }

    /// Devices that would not be provisioned.
    pub fn refused_devices(&self) -> u64 {
        self.refused
    }

    /// How many steps of each kind all plans have together, by [`super::Step::name`].
    pub fn steps(&self) -> &BTreeMap<&'static str, u64> {
        &self.steps
    }

    /// The reasons, the most frequent first.
    pub fn failures(&self) -> Vec<&Failure> {
        let mut failures: Vec<&Failure> = self.failures.values().collect();
        failures.sort_by(|a, b| (b.count, a.code, &a.pattern).cmp(&(a.count, b.code, &b.pattern)));
        failures
    }

    /// The summary as JSON.
    pub fn to_json(&self) -> Value {
        let failures: Vec<Value> = self
            .failures()
            .into_iter()
            .map(|failure| {
                let examples: Vec<Value> = failure
                    .examples
                    .iter()
                    .map(|(label, text)| json!({ "device": label, "message": text }))
                    .collect();
                json!({
                    "code": failure.code,
                    "class": failure.class.as_str(),
                    "reason": failure.pattern,
                    "remedy": failure.remedy,
                    "count": failure.count,
                    "examples": examples,
                })
            })
            .collect();
        json!({
            "devices": self.devices,
            "provisioned": self.provisioned(),
            "unchanged": self.unchanged,
            "repeated": self.repeated,
            "refused": self.refused,
            "steps": self.steps,
            "failures": failures,
            "notes": self.notes,
        })
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} devices: {} would be provisioned ({} of them already are, {} repeat one before), {} would not",
            self.devices,
            self.provisioned(),
            self.unchanged,
            self.repeated,
            self.refused
        )?;
        for (step, count) in &self.steps {
            writeln!(f, "  {count:>8} × {step}")?;
        }
        for failure in self.failures() {
            writeln!(
                f,
                "{} refused [{}]: {}",
                failure.count, failure.code, failure.pattern
            )?;
            for (label, text) in &failure.examples {
                writeln!(f, "    {label}: {text}")?;
            }
            if let Some(remedy) = &failure.remedy {
                writeln!(f, "    try: {remedy}")?;
            }
        }
        for (note, count) in &self.notes {
            writeln!(f, "note ({count} devices): {note}")?;
        }
        Ok(())
    }
}
