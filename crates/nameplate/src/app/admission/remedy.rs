//! What the owner can do about a reason code: the last column of `docs/explain.md`, which is the one table of it, with what
//! the record of an attempt knows in the place of the words in capitals of its commands.

use nameplate_core::arn::Realm;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::OnceLock;

const TABLE: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../docs/explain.md"
));

const TABLE_CHINESE: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../docs/explain.zh-CN.md"
));

/// What the documents say of codes: what they mean, and what to do.
type Rows = HashMap<&'static str, (&'static str, Option<&'static str>)>;

/// What to do about a failure with this code, where the documents know something.
pub fn of(code: &str) -> Option<&'static str> {
    static ROWS: OnceLock<Rows> = OnceLock::new();
    let rows = ROWS.get_or_init(|| TABLE.lines().filter_map(row).collect());
    rows.get(code)?.1
}

/// What a record's code means in Chinese, and what may be done about it, with commands that name what the record is about;
/// `None` where that has not been translated.
pub fn in_chinese(record: &Value, realm: &Realm) -> Option<(&'static str, Option<String>)> {
    static ROWS: OnceLock<Rows> = OnceLock::new();
    let rows = ROWS.get_or_init(|| TABLE_CHINESE.lines().filter_map(row).collect());
    let (meaning, remedy) = rows.get(record["code"].as_str()?)?;
    Some((meaning, remedy.and_then(|text| filled(text, record, realm))))
}

/// Completes the record of an attempt that failed: with what may be done about it, where it does not say that itself, and
/// commands that name what the record is about.
pub fn fill(record: &mut Value, realm: &Realm) {
    if !record["failedStage"].is_string() {
        return;
    }
    let code = record["code"].as_str().unwrap_or_default();
    let Some(text) = record["remedy"].as_str().or_else(|| of(code)) else {
        return;
    };
    if let Some(filled) = filled(text, record, realm) {
        record["remedy"] = filled.into();
    }
}

/// The text with commands that name what the record is about; `None` for somebody else's words with a mark that nothing
/// closes.
fn filled(text: &str, record: &Value, realm: &Realm) -> Option<String> {
    let parts: Vec<&str> = text.split('`').collect();
    let each = parts.iter().enumerate().map(|(at, part)| match at % 2 {
        0 => (*part).to_owned(),
        _ => format!("`{}`", command(part, record, realm)),
    });
    (parts.len() % 2 == 1).then(|| each.collect())
}

