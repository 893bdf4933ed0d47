//! Functions for operators and their commands: what they printed, how they are confined, their code, and those that are
//! elsewhere.

use super::Call;
use crate::api::Content;
use crate::api::call::{Failure, Reply};
use crate::app::Error;
use crate::app::functions::{Remote, layer_arn};
use crate::app::log_groups::{Places, Tail};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nameplate_aws::uri;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use std::borrow::Cow;

/// Lines of one answer, unless asked otherwise, and at most.
const LINES: (usize, usize) = (1000, 10_000);

/// `GET /nameplate/logs?function=…&after=…&since=…&limit=…&tail=true`: lines of a function in their order, those with a
/// greater sequence number than `after` and not before `since` (milliseconds since 1970), the first `limit` or with
/// `tail` the last; the sequence number of the last line of all, which is smaller than `after` if the group was
/// deleted meanwhile; whether there are `more`, and what `after` is to be `next`.
///
/// With several nodes those of all: `next` has the reader's place at each, and `nodesMissing` is how many did not say.
/// Sequence numbers are each node's own, so with one for `after` only the node that is asked answers.
pub async fn logs(call: &Call<'_>) -> Result<Value, Error> {
    let (_, query) = uri::split_target(call.request.target);
    let mut function = None;
    let mut lines = Tail {
        limit: LINES.0,
        ..Tail::default()
    };
    let (own, mut alone) = (call.app.log_groups.place(), false);
    for (name, value) in uri::query_pairs(query) {
        let wrong = |must: &str| Error::invalid(format!("{name} is {value:?}; it must be {must}"));
        match name.as_str() {
            "function" => function = Some(value),
            "after" => match value.parse::<u64>() {
                Ok(number) => {
                    alone = true;
                    lines.after = Places::from([(own.to_owned(), number)]);
                }
                Err(_) => {
                    let places = places(&value);
                    lines.after =
                        places.ok_or_else(|| wrong("a sequence number, or `next` of an answer"))?;
                }
            },
            "since" => {
                let since = value.parse();
                lines.from = Some(since.map_err(|_| wrong("milliseconds since 1970"))?);
            }
            "limit" => {
                let limit = value.parse().ok();
                lines.limit = limit
                    .filter(|limit| (1..=LINES.1).contains(limit))
                    .ok_or_else(|| wrong("a number from 1 to 10000"))?;
            }
            "tail" => lines.last = value == "true",
            _ => {}
        }
    }
    let function = function.ok_or_else(|| Error::invalid("function is required"))?;
    let found = call.app.functions.log_group(&function).await;
    // Who may not read is not told whether there is such a function.
    let name = function.rsplit("function:").next().unwrap_or_default();
    let group = match &found {
        Ok(group) => group.clone(),
        Err(_) => format!("/aws/lambda/{name}"),
    };
    let arn = call.app.realm().log_group(&group);
    let iam = &call.app.iam;
    iam.may(&call.caller, "logs:FilterLogEvents", &arn, &[])
        .await?;
    lines.group = match found {
        Ok(group) => group,
        // One that was deleted has lines where it ran.
        Err(error) => match call.app.log_groups.get(&group).await {
            Ok(_) => group,
            Err(_) => return Err(error),
        },
    };
    let group = lines.group.clone();
    let read = call.app.log_groups.tail(lines, alone).await?;
    let events: Vec<Value> = read
        .lines
        .into_iter()
        .map(|event| {
            json!({
                "sequence": event.sequence,
                "timestamp": event.timestamp,
                "stream": event.stream,
                "message": event.message,
            })
        })
        .collect();
    let mut answer = json!({
        "logGroup": group, "events": events, "last": read.newest, "more": read.more,
        "next": next_of(&read.places),
    });
    if read.missing > 0 {
        answer["nodesMissing"] = read.missing.into();
    }
    Ok(answer)
}

/// What a reader brings as its places.
fn next_of(places: &Places) -> String {
    URL_SAFE_NO_PAD.encode(json!(places).to_string())
}

