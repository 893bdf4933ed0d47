//! What a commit tells other servers: its notices as one JSON text, and back.
//!
//! A list of lists: a word for the kind, then its key. A kind that this release does not know, from a newer one, is read
//! as [`Notice::Everything`], which is more than was meant and never less.

use crate::tx::{Change, Notice};
use serde_json::{Value, json};

/// The notices of a commit, each once; `None` where there are none.
pub(crate) fn encode(changes: &[Change]) -> Option<String> {
    let mut seen = std::collections::HashSet::new();
    let mut all = Vec::new();
    for change in changes {
        if let Change::Notice(notice) = change
            && let Some(word) = word(notice)
        {
            let text = word.to_string();
            if seen.insert(text) {
                all.push(word);
            }
        }
    }
    (!all.is_empty()).then(|| Value::Array(all).to_string())
}

/// The notices of a text that [`encode`] made, of this release or another.
pub(crate) fn decode(text: &str) -> Vec<Notice> {
    match serde_json::from_str::<Vec<Vec<Value>>>(text) {
        Ok(all) => all
            .iter()
            .map(|of| notice(of).unwrap_or(Notice::Everything))
            .collect(),
        Err(_) => vec![Notice::Everything],
    }
}

/// `None` for what a server tells only itself.
fn word(notice: &Notice) -> Option<Value> {
    Some(match notice {
        Notice::Certificate(hash) => json!(["certificate", hex::encode(hash)]),
        Notice::Policy(key) => json!(["policy", key]),
        Notice::NewThing(key) => json!(["new-thing", key]),
        Notice::Thing(key) => json!(["thing", key]),
        Notice::Group(key) => json!(["group", key]),
        Notice::GroupData(key) => json!(["group-data", key]),
        Notice::GroupGone { key, name } => json!(["group-gone", key, name]),
        Notice::Shadow(key) => json!(["shadow", key]),
        Notice::Authorities => json!(["authorities"]),
        Notice::Iam => json!(["iam"]),
        Notice::EventKinds => json!(["event-kinds"]),
        Notice::Domains => json!(["domains"]),
        Notice::Logging => json!(["logging"]),
        Notice::Indexing => json!(["indexing"]),
        Notice::Functions => json!(["functions"]),
        Notice::Rules => json!(["rules"]),
        Notice::Tables => json!(["tables"]),
        Notice::Gateway => json!(["gateway"]),
        Notice::Revocations => json!(["revocations"]),
        Notice::ServerCertificates => json!(["server-certificates"]),
        Notice::Secrets => json!(["secrets"]),
        Notice::Connectivity { thing, at } => json!(["connectivity", thing, at]),
        Notice::Claimed {
            client_id,
            incarnation,
            stamp,
        } => json!(["claimed", client_id, incarnation, stamp]),
        Notice::Everything => json!(["everything"]),
        Notice::NodeCame(_) | Notice::NodeGone(_) => return None,
    })
}

fn notice(of: &[Value]) -> Option<Notice> {
    let key = || of.get(1)?.as_i64();
    Some(match of.first()?.as_str()? {
        "certificate" => {
            let mut hash = [0; 32];
            hex::decode_to_slice(of.get(1)?.as_str()?, &mut hash).ok()?;
            Notice::Certificate(hash)
        }
        "policy" => Notice::Policy(key()?),
        "new-thing" => Notice::NewThing(key()?),
        "thing" => Notice::Thing(key()?),
        "group" => Notice::Group(key()?),
        "group-data" => Notice::GroupData(key()?),
        "group-gone" => Notice::GroupGone {
            key: key()?,
            name: of.get(2)?.as_str()?.to_owned(),
        },
        "shadow" => Notice::Shadow(key()?),
        "authorities" => Notice::Authorities,
        "iam" => Notice::Iam,
        "event-kinds" => Notice::EventKinds,
        "domains" => Notice::Domains,
        "logging" => Notice::Logging,
        "indexing" => Notice::Indexing,
        "functions" => Notice::Functions,
        "rules" => Notice::Rules,
        "tables" => Notice::Tables,
        "gateway" => Notice::Gateway,
        "revocations" => Notice::Revocations,
        "server-certificates" => Notice::ServerCertificates,
        "secrets" => Notice::Secrets,
        // An earlier release does not say where.
        "connectivity" => Notice::Connectivity {
            thing: key()?,
            at: of.get(2).and_then(Value::as_i64).unwrap_or_default(),
        },
        "claimed" => Notice::Claimed {
            client_id: of.get(1)?.as_str()?.to_owned(),
            incarnation: of.get(2)?.as_i64()?,
            stamp: of.get(3)?.as_u64()?,
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_comes_back_as_it_was_and_each_once() {
        let all = [
            Notice::Certificate([7; 32]),
            Notice::Policy(1),
            Notice::NewThing(i64::MAX),
            Notice::Thing(3),
            Notice::Group(4),
            Notice::GroupData(5),
            Notice::GroupGone {
                key: 6,
                name: "a \"group\"".into(),
            },
            Notice::Shadow(7),
            Notice::Authorities,
            Notice::Iam,
            Notice::EventKinds,
            Notice::Domains,
            Notice::Logging,
            Notice::Indexing,
            Notice::Functions,
            Notice::Rules,
            Notice::Tables,
            Notice::Gateway,
            Notice::Revocations,
            Notice::ServerCertificates,
            Notice::Secrets,
            Notice::Connectivity { thing: 8, at: 3 },
            Notice::Claimed {
                client_id: "a \"client\"".into(),
                incarnation: 9,
                stamp: u64::MAX,
            },
            Notice::Everything,
        ];
        let changes: Vec<Change> = all
            .iter()
            .chain(&all)
            .cloned()
            .map(Change::Notice)
            .collect();
        let text = encode(&changes).expect("there are some");
        assert_eq!(decode(&text), all);
        // What earlier releases wrote, and read.
        let recorded = concat!(
            r#"[["certificate","0707070707070707070707070707070707070707070707070707070707070707"],["policy",1],"#,
            r#"["new-thing",9223372036854775807],["thing",3],["group",4],["group-data",5],["group-gone",6,"a \"group\""],"#,
            r#"["shadow",7],["authorities"],["iam"],["event-kinds"],["domains"],["logging"],["indexing"],["functions"],"#,
            r#"["rules"],["tables"],["gateway"],["revocations"],["server-certificates"],["secrets"],["connectivity",8,3],"#,
            r#"["claimed","a \"client\"",9,18446744073709551615],["everything"]]"#,
        );
        assert_eq!(text, recorded);
        let before = r#"[["connectivity",8]]"#;
        assert_eq!(decode(before), [Notice::Connectivity { thing: 8, at: 0 }]);
    }

    #[test]
    fn what_concerns_one_server_is_not_told_others() {
        let own = [
            Change::Message {
                topic: "t".into(),
                payload: vec![],
            },
            Change::Notice(Notice::NodeGone(4)),
        ];
        assert_eq!(encode(&own), None);
    }

    #[test]
    fn what_is_not_understood_may_be_anything() {
        let everything = [Notice::Everything];
        for text in [
            "",
            "{}",
            "[[\"of-a-later-release\",1]]",
            "[[]]",
            "[[\"thing\"]]",
            "[[\"certificate\",\"00\"]]",
            "[[3]]",
        ] {
            assert_eq!(decode(text), everything, "{text}");
        }
        assert_eq!(decode("[]"), []);
    }
}
