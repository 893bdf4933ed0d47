//! Settings of the methods of a REST API's stage, `/RESOURCE/METHOD/throttling/rateLimit`.
//! [API Gateway REST API reference: MethodSetting, UpdateStage]

use super::log::Level;
use super::{Patch, Refusal};
use serde_json::{Map, Value, json};

/// What a method has where its stage does not say.
fn usual() -> Value {
    json!({
        "metricsEnabled": false,
        "dataTraceEnabled": false,
        "throttlingBurstLimit": 5000,
        "throttlingRateLimit": 10_000.0,
        "cachingEnabled": false,
        "cacheTtlInSeconds": 300,
        "cacheDataEncrypted": false,
        "requireAuthorizationForCacheControl": true,
        "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
    })
}

/// What a name of settings means: the resource's path without its first slash, and the method.
fn meant(key: &str) -> String {
    let key = key.replace("~1", "/").replace("~0", "~");
    key.trim_start_matches('/').to_owned()
}

/// The settings of a method of a resource by themselves, or those of all (`*/*`), with what they mean.
pub fn of<'s>(stage: &'s Value, path: &str, method: &str) -> Option<(String, &'s Value)> {
    let own = format!("{}/{method}", path.trim_start_matches('/'));
    let all = stage["methodSettings"].as_object()?;
    let found = all.iter().find(|(key, _)| meant(key) == own);
    let found = found.map(|(_, settings)| (own, settings));
    found.or_else(|| Some(("*/*".to_owned(), all.get("*/*")?)))
}

/// Whether requests to a method are counted.
pub fn are_counted(stage: &Value, path: &str, method: &str) -> bool {
    of(stage, path, method).is_some_and(|(_, of)| of["metricsEnabled"] == true)
}

/// Whether requests to a route of an HTTP API's stage are counted: by its own settings or those of all routes.
pub fn of_route_are_counted(stage: &Value, key: &str) -> bool {
    let own = &stage["routeSettings"][key]["detailedMetricsEnabled"];
    let all = &stage["defaultRouteSettings"]["detailedMetricsEnabled"];
    own.as_bool().or_else(|| all.as_bool()) == Some(true)
}

/// The name of the settings that a patch is about, as sent, and the rest of its path; none where it is about none.
fn named(patch: &Patch) -> Option<(String, Vec<String>)> {
    let names: Vec<String> = patch
        .path
        .strip_prefix('/')?
        .split('/')
        .map(str::to_owned)
        .collect();
    const METHODS: [&str; 9] = [
        "*", "ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT",
    ];
    let method = names
        .get(1)
        .filter(|method| METHODS.contains(&method.as_str()))?;
    let key = format!("{}/{method}", names[0]);
    match names.len() {
        2 if patch.op == "remove" => Some((key, Vec::new())),
        4 => Some((key, names[2..].to_vec())),
        _ => None,
    }
}

/// Applies those patches that are about settings of methods; the others are given back.
///
/// # Errors
/// A value that is none, or a setting that this server cannot carry out.
pub fn apply(stage: &mut Value, patches: &[Patch]) -> Result<Vec<Patch>, Refusal> {
    let mut others = Vec::new();
    for patch in patches {
        let Some((key, rest)) = named(patch) else {
            others.push(patch.clone());
            continue;
        };
        if !stage["methodSettings"].is_object() {
            stage["methodSettings"] = json!({});
        }
        let Some(all) = stage["methodSettings"].as_object_mut() else {
            continue;
        };
        // Whoever writes a path in two ways means the same method.
        let known = all.keys().find(|known| meant(known) == meant(&key));
        let key = known.cloned().unwrap_or(key);
        match rest.as_slice() {
            [group, name] => {
                let own = all.entry(key).or_insert_with(usual);
                set(own, (group, name), patch)?;
            }
            _ => drop(all.shift_remove(&key).ok_or_else(|| {
                Refusal::Invalid(format!(
                    "Cannot remove method setting {key} because there is no method setting for this method"
                ))
            })?),
        }
    }
    Ok(others)
}