fn places(text: &str) -> Option<Places> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

/// `GET /nameplate/confinement`: what this machine does not enforce on functions, in words; nothing where it enforces all.
pub async fn confinement(call: &Call<'_>) -> Result<Value, Error> {
    let iam = &call.app.iam;
    iam.may(&call.caller, "nameplate:GetConfinement", "*", &[])
        .await?;
    Ok(json!({"gaps": call.app.functions.confinement().await?}))
}

/// Where a name stands in a path.
const NAME: usize = 3;
/// Where a version's number does.
const NUMBER: usize = 5;

fn segment(call: &Call<'_>, at: usize) -> Result<String, Error> {
    let (path, _) = uri::split_target(call.request.target);
    let text = percent_decode_str(path.split('/').nth(at).unwrap_or_default());
    let text = text.decode_utf8();
    text.map(Into::into)
        .map_err(|_| Error::invalid("the path is not UTF-8"))
}

/// `PUT /nameplate/functions/FUNCTION` with `{"url", "description", "timeout"}`: a function that is elsewhere; its ARN,
/// and whether it is new.
pub async fn put_remote(call: &Call<'_>) -> Result<Value, Error> {
    let name = segment(call, NAME)?;
    let asked: Value = serde_json::from_slice(call.request.body)
        .map_err(|why| Error::invalid(format!("the body is not JSON: {why}")))?;
    let timeout = match &asked["timeout"] {
        Value::Null => None,
        given => Some(
            given
                .as_u64()
                .and_then(|seconds| u32::try_from(seconds).ok())
                .ok_or_else(|| Error::invalid("timeout is no number of seconds"))?,
        ),
    };
    let remote = Remote {
        url: asked["url"].as_str().unwrap_or_default().to_owned(),
        description: asked["description"].as_str().map(str::to_owned),
        timeout,
    };
    let arn = call.app.realm().function(&name);
    // It is created, or has other code.
    for action in ["lambda:CreateFunction", "lambda:UpdateFunctionCode"] {
        call.app.iam.may(&call.caller, action, &arn, &[]).await?;
    }
    let functions = &call.app.functions;
    let (_, created) = functions
        .put_remote_function(&call.caller, &name, remote)
        .await?;
    Ok(json!({"functionArn": arn, "created": created}))
}

/// `GET /nameplate/functions/FUNCTION/code/NUMBER`: the zip of a version, 0 being `$LATEST`.
pub async fn code(call: &Call<'_>) -> Result<Reply, Failure> {
    let (name, number) = (segment(call, NAME)?, segment(call, NUMBER)?);
    let arn = call.app.realm().function(&name);
    let iam = &call.app.iam;
    iam.may(&call.caller, "lambda:GetFunction", &arn, &[])
        .await?;
    let qualifier = (number != "0").then_some(number.as_str());
    Ok(zipped(call.app.functions.zip(&name, qualifier).await?))
}

/// `GET /nameplate/layers/LAYER/code/NUMBER`: the zip of a version of a layer.
pub async fn layer_code(call: &Call<'_>) -> Result<Reply, Failure> {
    let (name, number) = (segment(call, NAME)?, segment(call, NUMBER)?);
    let number = number
        .parse()
        .map_err(|_| Error::invalid(format!("{number} is no number of a version")))?;
    let arn = format!("{}:{number}", layer_arn(call.app.realm(), &name));
    let iam = &call.app.iam;
    iam.may(&call.caller, "lambda:GetLayerVersion", &arn, &[])
        .await?;
    Ok(zipped(call.app.functions.layer_zip(&name, number).await?))
}

