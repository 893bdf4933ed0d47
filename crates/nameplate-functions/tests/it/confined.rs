//! What a function cannot do, with namespaces and with Landlock alone.

use crate::fixture::{Fixture, test, test_with};
use libtest_mimic::Trial;
use nameplate_functions::{Code, Failure, Settings};
use serde_json::{Value, json};
use std::path::Path;

fn without(settings: &mut Settings) {
    settings.namespaces = false;
}

pub fn tests() -> Vec<Trial> {
    vec![
        test("confined::secrets_are_out_of_reach", secrets),
        test_with(
            "confined::secrets_are_out_of_reach_by_landlock_alone",
            without,
            secrets,
        ),
        test("confined::only_its_own_folders_can_be_written", writes),
        test_with(
            "confined::only_its_own_folders_can_be_written_by_landlock_alone",
            without,
            writes,
        ),
        test("confined::calls_of_the_kernel_are_refused", calls),
        test_with(
            "confined::a_layer_is_found_without_namespaces",
            without,
            layers_elsewhere,
        ),
        test("confined::one_function_cannot_speak_for_another", another),
        test_with(
            "confined::ports_can_be_kept_to",
            |settings| settings.connect = Some(vec![9]),
            ports,
        ),
        test_with(
            "confined::what_would_show_the_data_directory_is_refused",
            |settings| settings.protected.push(Path::new("/usr/share").into()),
            protected,
        ),
    ]
}

async fn secrets(fixture: Fixture) {
    let function = fixture.python(
        "thief",
        "import os
def handler(event, context):
    got = {}
    for path in event:
        try:
            got[path] = os.listdir(path) if path.endswith('/') else open(path).read(64)
        except OSError as e:
            pass
    return got",
    );
    let data = fixture.directory.path().join("data");
    let mut tried = vec![
        data.join("server.key").to_string_lossy().into_owned(),
        format!("{}/", data.display()),
        format!("{}/functions/logs/", data.display()),
        "/etc/shadow".into(),
        std::env::var("HOME").unwrap_or_default() + "/",
        "/home/".into(),
        format!("/proc/{}/environ", std::process::id()),
        format!(
            "/proc/{}/root{}",
            std::process::id(),
            data.join("server.key").display()
        ),
        format!("/proc/{}/fd/", std::process::id()),
    ];
    if let Ok(own) = std::env::current_exe() {
        tried.push(own.to_string_lossy().into_owned());
    }
    let got = fixture.value(&function, &json!(tried).to_string()).await;
    // In a root of its own a folder on the way to what is bound there holds just that.
    let telling: Vec<(&String, &Value)> = got
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, value)| value.as_array().is_none_or(|names| names.len() > 1))
        .collect();
    assert!(telling.is_empty(), "{telling:?}");
    assert!(!got.to_string().contains("server.key"), "{got}");
}

async fn writes(fixture: Fixture) {
    let function = fixture.python(
        "scribbler",
        "import os, tempfile
def handler(event, context):
    with tempfile.NamedTemporaryFile('w') as f: f.write('x')
    wrote = []
    for path in event + [os.environ['LAMBDA_TASK_ROOT'] + '/x', os.environ['LAMBDA_RUNTIME_DIR'] + '/x', '/usr/x', '/x', '/proc/sys/kernel/hostname']:
        try:
            with open(path, 'w') as f: f.write('x')
            wrote.append(path)
        except OSError:
            pass
    return wrote",
    );
    let outside = fixture.directory.path().join("outside");
    let wrote = fixture
        .value(&function, &json!([outside]).to_string())
        .await;
    // Below its own /tmp there are the folders on the way to what is bound there.
    let own = fixture.host.confinement().await.unwrap().namespaces;
    let elsewhere = |path: &&Value| {
        !(own
            && path.as_str().unwrap().starts_with("/tmp/")
            && !path.as_str().unwrap().contains("/data/"))
    };
    let wrote: Vec<&Value> = wrote.as_array().unwrap().iter().filter(elsewhere).collect();
    assert!(wrote.is_empty(), "{wrote:?}");
    assert!(!outside.exists());
}