/// A command with what is known in the place of words in capitals. As it will be pasted into a shell, nothing takes such a
/// place that would be more than a word there.
fn command(text: &str, record: &Value, realm: &Realm) -> String {
    let words = text.split(' ').map(|word| match word {
        // As it stands in a cell of the table.
        "\\|" => "|".to_owned(),
        _ => known(word, record, realm)
            .filter(|value| is_plain(value))
            .unwrap_or_else(|| word.to_owned()),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn known(word: &str, record: &Value, realm: &Realm) -> Option<String> {
    let member = |name: &str| record[name].as_str().map(str::to_owned);
    match word {
        "CERTIFICATE-ID" => member("certificateId"),
        "CERTIFICATE-ARN" => member("certificateId").map(|id| realm.certificate(&id)),
        "CA-ID" => said(record).find_map(|text| after(text, "CA certificate ", 64)),
        // With the version; of a CA's own template it is the CA.
        "TEMPLATE" => Some(member("template")?.split_once('@')?.0.to_owned()),
        "SERIAL" => member("serialNumber"),
        "BATCH" => member("batch"),
        "FUNCTION" => member("function")
            .or_else(|| said(record).find_map(|text| after(text, ":function:", 1))),
        _ => None,
    }
}

/// What the record says in words: the reason, and what was noted of its stages.
fn said(record: &Value) -> impl Iterator<Item = &str> {
    let stages = record["stages"].as_array().into_iter().flatten();
    let details = stages.filter_map(|stage| stage["detail"].as_str());
    record["reason"].as_str().into_iter().chain(details)
}

/// The name that follows `mark` in a text, of at least so many characters.
fn after(text: &str, mark: &str, least: usize) -> Option<String> {
    let (_, rest) = text.split_once(mark)?;
    let is_name = |c: &char| c.is_ascii_alphanumeric() || "-_".contains(*c);
    let name: String = rest.chars().take_while(is_name).collect();
    (name.len() >= least).then_some(name)
}

/// Whether a text is one word of a shell as it stands, and no flag.
fn is_plain(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    !text.is_empty() && !text.starts_with('-') && text.chars().all(plain)
}

/// A row of a table of codes: ``| `code` | what it means | what to do |``, of which the last may be missing.
fn row(line: &'static str) -> Option<(&'static str, (&'static str, Option<&'static str>))> {
    let line = line.strip_prefix("| `")?.trim_end_matches(" |");
    let mut cells = line.split(" | ");
    let code = cells.next()?.strip_suffix('`')?;
    Some((code, (cells.next()?, cells.next())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_documents_say_what_to_do() {
        let attach = "`aws iot attach-policy --policy-name NAME --target CERTIFICATE-ARN`";
        assert_eq!(of("no-policy"), Some(attach));
        assert_eq!(of("connected"), None);
        assert_eq!(of("no-such-code"), None);
    }

    /// The remedy of a record with these members.
    fn advice(members: Value) -> String {
        let mut record = members;
        record["failedStage"] = "issuer".into();
        let realm = Realm {
            account: "123456789012".into(),
            region: "us-east-1".into(),
        };
        fill(&mut record, &realm);
        record["remedy"].as_str().unwrap_or_default().to_owned()
    }

    #[test]
    fn commands_name_what_the_record_is_about() {
        let id = "ab".repeat(32);
        let check = |members: Value, expected: &str| assert_eq!(advice(members), expected);
        check(
            json!({"code": "certificate-inactive", "certificateId": id}),
            &format!("`aws iot update-certificate --certificate-id {id} --new-status ACTIVE`"),
        );
        check(
            json!({"code": "no-policy", "certificateId": "abc"}),
            "`aws iot attach-policy --policy-name NAME --target arn:aws:iot:us-east-1:123456789012:cert/abc`",
        );
        let closed =
            format!("CA certificate {id} would register this certificate, but it is INACTIVE");
        check(
            json!({"code": "ca-inactive", "reason": closed}),
            &format!("`aws iot update-ca-certificate --certificate-id {id} --new-status ACTIVE`"),
        );
        let noted = json!([{"stage": "issuer", "detail": format!("CA certificate {id}")}]);
        check(
            json!({"code": "revocation-list-stale", "reason": "stale", "stages": noted}),
            &format!("`nameplate revocation put {id} FILE`"),
        );
        check(
            json!({"code": "fleet-template-disabled", "template": "Lamps@3"}),
            "`aws iot update-provisioning-template --template-name Lamps --enabled`",
        );
        check(
            json!({"code": "hook-denied",
                   "reason": "arn:aws:lambda:us-east-1:123456789012:function:ask answered false"}),
            "Look at the function's own log: `nameplate logs ask`",
        );
        check(
            json!({"code": "vending-blocked", "serialNumber": "SN-1"}),
            "`nameplate vending release SN-1`",
        );
        // What is more than a word to a shell stays out of it.
        for serial in ["$(reboot)", "a b", "-x", "a`b", ""] {
            check(
                json!({"code": "vending-blocked", "serialNumber": serial}),
                "`nameplate vending release SERIAL`",
            );
        }
        assert!(advice(json!({"code": "vending-signature-wrong"})).contains("SERIAL | openssl"));
        check(json!({"code": "x", "remedy": "do it"}), "do it");
        check(json!({"code": "no-such-code"}), "");
        let mut well = json!({"code": "connected"});
        fill(
            &mut well,
            &Realm {
                account: "1".into(),
                region: "r".into(),
            },
        );
        assert_eq!(well, json!({"code": "connected"}));
    }

    #[test]
    fn what_is_said_in_chinese() {
        let realm = Realm {
            account: "1".into(),
            region: "r".into(),
        };
        let record = json!({"code": "certificate-inactive", "certificateId": "abc"});
        let (meaning, remedy) = in_chinese(&record, &realm).expect("translated");
        assert!(meaning.starts_with("已注册"), "{meaning}");
        let command = "`aws iot update-certificate --certificate-id abc --new-status ACTIVE`";
        assert_eq!(remedy.as_deref(), Some(command));
        assert_eq!(in_chinese(&json!({"code": "no-such-code"}), &realm), None);
    }

    #[test]
    fn every_remedy_can_stand_alone() {
        let rows = |table: &'static str| table.lines().filter_map(row);
        let remedies = rows(TABLE).chain(rows(TABLE_CHINESE));
        for (code, remedy) in remedies.filter_map(|(code, (_, remedy))| Some((code, remedy?))) {
            // Beside its record, without the row above it.
            assert!(!remedy.starts_with("As above"), "{code}: {remedy}");
            assert!(!remedy.starts_with("The record"), "{code}: {remedy}");
            // Commands with all that they cannot do without.
            for part in remedy.split('`').skip(1).step_by(2) {
                let words: Vec<&str> = part.split(' ').collect();
                if let ["aws", "iot", operation, rest @ ..] = words.as_slice() {
                    let alone =
                        operation.starts_with("list-") || *operation == "register-ca-certificate";
                    assert!(alone || !rest.is_empty(), "{code}: {part}");
                }
            }
            assert!(remedy.chars().any(char::is_alphabetic), "{code}");
        }
    }
}