fn zipped(zip: Vec<u8>) -> Reply {
    Reply {
        status: Some(200),
        headers: vec![(Cow::Borrowed("content-type"), "application/zip".into())],
        content: Content::Bytes(zip),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{NOW, TestApp};
    use serde_json::{Value, json};

    const GROUP: &str = "/aws/lambda/gone";

    async fn with_lines(count: i64) -> TestApp {
        let test = TestApp::new().await;
        let lines = (0..count).map(|at| (NOW.0 + at, format!("line {at}")));
        let logs = test.app.functions.logs();
        logs.append(GROUP, "2026/11/23/[1]a", lines)
            .expect("lines are written");
        test
    }

    #[tokio::test]
    async fn lines_are_read_from_where_the_reader_is() {
        let test = with_lines(5).await;
        let read = async |query: &str| {
            let line = format!("GET /nameplate/logs?function=gone{query}");
            let answer = test.call("nameplate", &line, &[], Value::Null).await.ok();
            assert_eq!(
                (&answer["logGroup"], &answer["last"]),
                (&json!(GROUP), &json!(5))
            );
            let events = answer["events"].as_array().expect("a list");
            let texts = events.iter().map(|event| {
                assert_eq!(event["stream"], "2026/11/23/[1]a");
                event["message"].as_str().expect("a text")[5..].to_owned()
            });
            texts.collect::<String>()
        };
        assert_eq!(read("").await, "01234");
        assert_eq!(read("&limit=2").await, "01");
        assert_eq!(read("&limit=2&tail=true").await, "34");
        assert_eq!(read("&after=3").await, "34");
        assert_eq!(read("&after=99").await, "");
        assert_eq!(read(&format!("&since={}", NOW.0 + 4)).await, "4");
    }

    #[tokio::test]
    async fn a_reader_goes_on_where_it_is() {
        let test = with_lines(5).await;
        let mut next = String::new();
        let mut read = String::new();
        for more in [true, true, false, false] {
            let line = format!("GET /nameplate/logs?function=gone&limit=2{next}");
            let answer = test.call("nameplate", &line, &[], Value::Null).await.ok();
            assert_eq!(answer["more"], more);
            let events = answer["events"].as_array().expect("a list");
            read.extend(
                events
                    .iter()
                    .map(|event| &event["message"].as_str().expect("a text")[5..]),
            );
            next = format!("&after={}", answer["next"].as_str().expect("a text"));
        }
        assert_eq!(read, "01234");
        let logs = test.app.functions.logs();
        logs.append(GROUP, "s", [(NOW.0, "line 5".to_owned())])
            .expect("a line is written");
        let line = format!("GET /nameplate/logs?function=gone{next}");
        let answer = test.call("nameplate", &line, &[], Value::Null).await.ok();
        assert_eq!(answer["events"][0]["message"], "line 5");
    }

    #[tokio::test]
    async fn what_is_asked_wrongly_is_told() {
        let test = with_lines(1).await;
        for (query, message) in [
            ("", "function is required"),
            (
                "function=gone&limit=0",
                "limit is \"0\"; it must be a number from 1 to 10000",
            ),
            (
                "function=gone&after=-1",
                "after is \"-1\"; it must be a sequence number, or `next` of an answer",
            ),
            (
                "function=gone&since=now",
                "since is \"now\"; it must be milliseconds since 1970",
            ),
            (
                "function=never",
                "Function not found: arn:aws:lambda:us-east-1:123456789012:function:never",
            ),
        ] {
            let line = format!("GET /nameplate/logs?{query}");
            let answer = test.call("nameplate", &line, &[], Value::Null).await;
            assert_eq!(answer.body["message"], message, "{query}");
        }
    }

    #[tokio::test]
    async fn a_log_group_must_be_allowed() {
        let test = with_lines(1).await;
        let key = test
            .user_with(&json!({"Version": "2012-10-17", "Statement": {
                "Effect": "Allow",
                "Action": "logs:FilterLogEvents",
                "Resource": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/gone:*",
            }}))
            .await;
        for (function, status) in [("gone", 200), ("other", 403)] {
            let line = format!("GET /nameplate/logs?function={function}");
            let call = test.call_as(&key, "nameplate", &line, &[], Value::Null);
            assert_eq!(call.await.status, status, "{function}");
        }
        let line = "GET /nameplate/confinement";
        let call = test.call_as(&key, "nameplate", line, &[], Value::Null);
        assert_eq!(call.await.status, 403);
    }
}
