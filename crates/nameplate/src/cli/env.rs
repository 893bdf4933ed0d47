//! `nameplate env` and what it shares with `nameplate run`: the variables that point AWS's tools at this server.

use super::args::{EnvArgs, Shell};
use super::client::{Client, ClientError};
use super::out::{self, say};
use super::place::{self, Place};
use serde_json::{Map, Value};
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// How often it is looked whether the server is ready.
const LOOK: Duration = Duration::from_millis(20);

/// Variables that would keep AWS's tools from using ours: a token belongs to another key, a profile beats the
/// key in some SDKs, and the last switches `AWS_ENDPOINT_URL` off.
pub const IN_THE_WAY: &[&str] = &[
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
];

/// What variables that name the endpoint of one service begin with; they beat `AWS_ENDPOINT_URL`.
const ONE_SERVICE: &str = "AWS_ENDPOINT_URL_";

/// The variables that are always there, in the order in which they are printed.
fn usual(place: &Place) -> Vec<(&'static str, String)> {
    vec![
        ("AWS_ENDPOINT_URL", place.endpoint_url()),
        ("AWS_ACCESS_KEY_ID", place.access_key.id.clone()),
        ("AWS_SECRET_ACCESS_KEY", place.access_key.secret.clone()),
        ("AWS_REGION", place.region.clone()),
        ("AWS_DEFAULT_REGION", place.region.clone()),
        (
            "NAMEPLATE_ROOT_CA",
            place.root_ca().to_string_lossy().into_owned(),
        ),
    ]
}

/// What has clients ask somebody else for what is here.
const PROXIES: [&str; 6] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
];

