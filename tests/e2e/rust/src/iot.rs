//! Calls of AWS IoT's API, signed with the function's own credentials. AWS reference: signature version 4.

use hmac::{Hmac, Mac};
use lambda_runtime::Error;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::env;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The API, as the function's environment has it.
pub struct Iot {
    host: String,
    region: String,
    access_key: String,
    secret: String,
    token: String,
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key may have any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn digest(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Now, as `20260131T235959Z`.
fn stamp() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = now.expect("the clock is past 1970").as_secs();
    // Days to a date: months begin with March, so that a leap day is a year's last.
    let days = seconds / 86_400 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

impl Iot {
    pub fn from_env() -> Result<Self, Error> {
        let endpoint = env::var("AWS_ENDPOINT_URL")?;
        let host = endpoint
            .strip_prefix("http://")
            .ok_or("an endpoint without TLS is expected")?;
        Ok(Self {
            host: host.trim_end_matches('/').to_owned(),
            region: env::var("AWS_REGION")?,
            access_key: env::var("AWS_ACCESS_KEY_ID")?,
            secret: env::var("AWS_SECRET_ACCESS_KEY")?,
            token: env::var("AWS_SESSION_TOKEN")?,
        })
    }

    pub fn region(&self) -> &str {
        &self.region
    }

    /// Calls an operation; what is not done is an error with the answer's text.
    pub async fn call(
        &self,
        method: &str,
        path: &str,
        query: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Result<(), Error> {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let stamp = stamp();
        let scope = format!("{}/{}/iot/aws4_request", &stamp[..8], self.region);
        let mut fields = vec![
            ("host", self.host.as_str()),
            ("x-amz-date", &stamp),
            ("x-amz-security-token", &self.token),
        ];
        fields.extend(headers);
        fields.sort_unstable();
        let canonical: String = fields
            .iter()
            .map(|(name, value)| format!("{name}:{value}\n"))
            .collect();
        let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let request = format!(
            "{method}\n{path}\n{query}\n{canonical}\n{names}\n{}",
            digest(&body)
        );
        let to_sign = format!("AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{}", digest(request));
        let mut key = format!("AWS4{}", self.secret).into_bytes();
        for part in scope.split('/') {
            key = hmac(&key, part);
        }
        let signature = hex::encode(hmac(&key, &to_sign));
        let sent: String = fields
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let target = if query.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{query}")
        };
        let whole = format!(
            "{method} {target} HTTP/1.1\r\n{sent}authorization: AWS4-HMAC-SHA256 Credential={}/{scope}, \
             SignedHeaders={names}, Signature={signature}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            self.access_key,
            body.len()
        );
        let mut stream = TcpStream::connect(&self.host).await?;
        stream.write_all(whole.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        match answer.split(' ').nth(1) {
            Some("200") => Ok(()),
            _ => Err(format!("{method} {path}: {answer}").into()),
        }
    }
}
