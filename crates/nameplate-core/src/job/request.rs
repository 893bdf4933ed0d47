//! What devices ask over MQTT. AWS guide: jobs-mqtt-api.

use super::execution::{Details, Update, check_details};
use super::refusal::Refusal;
use super::status::ExecutionStatus;
use serde_json::{Map, Value};

/// Bytes of a client token (AWS guide: jobs-mqtt-api, `clientToken`).
const TOKEN_BYTES: usize = 64;

/// What a topic asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation<'a> {
    /// The executions that have not ended.
    GetPending,
    /// To begin the next one.
    StartNext,
    /// An execution: that of the job, or the next one where it is `$next`.
    Describe(&'a str),
    /// To change the execution of this job.
    Update(&'a str),
}

impl<'a> Operation<'a> {
    /// The thing, what is asked for, and the namespace, which is empty for jobs without one. `None` for other topics.
    pub fn of_topic(topic: &'a str) -> Option<(&'a str, Self, &'a str)> {
        let mut levels = topic.strip_prefix("$aws/things/")?.split('/');
        let thing = levels.next().filter(|thing| !thing.is_empty())?;
        if levels.next() != Some("jobs") {
            return None;
        }
        let rest: Vec<&str> = levels.collect();
        let of = |word: &str, job: &'a str| match word {
            "get" => Some(Operation::Describe(job)),
            "update" => Some(Operation::Update(job)),
            _ => None,
        };
        match rest.as_slice() {
            ["get"] => Some((thing, Operation::GetPending, "")),
            ["start-next"] => Some((thing, Operation::StartNext, "")),
            [job, word] => Some((thing, of(word, job)?, "")),
            [job, namespace, word] => {
                let namespace = namespace.strip_prefix("namespace-")?;
                Some((thing, of(word, job)?, namespace))
            }
            _ => None,
        }
    }
}

/// What a device asks for, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// The executions that have not ended.
    GetPending,
    /// To begin the next one.
    StartNext {
        /// What it says of it.
        details: Option<Details>,
        /// `stepTimeoutInMinutes`.
        step: Option<i64>,
    },
    /// An execution.
    Describe {
        /// `executionNumber`: the last one where there is none.
        number: Option<i64>,
        /// `includeJobDocument`.
        document: bool,
    },
    /// To change one.
    Update {
        /// What of it.
        update: Update,
        /// `executionNumber`.
        number: Option<i64>,
        /// `includeJobExecutionState`.
        state: bool,
        /// `includeJobDocument`.
        document: bool,
    },
}

/// The client token of a payload, where it has a right one. It is answered even to a request that is refused.
pub fn token(payload: &[u8]) -> Option<String> {
    let document: Value = serde_json::from_slice(payload).ok()?;
    let token = document.get("clientToken")?.as_str()?;
    (token.len() <= TOKEN_BYTES).then(|| token.to_owned())
}

impl Request {
    /// Reads a payload. Members that no request has are passed over; no payload is one without members.
    ///
    /// # Errors
    /// The payload is no JSON, or a member is not as it must be.
    pub fn read(operation: Operation<'_>, payload: &[u8]) -> Result<Self, Refusal> {
        let members = match payload {
            [] => Map::new(),
            _ => match serde_json::from_slice(payload) {
                Ok(Value::Object(members)) => members,
                Ok(_) => return Err(Refusal::invalid("the payload is no JSON object")),
                Err(why) => return Err(Refusal::Json(why.to_string())),
            },
        };
        if let Some(token) = text(&members, "clientToken")?
            && token.len() > TOKEN_BYTES
        {
            let why = format!("clientToken is longer than {TOKEN_BYTES} bytes");
            return Err(Refusal::invalid(why));
        }
        Ok(match operation {
            Operation::GetPending => Self::GetPending,
            Operation::StartNext => Self::StartNext {
                details: details(&members)?,
                step: integer(&members, "stepTimeoutInMinutes")?,
            },
            Operation::Describe(_) => Self::Describe {
                number: integer(&members, "executionNumber")?,
                document: flag(&members, "includeJobDocument")?.unwrap_or(true),
            },
            Operation::Update(_) => {
                let status = text(&members, "status")?
                    .ok_or_else(|| Refusal::invalid("status is required"))?;
                let status = ExecutionStatus::parse(status).ok_or_else(|| {
                    Refusal::invalid("status is not the status of a job execution")
                })?;
                Self::Update {
                    update: Update {
                        status,
                        details: details(&members)?,
                        expected: integer(&members, "expectedVersion")?,
                        step: integer(&members, "stepTimeoutInMinutes")?,
                    },
                    number: integer(&members, "executionNumber")?,
                    state: flag(&members, "includeJobExecutionState")?.unwrap_or(false),
                    document: flag(&members, "includeJobDocument")?.unwrap_or(false),
                }
            }
        })
    }
}

fn present<'m>(members: &'m Map<String, Value>, name: &str) -> Option<&'m Value> {
    members.get(name).filter(|value| !value.is_null())
}

