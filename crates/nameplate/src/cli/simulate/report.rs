//! What a simulation came to, as text and as JSON. The same for a server's answer and for one made here.

use super::input::Unreadable;
use nameplate_core::escape;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// Devices named for each reason.
const EXAMPLES: usize = 3;
/// Reasons printed; JSON has them all.
const REASONS_PRINTED: usize = 20;
/// Code of a device that cannot be read.
pub const UNREADABLE: &str = "unreadable";

/// Outcomes and their summary, in the JSON that `POST /nameplate/simulate` answers.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What the template's author should know.
    pub warnings: Vec<String>,
    /// One for each device, or only the first plan where no more was asked for.
    pub devices: Vec<Value>,
    /// Counts and failures by reason.
    pub summary: Map<String, Value>,
    /// What was left out of the input.
    pub notes: Vec<String>,
}

impl Report {
    /// From the answer of a server.
    pub fn from_answer(answer: Value) -> Option<Self> {
        let Value::Object(mut answer) = answer else {
            return None;
        };
        let (Value::Object(summary), Value::Array(devices)) =
            (answer.remove("summary")?, answer.remove("devices")?)
        else {
            return None;
        };
        let warnings = texts(answer.get("warnings")).map(str::to_owned).collect();
        Some(Report {
            warnings,
            devices,
            summary,
            notes: Vec::new(),
        })
    }

    /// Counts devices that cannot be read among those that fail.
    pub fn add_unreadable(&mut self, unreadable: &[Unreadable]) {
        if unreadable.is_empty() {
            return;
        }
        for name in ["devices", "refused"] {
            let count = self.count(name) + unreadable.len() as u64;
            self.summary.insert(name.to_owned(), json!(count));
        }
        let mut groups: Vec<(&str, Vec<&Unreadable>)> = Vec::new();
        for device in unreadable {
            match groups
                .iter_mut()
                .find(|(reason, _)| *reason == device.reason)
            {
                Some((_, members)) => members.push(device),
                None => groups.push((&device.reason, vec![device])),
            }
        }
        let failures = self.summary.entry("failures").or_insert_with(|| json!([]));
        for (reason, members) in groups {
            let examples: Vec<Value> = members
                .iter()
                .take(EXAMPLES)
                .map(|device| json!({"device": device.label, "message": reason}))
                .collect();
            if let Value::Array(failures) = &mut *failures {
                failures.push(json!({
                    "code": UNREADABLE,
                    "reason": reason,
                    "count": members.len(),
                    "examples": examples,
                }));
            }
        }
    }

    /// A number of the summary.
    pub fn count(&self, name: &str) -> u64 {
        self.summary.get(name).and_then(Value::as_u64).unwrap_or(0)
    }

    /// Whether every device would be provisioned.
    pub fn is_good(&self) -> bool {
        self.count("refused") == 0
    }

    /// For machines.
    pub fn to_json(&self, against: &str) -> Value {
        json!({
            "against": against,
            "warnings": self.warnings,
            "notes": self.notes,
            "summary": self.summary,
            "devices": self.devices,
        })
    }

    /// The same with nothing in it that does more on a terminal than to be read: subjects of certificates and values
    /// of parameters are whatever somebody wrote. Plans keep their lines.
    pub fn for_terminal(self) -> Self {
        let one_line = |texts: Vec<String>| {
            let safe = texts.iter().map(|text| escape::line(text).into_owned());
            safe.collect::<Vec<_>>()
        };
        let device = |device: Value| {
            let plan = device.get("text").and_then(Value::as_str);
            let plan = plan.map(|plan| escape::lines(plan).into_owned());
            let mut device = escape::answer(device);
            if let Some(plan) = plan {
                device["text"] = plan.into();
            }
            device
        };
        let summary = match escape::answer(Value::Object(self.summary)) {
            Value::Object(summary) => summary,
            _ => Map::new(),
        };
        Self {
            warnings: one_line(self.warnings),
            devices: self.devices.into_iter().map(device).collect(),
            summary,
            notes: one_line(self.notes),
        }
    }