/// Where a proxy is set, what keeps requests to this server from it, beside what that says already: in both spellings, since
/// programs read either.
fn past_proxies(
    place: &Place,
    value: impl Fn(&str) -> Option<String>,
) -> Vec<(&'static str, String)> {
    let set = |name: &str| value(name).filter(|value| !value.is_empty());
    if !PROXIES.iter().any(|name| set(name).is_some()) {
        return Vec::new();
    }
    let there = set("no_proxy").or_else(|| set("NO_PROXY"));
    let there = there.unwrap_or_default();
    let hosts = there.split(',').map(str::trim);
    let mut hosts: Vec<String> = hosts
        .filter(|host| !host.is_empty())
        .map(str::to_owned)
        .collect();
    if hosts.iter().any(|host| host == "*") {
        return Vec::new();
    }
    for host in [
        place.api.ip().to_string(),
        "localhost".into(),
        place.endpoint_host.clone(),
    ] {
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    let hosts = hosts.join(",");
    vec![("NO_PROXY", hosts.clone()), ("no_proxy", hosts)]
}

/// The variables, with those that a proxy in the environment makes necessary, in the order in which they are printed.
pub fn variables(place: &Place) -> Vec<(&'static str, String)> {
    let mut all = usual(place);
    all.extend(past_proxies(place, |name| std::env::var(name).ok()));
    all
}

/// Which of the names of `environment` must go, so that the variables count.
pub fn in_the_way(environment: impl Iterator<Item = String>) -> Vec<String> {
    let mut found: Vec<String> = environment
        .filter(|name| {
            IN_THE_WAY.contains(&name.as_str())
                || name.strip_prefix(ONE_SERVICE).is_some_and(is_name)
        })
        .collect();
    found.sort();
    found
}

/// Names of the environment's variables.
pub fn names() -> impl Iterator<Item = String> {
    std::env::vars_os().filter_map(|(name, _)| name.into_string().ok())
}

/// Prints the lines for `eval "$(nameplate env)"`, or what stands for them elsewhere.
pub fn run(args: &EnvArgs) -> anyhow::Result<u8> {
    let data_dir = args.place.data_dir.as_deref();
    let patience = Duration::from_secs(args.wait.unwrap_or(0).into());
    let place = waited_for(data_dir, patience)?;
    let variables = variables(&place);
    let text = match args.json {
        true => {
            let members = variables.into_iter();
            let members = members.map(|(name, value)| (name.to_owned(), Value::String(value)));
            format!(
                "{}\n",
                out::json(&Value::Object(members.collect::<Map<_, _>>()))
            )
        }
        false => lines(args.shell, &variables, &in_the_way(names())),
    };
    say(&text)?;
    Ok(0)
}

/// The place as soon as its server answers, which may be so long from now.
fn waited_for(data_dir: Option<&Path>, patience: Duration) -> anyhow::Result<Place> {
    let until = Instant::now() + patience;
    loop {
        let failed = match reached(data_dir) {
            Ok(place) => return Ok(place),
            Err(failed) => failed,
        };
        let nobody = match failed.downcast_ref::<ClientError>() {
            Some(error) => error.is_nobody(),
            None => failed
                .downcast_ref::<place::PlaceError>()
                .is_some_and(place::PlaceError::is_nobody),
        };
        if !nobody || Instant::now() >= until {
            return Err(failed);
        }
        std::thread::sleep(LOOK);
    }
}

/// The place, once its server has answered: what is pointed there must not reach another's.
pub fn reached(data_dir: Option<&Path>) -> anyhow::Result<Place> {
    let place = place::find(data_dir)?;
    let client = Client::of(&place);
    super::wait(async move { Ok(client.reach().await?) })?;
    Ok(place)
}

fn lines(shell: Shell, variables: &[(&str, String)], unset: &[String]) -> String {
    let mut text = String::new();
    for (name, value) in variables {
        // Writing to a String cannot fail.
        let _ = match shell {
            Shell::Posix => writeln!(text, "export {name}={}", quoted(value)),
            Shell::Fish => writeln!(
                text,
                "set -gx {name} '{}'",
                value.replace('\\', r"\\").replace('\'', r"\'")
            ),
            Shell::PowerShell => writeln!(text, "$env:{name} = '{}'", value.replace('\'', "''")),
        };
    }
    if !unset.is_empty() {
        let _ = match shell {
            Shell::Posix => writeln!(text, "unset {}", unset.join(" ")),
            Shell::Fish => writeln!(text, "set -e {}", unset.join(" ")),
            Shell::PowerShell => {
                let items: Vec<String> = unset.iter().map(|name| format!("Env:{name}")).collect();
                writeln!(text, "Remove-Item {}", items.join(", "))
            }
        };
    }
    text
}

/// The text as one word of a POSIX shell.
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+=,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_survive_the_shell() {
        let check = |text: &str, word: &str| assert_eq!(quoted(text), word);
        check("http://127.0.0.1:4566", "http://127.0.0.1:4566");
        check("http://[::1]:4566", "'http://[::1]:4566'");
        check("/home/me/my data", "'/home/me/my data'");
        check("it's $HOME `x`", r"'it'\''s $HOME `x`'");
        check("", "''");
        check("a/b+c=", "a/b+c=");
    }

    #[test]
    fn what_is_in_the_way_is_unset_and_nothing_else() {
        let set = |names: &[&str]| in_the_way(names.iter().map(|name| (*name).to_owned()));
        assert!(set(&["PATH", "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE"]).is_empty());
        assert_eq!(
            set(&["AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_IOT", "AWS_PROFILE"]),
            ["AWS_ENDPOINT_URL_IOT", "AWS_PROFILE", "AWS_SESSION_TOKEN"]
        );
        // Not a name that a shell could unset, nor one to put into its hands.
        assert!(set(&["AWS_ENDPOINT_URL_$(x)"]).is_empty());
        assert_eq!(
            lines(
                Shell::Posix,
                &[("A", "b c".into())],
                &["AWS_PROFILE".into()]
            ),
            "export A='b c'\nunset AWS_PROFILE\n"
        );
        assert_eq!(
            lines(Shell::Posix, &[("A", "b".into())], &[]),
            "export A=b\n"
        );
    }

    #[test]
    fn a_proxy_is_for_others() {
        let place = Place {
            directory: "d".into(),
            directory_id: "id".into(),
            api: ([127, 0, 0, 1], 4566).into(),
            mqtt: None,
            https: None,
            endpoint_host: "iot.plant".into(),
            region: "us-east-1".into(),
            access_key: crate::authority::AccessKey {
                id: "test".into(),
                secret: "test".into(),
            },
        };
        let check = |set: &[(&str, &str)], expected: Option<&str>| {
            let value = |name: &str| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            let expected = expected.map(|hosts| {
                ["NO_PROXY", "no_proxy"]
                    .map(|name| (name, hosts.to_owned()))
                    .to_vec()
            });
            assert_eq!(past_proxies(&place, value), expected.unwrap_or_default());
        };
        let proxy = ("http_proxy", "http://proxy:3128");
        check(&[], None);
        check(&[("HTTP_PROXY", "")], None);
        check(&[proxy], Some("127.0.0.1,localhost,iot.plant"));
        check(&[proxy, ("NO_PROXY", "*")], None);
        check(
            &[proxy, ("no_proxy", "corp, localhost")],
            Some("corp,localhost,127.0.0.1,iot.plant"),
        );
    }

    #[test]
    fn other_shells_have_their_own_quotes() {
        let values = [("A", r"it's \".to_owned())];
        let unset = ["X".to_owned(), "Y".to_owned()];
        assert_eq!(
            lines(Shell::Fish, &values, &unset),
            "set -gx A 'it\\'s \\\\'\nset -e X Y\n"
        );
        assert_eq!(
            lines(Shell::PowerShell, &values, &unset),
            "$env:A = 'it''s \\'\nRemove-Item Env:X, Env:Y\n"
        );
    }
}