fn set(own: &mut Value, (group, name): (&str, &str), patch: &Patch) -> Result<(), Refusal> {
    let text = patch.value.as_deref().unwrap_or_default();
    let wrong = || Refusal::Invalid(format!("Invalid value '{text}' for {}", patch.path));
    let flag = json!(text.eq_ignore_ascii_case("true"));
    let (member, value) = match (group, name) {
        ("metrics", "enabled") => ("metricsEnabled", flag),
        ("logging", "dataTrace") => ("dataTraceEnabled", flag),
        ("logging", "loglevel") => {
            // What is removed has no value.
            let known = patch.op == "remove" || Level::parse(text).is_some();
            (
                "loggingLevel",
                known.then(|| json!(text)).ok_or_else(wrong)?,
            )
        }
        ("throttling", "burstLimit") => {
            // -1 is no limit; Terraform's provider sends it where its owner sets none.
            let number = text.parse::<i32>().ok().filter(|number| *number >= -1);
            ("throttlingBurstLimit", json!(number.ok_or_else(wrong)?))
        }
        ("throttling", "rateLimit") => {
            let number = text.parse::<f64>().ok();
            let number =
                number.filter(|number| *number == -1.0 || number.is_finite() && *number >= 0.0);
            ("throttlingRateLimit", json!(number.ok_or_else(wrong)?))
        }
        ("caching", "enabled") => ("cachingEnabled", flag),
        ("caching", "ttlInSeconds") => {
            let seconds = text.parse::<i64>().ok();
            let seconds = seconds.filter(|seconds| (0..=3600).contains(seconds));
            ("cacheTtlInSeconds", json!(seconds.ok_or_else(wrong)?))
        }
        ("caching", "dataEncrypted") => ("cacheDataEncrypted", flag),
        ("caching", "requireAuthorizationForCacheControl") => {
            ("requireAuthorizationForCacheControl", flag)
        }
        ("caching", "unauthorizedCacheControlHeaderStrategy") => {
            let known = [
                "FAIL_WITH_403",
                "SUCCEED_WITH_RESPONSE_HEADER",
                "SUCCEED_WITHOUT_RESPONSE_HEADER",
            ];
            let known = known.contains(&text).then(|| json!(text));
            (
                "unauthorizedCacheControlHeaderStrategy",
                known.ok_or_else(wrong)?,
            )
        }
        _ => {
            return Err(Refusal::Invalid(format!(
                "Invalid method setting path: {}",
                patch.path
            )));
        }
    };
    if patch.op == "remove" {
        let usual = usual();
        match usual.get(member) {
            Some(value) => own[member] = value.clone(),
            None => drop(
                own.as_object_mut()
                    .and_then(|own: &mut Map<_, _>| own.shift_remove(member)),
            ),
        }
        return Ok(());
    }
    own[member] = value;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patched(ops: &[(&str, &str, &str)]) -> Result<(Value, usize), String> {
        let patches: Vec<Patch> = ops
            .iter()
            .map(|(op, path, value)| Patch {
                op: (*op).into(),
                path: (*path).into(),
                value: Some((*value).into()),
            })
            .collect();
        let mut stage = json!({"methodSettings": {}});
        let left = apply(&mut stage, &patches).map_err(|why| why.to_string())?;
        Ok((stage["methodSettings"].take(), left.len()))
    }

    #[test]
    fn settings_are_kept_by_path_and_method() {
        let (settings, left) = patched(&[
            ("replace", "/*/*/throttling/burstLimit", "123"),
            ("replace", "/~1pets~1{id}/GET/throttling/rateLimit", "0.5"),
            ("replace", "/*/*/caching/enabled", "true"),
            ("replace", "/variables/a", "b"),
            ("replace", "/*/*/logging/loglevel", "OFF"),
            ("replace", "/~1pets/GET/logging/loglevel", "INFO"),
            ("replace", "/~1pets/GET/logging/dataTrace", "true"),
        ])
        .expect("they can be");
        assert_eq!(left, 1);
        assert_eq!(settings["*/*"]["throttlingBurstLimit"], 123);
        assert_eq!(settings["*/*"]["throttlingRateLimit"], 10_000.0);
        assert_eq!(settings["*/*"]["cachingEnabled"], true);
        assert_eq!(settings["*/*"]["loggingLevel"], "OFF");
        // Names stay as they were sent. [AWS CLI: update-stage, first example]
        assert_eq!(settings["~1pets/GET"]["loggingLevel"], "INFO");
        assert_eq!(settings["~1pets/GET"]["dataTraceEnabled"], true);
        assert_eq!(settings["~1pets~1{id}/GET"]["throttlingRateLimit"], 0.5);
        let stage = json!({"methodSettings": settings});
        let found = |path: &str| {
            of(&stage, path, "GET").map(|(key, of)| (key, of["throttlingRateLimit"].clone()))
        };
        assert_eq!(
            found("/pets/{id}"),
            Some(("pets/{id}/GET".to_owned(), json!(0.5)))
        );
        assert_eq!(found("/others"), Some(("*/*".to_owned(), json!(10_000.0))));
        let (settings, _) = patched(&[
            ("replace", "/pets/GET/throttling/burstLimit", "5"),
            ("replace", "/~1pets/GET/throttling/burstLimit", "6"),
        ])
        .expect("they can be");
        assert_eq!(settings["pets/GET"]["throttlingBurstLimit"], 6);
        assert_eq!(settings.as_object().map(Map::len), Some(1));
        let (settings, _) = patched(&[
            ("replace", "/*/*/throttling/burstLimit", "123"),
            ("remove", "/*/*", ""),
        ])
        .expect("they can be");
        assert_eq!(settings, json!({}));
    }

    #[test]
    fn settings_that_cannot_be() {
        let check = |path: &str, value: &str, part: &str| {
            let why = patched(&[("replace", path, value)]).expect_err(part);
            assert!(why.contains(part), "{why}");
        };
        check("/*/*/throttling/rateLimit", "-2", "Invalid value '-2'");
        check("/*/*/throttling/burstLimit", "-2", "Invalid value '-2'");
        check("/*/*/throttling/rateLimit", "fast", "Invalid value 'fast'");
        check("/*/*/logging/loglevel", "LOUD", "Invalid value 'LOUD'");
        check(
            "/*/*/nothing/enabled",
            "true",
            "Invalid method setting path",
        );
    }

    #[test]
    fn requests_are_counted_where_a_stage_says_so() {
        let (settings, _) = patched(&[
            ("replace", "/*/*/metrics/enabled", "true"),
            ("replace", "/~1pets/GET/metrics/enabled", "false"),
        ])
        .expect("they can be");
        let stage = json!({"methodSettings": settings});
        assert!(are_counted(&stage, "/", "GET"));
        assert!(!are_counted(&stage, "/pets", "GET"));
        assert!(!are_counted(&json!({}), "/", "GET"));
        let stage = json!({"defaultRouteSettings": {"detailedMetricsEnabled": true},
            "routeSettings": {"GET /a": {"detailedMetricsEnabled": false}, "GET /b": {}}});
        let counted = |key: &str| of_route_are_counted(&stage, key);
        assert_eq!(
            ["GET /a", "GET /b", "$default"].map(counted),
            [false, true, true]
        );
        assert!(!of_route_are_counted(&json!({}), "$default"));
    }

    #[test]
    fn no_limit_is_minus_one() {
        let (settings, _) = patched(&[
            ("replace", "/*/*/throttling/burstLimit", "-1"),
            ("replace", "/*/*/throttling/rateLimit", "-1.000000"),
            ("replace", "/a/GET/throttling/rateLimit", "1"),
            ("remove", "/a/GET", ""),
        ])
        .expect("they can be");
        assert_eq!(settings["*/*"]["throttlingBurstLimit"], -1);
        assert_eq!(settings["*/*"]["throttlingRateLimit"], -1.0);
        assert_eq!(settings.get("a/GET"), None);
        assert_eq!(
            patched(&[("remove", "/*/*", "")]).expect_err("there are none"),
            "Cannot remove method setting */* because there is no method setting for this method"
        );
    }
}
