//! IAM and STS as their callers see them, from signed requests to XML.

mod access;
mod entities;
mod session;

use crate::app::iam::AccessKey;
use crate::testing::{Answer, NOW, TestApp};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

const A: &str = "arn:aws:iam::123456789012:";
const TRUST_IOT: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"iot.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const REGISTRATION: &str = "arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration";

/// Someone who calls.
struct Who<'t> {
    test: &'t TestApp,
    key: Option<AccessKey>,
}

impl Who<'_> {
    async fn call(&self, service: &str, action: &str, parameters: &[(&str, &str)]) -> Answer {
        let version = match service {
            "sts" => "2011-06-15",
            _ => "2010-05-08",
        };
        let mut form = format!("Action={action}&Version={version}");
        for (name, value) in parameters {
            let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
            form.push_str(&format!("&{name}={value}"));
        }
        let (line, body) = ("POST /", Value::String(form));
        match &self.key {
            Some(key) => self.test.call_as(key, service, line, &[], body).await,
            None => self.test.call(service, line, &[], body).await,
        }
    }

    async fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.call("iam", action, parameters).await
    }

    /// The body of a success.
    async fn ok(&self, action: &str, parameters: &[(&str, &str)]) -> String {
        let body = self.iam(action, parameters).await.ok();
        body.as_str().unwrap_or_default().to_owned()
    }

    /// Name and message of a refusal.
    async fn refused(&self, action: &str, parameters: &[(&str, &str)]) -> (String, String) {
        named(self.iam(action, parameters).await)
    }

    /// A session of the role, or why there is none.
    async fn assume(&self, parameters: &[(&str, &str)]) -> Result<AccessKey, (String, String)> {
        let answer = self.call("sts", "AssumeRole", parameters).await;
        if answer.status != 200 {
            return Err(named(answer));
        }
        let body = text(answer);
        Ok(key(&body))
    }
}

fn text(answer: Answer) -> String {
    answer.body.as_str().unwrap_or_default().to_owned()
}

fn named(answer: Answer) -> (String, String) {
    let name = answer.error.clone().unwrap_or_default();
    let body = text(answer);
    (name, element(&body, "Message").unwrap_or(body))
}

/// The text of the first element of this name.
fn element(body: &str, name: &str) -> Option<String> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0.to_owned())
}

fn elements(body: &str, name: &str) -> Vec<String> {
    let open = format!("<{name}>");
    body.split(&open)
        .skip(1)
        .filter_map(|part| Some(part.split_once(&format!("</{name}>"))?.0.to_owned()))
        .collect()
}

/// The credentials in an answer.
fn key(body: &str) -> AccessKey {
    AccessKey {
        id: element(body, "AccessKeyId").expect("the answer has a key"),
        secret: element(body, "SecretAccessKey").expect("the answer has a secret"),
        active: true,
        created: NOW,
        user: None,
        session_token: element(body, "SessionToken"),
        expires: None,
        role: None,
        session_name: None,
        session_policy: None,
        session_keys: None,
    }
}

fn root(test: &TestApp) -> Who<'_> {
    Who { test, key: None }
}

fn as_key(test: &TestApp, key: AccessKey) -> Who<'_> {
    Who {
        test,
        key: Some(key),
    }
}

/// A user with this inline policy statement, if any.
async fn user<'t>(test: &'t TestApp, name: &str, statement: &str) -> Who<'t> {
    let root = root(test);
    root.ok("CreateUser", &[("UserName", name)]).await;
    if !statement.is_empty() {
        let document = policy(statement);
        let parameters = [
            ("UserName", name),
            ("PolicyName", "own"),
            ("PolicyDocument", document.as_str()),
        ];
        root.ok("PutUserPolicy", &parameters).await;
    }
    let body = root.ok("CreateAccessKey", &[("UserName", name)]).await;
    as_key(test, key(&body))
}

async fn role(test: &TestApp, name: &str, principal: &str) {
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"sts:AssumeRole"}}}}"#
    );
    let parameters = [
        ("RoleName", name),
        ("AssumeRolePolicyDocument", trust.as_str()),
    ];
    root(test).ok("CreateRole", &parameters).await;
}

fn policy(statement: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#)
}

fn allow(actions: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":{actions},"Resource":"*"}}"#)
}

fn pair(name: &str, message: &str) -> (String, String) {
    (name.to_owned(), message.to_owned())
}
