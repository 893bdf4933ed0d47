//! Certificates for operators: which of them end soon, and how many in which week.

use super::Call;
use crate::app::Error;
use nameplate_aws::uri;
use nameplate_core::ctx::Millis;
use nameplate_core::pki::CertificateId;
use serde_json::{Value, json};

/// Certificates of one answer, unless asked otherwise, and at most.
const PAGE: (usize, usize) = (100, 1000);
/// Weeks that are counted, unless asked otherwise, and at most.
const WEEKS: (i64, i64) = (12, 520);

fn pairs(call: &Call<'_>) -> Vec<(String, String)> {
    let (_, query) = uri::split_target(call.request.target);
    uri::query_pairs(query)
}

fn number<T: std::str::FromStr>(
    pairs: &[(String, String)],
    name: &str,
    must: &str,
) -> Result<Option<T>, Error> {
    let found = pairs.iter().find(|(found, _)| found == name);
    let Some((_, text)) = found else {
        return Ok(None);
    };
    text.parse()
        .map(Some)
        .map_err(|_| Error::invalid(format!("{name} is {text:?}; it must be {must}")))
}

/// `GET /nameplate/certificates?from=…&until=…&limit=…&nextToken=…`: registered certificates by the end of their validity,
/// from a time and before another (milliseconds since 1970), with the things that they belong to.
pub async fn by_expiry(call: &Call<'_>) -> Result<Value, Error> {
    let iam = &call.app.iam;
    iam.may(&call.caller, "iot:ListCertificates", "*", &[])
        .await?;
    let pairs = pairs(call);
    let time = |name| number::<i64>(&pairs, name, "milliseconds since 1970");
    let limit = number::<usize>(&pairs, "limit", "a number from 1 to 1000")?.unwrap_or(PAGE.0);
    if !(1..=PAGE.1).contains(&limit) {
        return Err(Error::invalid(format!(
            "limit is {limit}; it must be a number from 1 to 1000"
        )));
    }
    let token = pairs.iter().find(|(name, _)| name == "nextToken");
    let after = match token {
        None => None,
        Some((_, text)) => {
            let parts = text.split_once('.');
            let parts = parts.and_then(|(at, key)| Some((at.parse().ok()?, key.parse().ok()?)));
            let wrong = || Error::invalid("nextToken is not one that an answer had");
            Some(parts.ok_or_else(wrong)?)
        }
    };
    let (from, until) = (time("from")?.map(Millis), time("until")?.map(Millis));
    let mut found = call
        .app
        .registry
        .certificates_by_expiry(from, until, after, limit + 1)
        .await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let last = found
        .last()
        .map(|(one, _)| format!("{}.{}", one.not_after.0, one.key));
    let certificates: Vec<Value> = found
        .iter()
        .map(|(one, things)| {
            let id = CertificateId(one.hash).to_string();
            json!({
                "certificateArn": call.app.realm().certificate(&id),
                "certificateId": id,
                "status": one.status.as_str(),
                "notBefore": one.not_before.as_seconds_f64(),
                "notAfter": one.not_after.as_seconds_f64(),
                "things": things,
            })
        })
        .collect();
    Ok(json!({"certificates": certificates, "nextToken": last.filter(|_| more)}))
}

/// `GET /nameplate/certificates/expiry?weeks=…`: how many certificates end in each of the weeks that follow, the first of
/// them now; of more than ten thousand in a week `more` is true.
pub async fn weeks(call: &Call<'_>) -> Result<Value, Error> {
    let iam = &call.app.iam;
    iam.may(&call.caller, "iot:ListCertificates", "*", &[])
        .await?;
    let weeks = number::<i64>(&pairs(call), "weeks", "a number from 1 to 520")?.unwrap_or(WEEKS.0);
    if !(1..=WEEKS.1).contains(&weeks) {
        return Err(Error::invalid(format!(
            "weeks is {weeks}; it must be a number from 1 to 520"
        )));
    }
    let counted = call
        .app
        .registry
        .expiry_by_week(call.caller.ctx.now, weeks)
        .await?;
    let weeks: Vec<Value> = counted
        .iter()
        .map(|week| json!({"from": week.from.0, "count": week.count, "more": week.more}))
        .collect();
    Ok(json!({"weeks": weeks}))
}