async fn calls(fixture: Fixture) {
    let function = fixture.python(
        "caller",
        "import ctypes, os, socket
def handler(event, context):
    libc = ctypes.CDLL(None, use_errno=True)
    def call(f, *a):
        ctypes.set_errno(0)
        return os.strerror(ctypes.get_errno()) if f(*a) == -1 else 'done'
    def sock(*a):
        try:
            socket.socket(*a).close()
            return 'done'
        except OSError as e:
            return e.strerror
    return {
        'unshare': call(libc.unshare, 0x10000000),
        'mount': call(libc.mount, b'x', b'/tmp', b'tmpfs', 0, None),
        'chroot': call(libc.chroot, b'/tmp'),
        'ptrace': call(libc.ptrace, 16, os.getppid(), 0, 0),
        'kill': call(libc.kill, event['pid'], 0),
        'raw': sock(socket.AF_INET, socket.SOCK_RAW, 1),
        'packet': sock(socket.AF_PACKET, socket.SOCK_RAW, 0),
        'tcp': sock(socket.AF_INET, socket.SOCK_STREAM, 0),
        'udp': sock(socket.AF_INET, socket.SOCK_DGRAM, 0),
    }",
    );
    let event = json!({"pid": std::process::id()}).to_string();
    let got = fixture.value(&function, &event).await;
    for name in ["unshare", "mount", "chroot", "ptrace", "raw", "packet"] {
        assert_eq!(got[name], "Operation not permitted", "{name}: {got}");
    }
    assert_ne!(got["kill"], "done", "{got}");
    assert_eq!((&got["tcp"], &got["udp"]), (&json!("done"), &json!("done")));
}

async fn layers_elsewhere(fixture: Fixture) {
    let mut function = fixture.python(
        "layered",
        "import inlayer, os, tempfile
def handler(event, context): return [inlayer.NAME, tempfile.gettempdir() == os.environ['TMPDIR']]",
    );
    function.layers = Some(fixture.folder("opt", &[("python/inlayer.py", "NAME = 'layer'")]));
    assert_eq!(fixture.value(&function, "{}").await, json!(["layer", true]));
    let confinement = fixture.host.confinement().await.unwrap();
    assert!(!confinement.namespaces && !confinement.full());
}

async fn another(fixture: Fixture) {
    let victim = fixture.python(
        "victim",
        "import os
def handler(event, context): return os.environ['AWS_LAMBDA_RUNTIME_API']",
    );
    let thief = fixture.python(
        "thief",
        "import http.client
def handler(event, context):
    c = http.client.HTTPConnection(event, timeout=10)
    try:
        c.request('GET', '/2018-06-01/runtime/invocation/next')
        return c.getresponse().status
    except (OSError, http.client.HTTPException) as e:
        return type(e).__name__",
    );
    let api = fixture.value(&victim, "{}").await;
    let got = fixture.value(&thief, &api.to_string()).await;
    assert!(
        ["RemoteDisconnected", "ConnectionResetError"].contains(&got.as_str().unwrap_or_default()),
        "{got}"
    );
    assert_eq!(
        fixture.value(&victim, "{}").await,
        api,
        "it is as well as before"
    );
}

async fn ports(fixture: Fixture) {
    if fixture.host.confinement().await.unwrap().landlock_abi < 4 {
        return;
    }
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let function = fixture.python(
        "connects",
        "import socket
def handler(event, context):
    try:
        socket.create_connection(('127.0.0.1', event), 5)
        return 'connected'
    except OSError as e:
        return e.strerror",
    );
    assert_eq!(
        fixture.value(&function, &port.to_string()).await,
        "Permission denied"
    );
    assert_eq!(fixture.value(&function, "9").await, "Connection refused");
}

async fn protected(fixture: Fixture) {
    let function = fixture.function(
        "f",
        "provided.al2023",
        "x",
        Code::Folder(fixture.folder("f", &[("bootstrap", "#!/bin/sh\n")])),
    );
    let refused = fixture.try_call(&function, "{}").await.unwrap_err();
    assert!(
        matches!(&refused, Failure::NotConfined(why) if why.contains("functions would read /usr")),
        "{refused}"
    );
}