    /// For people.
    pub fn to_text(&self, against: &str) -> String {
        let mut text = String::new();
        for warning in &self.warnings {
            // Writing to a String cannot fail, here and below.
            let _ = writeln!(text, "warning: {warning}");
        }
        for note in &self.notes {
            let _ = writeln!(text, "note: {note}");
        }
        if !text.is_empty() {
            text.push('\n');
        }
        match (self.count("devices"), self.devices.first()) {
            (1, Some(device)) => text.push_str(&one(device, against)),
            _ => self.many(against, &mut text),
        }
        text
    }

    fn many(&self, against: &str, text: &mut String) {
        let (all, refused) = (self.count("devices"), self.count("refused"));
        let _ = write!(text, "{}, against {against}: ", counted(all, "device"));
        let _ = match refused {
            0 => writeln!(text, "all would be provisioned"),
            _ => writeln!(
                text,
                "{} would be provisioned, {refused} would fail",
                all - refused
            ),
        };
        let unchanged = self.count("unchanged");
        if unchanged > 0 {
            let _ = writeln!(text, "{unchanged} of them already are and stay as they are");
        }
        let repeated = self.count("repeated");
        if repeated > 0 {
            let _ = writeln!(
                text,
                "{repeated} of them repeat one before them, which leaves nothing to do"
            );
        }
        if let Some(Value::Object(steps)) = self.summary.get("steps") {
            for (step, count) in steps {
                let _ = writeln!(text, "{:>9} × {step}", count.as_u64().unwrap_or(0));
            }
        }
        let failures = list(self.summary.get("failures"));
        if !failures.is_empty() {
            text.push_str("\nWhat fails:\n");
        }
        for failure in failures.iter().take(REASONS_PRINTED) {
            let member = |name: &str| failure.get(name).and_then(Value::as_str);
            let count = failure.get("count").and_then(Value::as_u64).unwrap_or(0);
            let reason = member("reason").unwrap_or_default();
            let code = member("code").unwrap_or_default();
            let _ = writeln!(text, "{count:>9} × {reason} [{code}]");
            for example in list(failure.get("examples")) {
                let member = |name: &str| example.get(name).and_then(Value::as_str);
                let label = member("device").unwrap_or_default();
                let _ = match member("message") {
                    Some(message) if message != reason => {
                        writeln!(text, "            {label}: {message}")
                    }
                    _ => writeln!(text, "            {label}"),
                };
            }
            if let Some(remedy) = member("remedy") {
                let _ = writeln!(text, "            try: {remedy}");
            }
        }
        if failures.len() > REASONS_PRINTED {
            let _ = writeln!(
                text,
                "            … and {} more reasons; --json has them all",
                failures.len() - REASONS_PRINTED
            );
        }
        if let Some(Value::Object(notes)) = self.summary.get("notes") {
            for (note, count) in notes {
                let count = count.as_u64().unwrap_or(0);
                let _ = writeln!(text, "note ({}): {note}", counted(count, "device"));
            }
        }
        let planned = self
            .devices
            .iter()
            .find_map(|device| Some((device, device.get("text")?.as_str()?)));
        if let Some((device, plan)) = planned {
            let label = device.get("device").and_then(Value::as_str);
            let _ = writeln!(text, "\nThe first plan, {}:", label.unwrap_or("unnamed"));
            text.push_str(&indented(plan));
        }
    }
}

/// One device with everything.
fn one(device: &Value, against: &str) -> String {
    let member = |name: &str| device.get(name).and_then(Value::as_str);
    let label = member("device").unwrap_or("the device");
    if let Some(plan) = member("text") {
        let unchanged = device["plan"]["steps"]
            .as_array()
            .is_some_and(Vec::is_empty);
        let outcome = match unchanged {
            true => "would stay as it is",
            false => "would be provisioned",
        };
        return format!("{label}, against {against}: {outcome}\n{}", indented(plan));
    }
    let mut text = format!(
        "{label}, against {against}: would fail\n  {} [{}]\n",
        member("reason").unwrap_or_default(),
        member("code").unwrap_or_default()
    );
    if let Some(remedy) = member("remedy") {
        let _ = writeln!(text, "  try: {remedy}");
    }
    text
}

/// The outcome of a device that cannot be read.
pub fn unreadable_json(device: &Unreadable) -> Value {
    json!({
        "device": device.label,
        "code": UNREADABLE,
        "reason": device.reason,
        "remedy": null,
    })
}

fn counted(count: u64, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    list(value).iter().filter_map(Value::as_str)
}
