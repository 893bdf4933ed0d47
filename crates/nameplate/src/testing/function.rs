//! Functions in tests: real ones as far as the registry is concerned, whose answers a closure gives in the place of a
//! process.

use super::TestApp;
use crate::app::Error;
use crate::app::functions::Answered;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};
use std::sync::Arc;

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & 0u32.wrapping_sub(crc & 1))
        })
    })
}

/// Bytes of a zip with one file, stored.
pub fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let crc = crc32(content);
    let size = u32::try_from(content.len()).expect("small");
    let length = u16::try_from(name.len()).expect("short");
    let mut common = Vec::new();
    common.extend(20u16.to_le_bytes());
    common.extend([0; 8]);
    common.extend(crc.to_le_bytes());
    common.extend(size.to_le_bytes());
    common.extend(size.to_le_bytes());
    common.extend(length.to_le_bytes());
    common.extend([0; 2]);
    let mut zip = b"PK\x03\x04".to_vec();
    zip.extend(&common);
    zip.extend(name.as_bytes());
    zip.extend(content);
    let directory = u32::try_from(zip.len()).expect("small");
    zip.extend(b"PK\x01\x02");
    zip.extend(20u16.to_le_bytes());
    zip.extend(&common);
    zip.extend([0; 12]);
    zip.extend([0; 2]);
    zip.truncate(zip.len());
    zip.extend(name.as_bytes());
    let end = u32::try_from(zip.len()).expect("small");
    zip.extend(b"PK\x05\x06");
    zip.extend([0; 4]);
    zip.extend(1u16.to_le_bytes());
    zip.extend(1u16.to_le_bytes());
    zip.extend((end - directory).to_le_bytes());
    zip.extend(directory.to_le_bytes());
    zip.extend([0; 2]);
    zip
}

/// What a call of a function brought.
pub type Outcome = Result<Answered, Error>;

/// A function's answer that is this JSON.
pub fn answered(payload: impl Into<Bytes>) -> Outcome {
    Ok(Answered {
        request_id: "request".into(),
        version: "$LATEST".into(),
        payload: payload.into(),
        function_error: None,
        log_tail: Vec::new(),
    })
}

/// A function that ended with an exception, having printed a line.
pub fn crashed(message: &str, line: &str) -> Outcome {
    let payload = json!({"errorType": "Refusal", "errorMessage": message}).to_string();
    Ok(Answered {
        function_error: Some("Unhandled"),
        log_tail: format!("START RequestId: request\n{line}\nEND RequestId: request\n")
            .into_bytes(),
        ..answered(payload)?
    })
}

impl TestApp {
    /// The role that functions in tests have.
    pub async fn lambda_role(&self) {
        let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
        let trust =
            percent_encoding::utf8_percent_encode(trust, percent_encoding::NON_ALPHANUMERIC);
        let form = format!(
            "Action=CreateRole&Version=2010-05-08&RoleName=lambda&AssumeRolePolicyDocument={trust}"
        );
        let made = self.call("iam", "POST /", &[], Value::String(form)).await;
        assert!([200, 409].contains(&made.status), "{made:?}");
    }

    /// A function that answers as `answer` says, and that `iot.amazonaws.com` may call; its ARN.
    pub async fn function(
        &self,
        name: &str,
        answer: impl Fn(Value) -> Outcome + Send + Sync + 'static,
    ) -> String {
        self.lambda_role().await;
        let code = STANDARD.encode(zip(
            "app.py",
            b"def handler(event, context): return event\n",
        ));
        let new = json!({
            "FunctionName": name, "Runtime": "python3.12", "Handler": "app.handler",
            "Role": "arn:aws:iam::123456789012:role/lambda", "Code": {"ZipFile": code},
        });
        let made = self
            .call("lambda", "POST /2015-03-31/functions", &[], new)
            .await;
        assert_eq!(made.status, 201, "{made:?}");
        let grant = json!({
            "StatementId": "iot", "Action": "lambda:InvokeFunction", "Principal": "iot.amazonaws.com",
            "SourceAccount": "123456789012",
        });
        let line = format!("POST /2015-03-31/functions/{name}/policy");
        let granted = self.call("lambda", &line, &[], grant).await;
        assert_eq!(granted.status, 201, "{granted:?}");
        self.app.functions.pretend(name, Arc::new(answer));
        made.body["FunctionArn"]
            .as_str()
            .expect("an ARN")
            .to_owned()
    }
}