fn text<'m>(members: &'m Map<String, Value>, name: &str) -> Result<Option<&'m str>, Refusal> {
    match present(members, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refusal::invalid(format!("{name} is no text"))),
    }
}

fn flag(members: &Map<String, Value>, name: &str) -> Result<Option<bool>, Refusal> {
    match present(members, name) {
        None => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(Refusal::invalid(format!(
            "{name} is neither true nor false"
        ))),
    }
}

/// Clients whose numbers are texts send `"1"`; AWS's guide writes versions so.
fn integer(members: &Map<String, Value>, name: &str) -> Result<Option<i64>, Refusal> {
    let number = match present(members, name) {
        None => return Ok(None),
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(text)) => text.parse().ok(),
        Some(_) => None,
    };
    match number {
        Some(number) => Ok(Some(number)),
        None => Err(Refusal::invalid(format!("{name} is no whole number"))),
    }
}

fn details(members: &Map<String, Value>) -> Result<Option<Details>, Refusal> {
    let Some(found) = present(members, "statusDetails") else {
        return Ok(None);
    };
    let invalid = || Refusal::invalid("statusDetails is no object of texts");
    let mut details = Details::new();
    for (key, value) in found.as_object().ok_or_else(invalid)? {
        let value = value.as_str().ok_or_else(invalid)?;
        details.insert(key.clone(), value.to_owned());
    }
    check_details(&details).map_err(Refusal::Invalid)?;
    Ok(Some(details))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_say_what_is_asked() {
        for (topic, found) in [
            (
                "$aws/things/t/jobs/get",
                Some(("t", Operation::GetPending, "")),
            ),
            (
                "$aws/things/t/jobs/start-next",
                Some(("t", Operation::StartNext, "")),
            ),
            (
                "$aws/things/t/jobs/$next/get",
                Some(("t", Operation::Describe("$next"), "")),
            ),
            (
                "$aws/things/a:b/jobs/j/update",
                Some(("a:b", Operation::Update("j"), "")),
            ),
            (
                "$aws/things/t/jobs/j/namespace-n/update",
                Some(("t", Operation::Update("j"), "n")),
            ),
            ("$aws/things/t/jobs/j/other/update", None),
            ("$aws/things/t/jobs/notify", None),
            ("$aws/things/t/jobs/get/accepted", None),
            ("$aws/things//jobs/get", None),
            ("$aws/things/t/shadow/get", None),
            ("a/b", None),
        ] {
            assert_eq!(Operation::of_topic(topic), found, "{topic}");
        }
    }

    #[test]
    fn payloads_are_read() {
        let read = |payload: &str| Request::read(Operation::Update("j"), payload.as_bytes());
        let Ok(Request::Update {
            update,
            number,
            state,
            document,
        }) = read(
            r#"{"status":"IN_PROGRESS","expectedVersion":"1","executionNumber":3,
                "statusDetails":{"a":"b"},"includeJobExecutionState":true,"clientToken":"x","other":{}}"#,
        )
        else {
            panic!("it is right")
        };
        assert_eq!(
            (update.expected, number, state, document),
            (Some(1), Some(3), true, false)
        );
        assert_eq!(
            update.details,
            Some(Details::from([("a".into(), "b".into())]))
        );
        for (payload, code) in [
            ("", "InvalidRequest"),
            ("{", "InvalidJson"),
            ("\u{0}", "InvalidJson"),
            ("[]", "InvalidRequest"),
            ("{}", "InvalidRequest"),
            (r#"{"status":"DONE"}"#, "InvalidRequest"),
            (r#"{"status":7}"#, "InvalidRequest"),
            (
                r#"{"status":"FAILED","expectedVersion":"x"}"#,
                "InvalidRequest",
            ),
            (
                r#"{"status":"FAILED","expectedVersion":1.5}"#,
                "InvalidRequest",
            ),
            (
                r#"{"status":"FAILED","statusDetails":[]}"#,
                "InvalidRequest",
            ),
            (
                r#"{"status":"FAILED","statusDetails":{"a":1}}"#,
                "InvalidRequest",
            ),
            (
                r#"{"status":"FAILED","statusDetails":{"a b":"c"}}"#,
                "InvalidRequest",
            ),
            (
                r#"{"status":"FAILED","includeJobDocument":"yes"}"#,
                "InvalidRequest",
            ),
        ] {
            let refused = read(payload).expect_err(payload);
            assert_eq!(refused.code(), code, "{payload}");
        }
        let long = format!(r#"{{"clientToken":"{}"}}"#, "t".repeat(65));
        assert!(Request::read(Operation::GetPending, long.as_bytes()).is_err());
        assert_eq!(token(long.as_bytes()), None);
        assert_eq!(
            token(br#"{"clientToken":"x","status":7}"#).as_deref(),
            Some("x")
        );
        let described = Request::read(Operation::Describe("$next"), b"");
        assert_eq!(
            described,
            Ok(Request::Describe {
                number: None,
                document: true
            })
        );
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..64)) {
            let _ = Request::read(Operation::Update("j"), &bytes);
            let _ = token(&bytes);
        }
    }
}
