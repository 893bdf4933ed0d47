//! Python, under awslambdaric.

use crate::fixture::{AUTHORITY, Fixture, said, test};
use libtest_mimic::Trial;
use nameplate_functions::Code;
use serde_json::json;

pub fn tests() -> Vec<Trial> {
    vec![
        test(
            "python::an_event_becomes_an_answer",
            an_event_becomes_an_answer,
        ),
        test("python::the_environment_is_awss", the_environment_is_awss),
        test("python::answers_are_written_as_aws_writes_them", answers),
        test("python::errors_are_awss", errors),
        test("python::layers_are_found", layers),
        test(
            "python::boto3_reaches_the_endpoint",
            boto3_reaches_the_endpoint,
        ),
        test("python::amazons_root_is_ours", amazons_root_is_ours),
        test("python::the_log_is_as_in_aws", the_log),
        test("python::a_wrapper_starts_it", wrapper),
    ]
}

async fn an_event_becomes_an_answer(fixture: Fixture) {
    let function = fixture.python(
        "echo",
        "def handler(event, context):
    return {'event': event, 'arn': context.invoked_function_arn, 'id': context.aws_request_id,
            'left': 0 < context.get_remaining_time_in_millis() <= 20000, 'memory': context.memory_limit_in_mb,
            'stream': context.log_stream_name, 'group': context.log_group_name}",
    );
    let answer = fixture.call(&function, r#"{"a": [1, "ü"]}"#).await;
    assert_eq!(answer.function_error, None, "{}", said(&answer));
    let value: serde_json::Value = serde_json::from_slice(&answer.payload).unwrap();
    assert_eq!(value["event"], json!({"a": [1, "ü"]}));
    assert_eq!(value["arn"], "arn:aws:lambda:us-east-1:1:function:echo");
    assert_eq!(value["id"], answer.request_id);
    assert_eq!(value["left"], true);
    assert_eq!(value["memory"], "256");
    assert_eq!(value["stream"], json!(answer.log_stream));
    assert_eq!(value["group"], "/aws/lambda/echo");
    assert_eq!(answer.version, "$LATEST");
    assert!(answer.init.is_some());
    assert!(
        fixture.call(&function, "{}").await.init.is_none(),
        "the second call is warm"
    );
}

async fn the_environment_is_awss(fixture: Fixture) {
    let mut function = fixture.python(
        "vars",
        "import os, sys
def handler(event, context):
    opt = str(os.path.isdir('/opt'))
    return dict(os.environ, cwd=os.getcwd(), file=__file__, path=sys.path[0], opt=opt)",
    );
    function.environment = vec![
        ("TABLE".into(), "devices".into()),
        ("AWS_REGION".into(), "mars-1".into()),
        ("TZ".into(), "Asia/Tokyo".into()),
    ];
    let vars = fixture.value(&function, "{}").await;
    for (name, expected) in [
        ("TABLE", "devices"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("TZ", "Asia/Tokyo"),
        ("LANG", "en_US.UTF-8"),
        ("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR"),
        ("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000"),
        ("_HANDLER", "app.handler"),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_python3.12"),
        ("AWS_LAMBDA_FUNCTION_NAME", "vars"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_ACCESS_KEY_ID", "ASIAvars"),
        ("AWS_SESSION_TOKEN", "token"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
    ] {
        assert_eq!(vars[name], expected, "{name}");
    }
    if fixture.host.confinement().await.unwrap().namespaces {
        for (name, expected) in [
            ("LAMBDA_TASK_ROOT", "/var/task"),
            ("cwd", "/var/task"),
            ("PWD", "/var/task"),
            ("opt", "True"),
            ("file", "/var/task/app.py"),
            ("path", "/var/task"),
        ] {
            assert_eq!(vars[name], expected, "{name}");
        }
    }
    assert!(vars.get("NAMEPLATE_DEVICE_HOST").is_none());
}

async fn answers(fixture: Fixture) {
    let function = fixture.python(
        "answers",
        "from decimal import Decimal
def handler(event, context):
    return {'none': None, 'bytes': b'{\x22raw\x22: 1}', 'inside': [b'abc'], 'decimal': Decimal('1.10'), 'text': 'ü',
            'other': {1, 2}}[event['give']]",
    );
    assert_eq!(
        fixture.value(&function, r#"{"give": "none"}"#).await,
        json!(null)
    );
    // Bytes are the answer as they are; within one they are text.
    assert_eq!(
        fixture.value(&function, r#"{"give": "bytes"}"#).await,
        json!({"raw": 1})
    );
    assert_eq!(
        fixture.value(&function, r#"{"give": "inside"}"#).await,
        json!(["abc"])
    );
    let decimal = fixture.call(&function, r#"{"give": "decimal"}"#).await;
    assert_eq!(&decimal.payload[..], b"1.10");
    assert_eq!(
        fixture.value(&function, r#"{"give": "text"}"#).await,
        json!("ü")
    );
    let (error, _) = fixture.error(&function, r#"{"give": "other"}"#).await;
    assert_eq!(error["errorType"], "Runtime.MarshalError");
    // The environment has survived all of it.
    assert!(
        fixture
            .call(&function, r#"{"give": "none"}"#)
            .await
            .init
            .is_none()
    );
}

async fn errors(fixture: Fixture) {
    let function = fixture.python(
        "raises",
        "class Denied(Exception): pass
def handler(event, context):
    raise Denied('not you')",
    );
    let (error, answer) = fixture.error(&function, "{}").await;
    assert_eq!(
        (&error["errorType"], &error["errorMessage"]),
        (&json!("Denied"), &json!("not you"))
    );
    assert!(
        error["stackTrace"][0]
            .as_str()
            .unwrap()
            .contains("raise Denied"),
        "{error}"
    );
    assert!(
        said(&answer).contains("[ERROR] Denied: not you\nTraceback"),
        "{}",
        said(&answer)
    );
    for (code, kind, text) in [
        (
            "import nosuchmodule",
            "Runtime.ImportModuleError",
            "Unable to import module 'app': No module named 'nosuchmodule'",
        ),
        (
            "def handler(:",
            "Runtime.UserCodeSyntaxError",
            "Syntax error in module 'app'",
        ),
        (
            "def other(): pass",
            "Runtime.HandlerNotFound",
            "Handler 'handler' missing on module 'app'",
        ),
        ("1 / 0", "ZeroDivisionError", "division by zero"),
    ] {
        let function = fixture.python(kind, code);
        let (error, answer) = fixture.error(&function, "{}").await;
        assert_eq!(error["errorType"], kind, "{error}");
        assert!(
            error["errorMessage"].as_str().unwrap().contains(text),
            "{error}"
        );
        assert_eq!(
            error["requestId"], "",
            "there was none yet, as recorded of AWS"
        );
        let log = said(&answer);
        assert!(log.contains(&format!("Error Type: {kind}")), "{log}");
        let again = fixture.error(&function, "{}").await.0;
        assert_eq!(again["errorType"], kind, "the next call tries anew");
    }
}

async fn layers(fixture: Fixture) {
    let mut function = fixture.python(
        "layered",
        "import inlayer, versioned
def handler(event, context):
    return [inlayer.NAME, versioned.NAME, open(inlayer.__file__).read()[:4], open('data.txt').read()]",
    );
    fixture.folder("layered", &[("data.txt", "beside")]);
    function.layers = Some(fixture.folder(
        "opt",
        &[
            ("python/inlayer.py", "NAME = 'layer'"),
            (
                "python/lib/python3.12/site-packages/versioned.py",
                "NAME = 'versioned'",
            ),
        ],
    ));
    let found = fixture.value(&function, "{}").await;
    assert_eq!(found, json!(["layer", "versioned", "NAME", "beside"]));
}

async fn boto3_reaches_the_endpoint(fixture: Fixture) {
    // Nobody listens there, so the error names where it went.
    let function = fixture.python(
        "boto",
        "import boto3
from botocore.config import Config
once = Config(retries={'total_max_attempts': 1})
def handler(event, context):
    went = []
    for make in (lambda: boto3.client('iot', region_name='eu-west-1', config=once).list_things(),
                 lambda: boto3.client('iot-data', endpoint_url='https://abc-ats.iot.us-east-1.amazonaws.com', config=once)
                     .publish(topic='a', payload=b'x')):
        try:
            make()
        except Exception as e:
            went.append(str(e))
    return went",
    );
    let went = fixture.value(&function, "{}").await;
    assert!(
        went[0]
            .as_str()
            .unwrap()
            .contains("http://127.0.0.1:9/things"),
        "{went}"
    );
    assert!(
        went[1].as_str().unwrap().contains("Connection refused")
            || went[1].as_str().unwrap().contains("Could not connect"),
        "{went}"
    );
}

async fn amazons_root_is_ours(fixture: Fixture) {
    let function = fixture.python(
        "root",
        "import urllib.request, urllib3
URL = 'https://www.amazontrust.com/repository/AmazonRootCA1.pem'
AT_IMPORT = urllib.request.urlopen(URL).read().decode()
def handler(event, context):
    return [AT_IMPORT, urllib3.PoolManager().request('GET', URL).data.decode()]",
    );
    let found = fixture.value(&function, "{}").await;
    assert_eq!(found, json!([AUTHORITY, AUTHORITY]));
}

async fn the_log(fixture: Fixture) {
    let function = fixture.python(
        "prints",
        "import logging, sys
def handler(event, context):
    print('one'); print('two', file=sys.stderr); sys.stdout.write('no end')
    logging.getLogger().warning('careful')
    if 'more' in event: logging.getLogger().error('in\\nlines')",
    );
    let answer = fixture.call(&function, "{}").await;
    let id = &answer.request_id;
    let log = String::from_utf8(answer.log_tail.clone()).unwrap();
    // What a start prints belongs to the call that made it necessary.
    let lines = log.lines();
    // What a machine cannot enforce is said between.
    let lines: Vec<&str> = lines
        .filter(|line| !line.starts_with("[nameplate]"))
        .collect();
    assert_eq!(
        lines[..3],
        [
            &format!("START RequestId: {id} Version: $LATEST"),
            "one",
            "two"
        ],
        "{log}"
    );
    assert!(
        lines[3].starts_with("no end[WARNING]") && lines[3].ends_with(&format!("{id}\tcareful")),
        "{log}"
    );
    assert_eq!(lines[4], format!("END RequestId: {id}"));
    let report = format!("REPORT RequestId: {id}\tDuration: ");
    assert!(
        lines[5].starts_with(&report)
            && lines[5].contains("\tMemory Size: 256 MB\tMax Memory Used: "),
        "{log}"
    );
    assert!(lines[5].contains(" MB\tInit Duration: "), "{log}");
    let events = fixture
        .host
        .logs()
        .read("/aws/lambda/prints", &Default::default())
        .unwrap();
    assert!(
        events[0]
            .message
            .starts_with("INIT_START Runtime Version: python3.12 (on Python 3."),
        "{}",
        events[0].message
    );
    let ours = events
        .iter()
        .filter(|event| !event.message.starts_with("[nameplate]"));
    assert_eq!(ours.count(), lines.len() + 1);
    let stream = answer.log_stream.unwrap();
    assert!(events.iter().all(|event| event.stream == stream));
    let shape: Vec<&str> = stream.split('/').collect();
    assert!(
        shape.len() == 4 && shape[3].starts_with("[$LATEST]") && shape[3].len() == 41,
        "{stream}"
    );
    let (_, group) = (
        fixture.call(&function, r#"{"more": 1}"#).await,
        "/aws/lambda/prints",
    );
    let events = fixture.host.logs().read(group, &Default::default());
    let record =
        |message: &str| message.starts_with("[ERROR]\t") && message.ends_with("\tin\nlines");
    assert!(
        events.unwrap().iter().any(|event| record(&event.message)),
        "a record is one event"
    );
}

async fn wrapper(fixture: Fixture) {
    let handler = "import os\ndef handler(event, context): return os.environ.get('BY')";
    let wrapper = "#!/bin/sh\nexport BY=wrapper\nexec \"$@\"";
    let folder = fixture.folder("wrapped", &[("app.py", handler), ("wrap", wrapper)]);
    let code = Code::Folder(folder.clone());
    let mut function = fixture.function("wrapped", "python3.12", "app.handler", code);
    let at = match fixture.host.confinement().await.unwrap().namespaces {
        true => "/var/task".into(),
        false => folder.to_string_lossy().into_owned(),
    };
    let mut with = |path: String| {
        function.environment = vec![("AWS_LAMBDA_EXEC_WRAPPER".into(), path.clone())];
        function.revision = path;
        function.clone()
    };
    let function = with(format!("{at}/wrap"));
    assert_eq!(fixture.value(&function, "{}").await, "wrapper");
    let nothing = fixture.value(&with(String::new()), "{}").await;
    assert_eq!(nothing, json!(null), "an empty one is none");
    let (error, answer) = fixture.error(&with("/none.sh".into()), "{}").await;
    assert_eq!(error["errorType"], "Runtime.ExitError");
    let text = format!(
        "RequestId: {} Error: Runtime exited with error: exit status 127",
        answer.request_id
    );
    assert_eq!(error["errorMessage"], json!(text), "as recorded of AWS");
}
