//! A function's environment variables, as AWS Lambda sets them.

use super::Host;
use crate::function::Function;
use crate::runtime::{Family, Launch, Places};
use std::path::Path;
use std::time::SystemTime;

/// Names that a function's own configuration may not set (AWS: Lambda guide, "Defined runtime environment variables").
const RESERVED: [&str; 17] = [
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_MAX_CONCURRENCY",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

/// Where X-Ray's daemon listens, if there is one.
const DAEMON: &str = "127.0.0.1";

/// Whether a function's configuration may not set a variable of this name.
pub fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
        || ["_HANDLER", "_X_AMZN_TRACE_ID", "_LAMBDA_TELEMETRY_LOG_FD"].contains(&name)
}

/// All of them, and until when its credentials are good. `tmp` is where it may write; `api` is `host:port` of its Runtime API.
pub(super) fn of(
    host: &Host,
    function: &Function,
    launch: &Launch,
    places: &Places,
    (stream, tmp, api): (&str, &Path, &str),
) -> (Vec<(String, String)>, Option<SystemTime>) {
    let settings = &host.settings;
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let task = text(&places.task);
    let mut path = String::new();
    // Without the system's own folders, which AWS's value begins with: an interpreter that brings its libraries would be
    // given the system's instead.
    let mut libraries = vec![task.clone(), format!("{task}/lib")];
    if let Some(opt) = &places.opt {
        path = format!("{}/bin:", text(opt));
        libraries.push(format!("{}/lib", text(opt)));
    }
    if let Some(folder) = launch.program.parent()
        && function.runtime.family() != Family::Provided
    {
        path += &format!("{}:", text(folder));
    }
    path += "/usr/local/bin:/usr/bin:/bin";
    let mut variables: Vec<(String, String)> = vec![
        ("PATH".into(), path),
        ("LD_LIBRARY_PATH".into(), libraries.join(":")),
        ("LANG".into(), "en_US.UTF-8".into()),
        ("TZ".into(), ":UTC".into()),
        ("TMPDIR".into(), text(tmp)),
        ("PWD".into(), task.clone()),
        // For X-Ray's SDKs: no trace is no error, and whoever wants traces has a daemon where these look for it.
        ("AWS_XRAY_CONTEXT_MISSING".into(), "LOG_ERROR".into()),
        ("AWS_XRAY_DAEMON_ADDRESS".into(), format!("{DAEMON}:2000")),
        ("_AWS_XRAY_DAEMON_ADDRESS".into(), DAEMON.into()),
        ("_AWS_XRAY_DAEMON_PORT".into(), "2000".into()),
    ];
    if let Some(url) = &settings.endpoint_url {
        variables.push(("AWS_ENDPOINT_URL".into(), url.clone()));
    }
    if let Some(authority) = &host.authority {
        variables.push(("NODE_EXTRA_CA_CERTS".into(), text(authority)));
    }
    if let Some(bundle) = &host.bundle {
        for name in ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"] {
            variables.push((name.into(), text(bundle)));
        }
    }
    variables.extend(launch.environment.iter().cloned());
    for (name, value) in &function.environment {
        if is_reserved(name) {
            continue;
        }
        // Where packages are looked for, the function's own come first and ours stay.
        let value = match variables.iter().find(|(there, _)| there == name) {
            Some((_, ours)) if ["PYTHONPATH", "NODE_PATH"].contains(&name.as_str()) => {
                format!("{value}:{ours}")
            }
            _ => value.clone(),
        };
        set(&mut variables, name, value);
    }
    let credentials = (settings.credentials)(function);
    let fixed = [
        ("_HANDLER", function.handler.clone()),
        ("AWS_DEFAULT_REGION", settings.region.clone()),
        (
            "AWS_EXECUTION_ENV",
            format!("AWS_Lambda_{}", function.runtime),
        ),
        (
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
            function.memory_mb.to_string(),
        ),
        ("AWS_LAMBDA_FUNCTION_NAME", function.name.clone()),
        ("AWS_LAMBDA_FUNCTION_VERSION", function.version.clone()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".into()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", function.log_group.clone()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", stream.to_owned()),
        ("AWS_LAMBDA_RUNTIME_API", api.to_owned()),
        ("AWS_REGION", settings.region.clone()),
        ("LAMBDA_RUNTIME_DIR", text(&host.shims.folder)),
        ("LAMBDA_TASK_ROOT", task),
        (
            "NAMEPLATE_OPT",
            places.opt.as_deref().map_or("/opt".into(), text),
        ),
        (
            "NAMEPLATE_DEVICE_HOST",
            settings
                .device_host
                .clone()
                .unwrap_or_default()
                .to_lowercase(),
        ),
    ];
    for (name, value) in fixed {
        set(&mut variables, name, value);
    }
    let mut expires = None;
    if let Some(credentials) = credentials {
        expires = credentials.expires;
        set(
            &mut variables,
            "AWS_ACCESS_KEY_ID",
            credentials.access_key_id,
        );
        set(
            &mut variables,
            "AWS_SECRET_ACCESS_KEY",
            credentials.secret_access_key,
        );
        if let Some(token) = credentials.session_token {
            set(&mut variables, "AWS_SESSION_TOKEN", token);
        }
    }
    (variables, expires)
}

fn set(variables: &mut Vec<(String, String)>, name: &str, value: String) {
    match variables.iter_mut().find(|(there, _)| there == name) {
        Some((_, old)) => *old = value,
        None => variables.push((name.to_owned(), value)),
    }
}
