//! Node, under AWS's runtime client without its compiled part.

use crate::fixture::{AUTHORITY, Fixture, said, test, test_with};
use libtest_mimic::Trial;
use serde_json::json;

pub fn tests() -> Vec<Trial> {
    vec![
        test("node::handlers_end_in_every_way", endings),
        test("node::modules_of_both_kinds", modules),
        test_with(
            "node::modules_of_both_kinds_without_namespaces",
            |settings| settings.namespaces = false,
            modules,
        ),
        test("node::errors_are_awss", errors),
        test("node::sdks_reach_the_endpoint", sdks),
        test("node::amazons_root_is_ours", amazons_root_is_ours),
        test("node::streamed_answers_are_whole", streamed),
    ]
}

async fn endings(fixture: Fixture) {
    let function = fixture.node(
        "endings",
        "index.js",
        "exports.handler = (event, context, callback) => {
  console.log('seen', event.how);
  switch (event.how) {
    case 'callback': return void callback(null, { id: context.awsRequestId.length });
    case 'error': return void callback(new TypeError('called back'));
    case 'text': return void callback('only text');
    case 'promise': return Promise.resolve([1, 'ü']);
    case 'reject': return Promise.reject(new RangeError('rejected'));
    case 'throw': throw 'thrown text';
    case 'done': return void context.done(null, 'done');
    case 'undefined': return void callback();
  }
};",
    );
    let event = |how: &str| json!({"how": how}).to_string();
    assert_eq!(
        fixture.value(&function, &event("callback")).await,
        json!({"id": 36})
    );
    assert_eq!(
        fixture.value(&function, &event("promise")).await,
        json!([1, "ü"])
    );
    assert_eq!(fixture.value(&function, &event("done")).await, "done");
    assert_eq!(
        fixture.value(&function, &event("undefined")).await,
        json!(null)
    );
    for (how, kind, message) in [
        ("error", "TypeError", "called back"),
        ("text", "string", "only text"),
        ("reject", "RangeError", "rejected"),
        ("throw", "string", "thrown text"),
    ] {
        let (error, answer) = fixture.error(&function, &event(how)).await;
        assert_eq!(
            (&error["errorType"], &error["errorMessage"]),
            (&json!(kind), &json!(message)),
            "{how}"
        );
        assert!(
            said(&answer).contains(&format!("INFO\tseen {how}")),
            "{}",
            said(&answer)
        );
    }
}

async fn modules(fixture: Fixture) {
    let sdk = "import { IoTClient } from '@aws-sdk/client-iot';
import AWS from 'aws-sdk';
import own from 'own';
import { name } from 'layered';
export const handler = async () => [typeof IoTClient, typeof AWS.Iot, own, name];";
    let mut function = fixture.node("esm", "index.mjs", sdk);
    fixture.folder(
        "esm",
        &[("node_modules/own/index.js", "module.exports = 'own';")],
    );
    function.layers = Some(fixture.folder(
        "opt",
        &[
            (
                "nodejs/node_modules/layered/package.json",
                r#"{"type": "module", "main": "i.js"}"#,
            ),
            (
                "nodejs/node_modules/layered/i.js",
                "export const name = 'layered';",
            ),
        ],
    ));
    assert_eq!(
        fixture.value(&function, "{}").await,
        json!(["function", "function", "own", "layered"])
    );
    let mut cjs = fixture.node(
        "cjs",
        "src/index.js",
        "const { IoTClient } = require('@aws-sdk/client-iot');
exports.handler = async () => [typeof IoTClient, require('./data.json')];",
    );
    fixture.folder("cjs", &[("src/data.json", "{\"beside\": true}")]);
    cjs.handler = "src/index.handler".into();
    assert_eq!(
        fixture.value(&cjs, "{}").await,
        json!(["function", {"beside": true}])
    );
}

async fn errors(fixture: Fixture) {
    for (name, code, kind) in [
        (
            "missing",
            "require('nosuchmodule')",
            "Runtime.ImportModuleError",
        ),
        (
            "syntax",
            "exports.handler = (",
            "Runtime.UserCodeSyntaxError",
        ),
        ("nothing", "exports.other = 1", "Runtime.HandlerNotFound"),
        ("throws", "throw new Error('at once')", "Error"),
    ] {
        let function = fixture.node(name, "index.js", code);
        let (error, answer) = fixture.error(&function, "{}").await;
        assert_eq!(error["errorType"], kind, "{}", said(&answer));
    }
    let exits = fixture.node(
        "exits",
        "index.js",
        "exports.handler = async () => process.exit(5)",
    );
    // As AWS's runtime client ends after an exception that nobody caught.
    let uncaught = fixture.node(
        "uncaught",
        "index.js",
        "exports.handler = (event, context, callback) => { setTimeout(() => { throw new Error('late'); }, 1); };",
    );
    let (error, _) = fixture.error(&uncaught, "{}").await;
    let message = error["errorMessage"].as_str().unwrap();
    assert!(
        message.ends_with("exited with error: exit status 129"),
        "{message}"
    );
    let (error, _) = fixture.error(&exits, "{}").await;
    assert!(
        error["errorMessage"]
            .as_str()
            .unwrap()
            .ends_with("exit status 5"),
        "{error}"
    );
}

async fn sdks(fixture: Fixture) {
    // Nobody listens there, so the error names where it went.
    let function = fixture.node(
        "sdks",
        "index.js",
        "const AWS = require('aws-sdk');
const Iot = require('aws-sdk/clients/iot');
const { IoTClient, ListThingsCommand } = require('@aws-sdk/client-iot');
AWS.config.update({ region: 'eu-west-1', maxRetries: 0 });
const where = (promise) => promise.then(() => 'answered', (e) => String(e.message || e.code) + ' ' + [].concat(e.errors || []).join());
exports.handler = async () => Promise.all([
  where(new AWS.Iot().listThings().promise()),
  where(new Iot({ maxRetries: 0 }).listThings().promise()),
  where(new AWS.IotData({ endpoint: 'abc-ats.iot.us-east-1.amazonaws.com', maxRetries: 0 }).publish({ topic: 'a' }).promise()),
  where(new IoTClient({ maxAttempts: 1 }).send(new ListThingsCommand({}))),
]);",
    );
    let went = fixture.value(&function, "{}").await;
    for at in 0..4 {
        let went = went[at].as_str().unwrap();
        let there = ["127.0.0.1:9", "`127.0.0.1' at port `9'"];
        // Whose address the function wrote down itself keeps its name.
        let there = there.iter().any(|there| went.contains(there))
            || at == 2 && went.contains("abc-ats.iot.us-east-1.amazonaws.com' at port `9'");
        assert!(there, "{went}");
    }
}

async fn amazons_root_is_ours(fixture: Fixture) {
    let function = fixture.node(
        "root",
        "index.js",
        "const https = require('https');
const URL = 'https://www.amazontrust.com/repository/AmazonRootCA1.pem';
const got = new Promise((resolve, reject) => https.get(URL, (r) => {
  let text = '';
  r.on('data', (d) => (text += d)).on('end', () => resolve(text));
}).on('error', reject));
exports.handler = async () => [await got, await (await fetch(URL)).text()];",
    );
    assert_eq!(
        fixture.value(&function, "{}").await,
        json!([AUTHORITY, AUTHORITY])
    );
}

async fn streamed(fixture: Fixture) {
    let function = fixture.node(
        "streams",
        "index.mjs",
        "export const handler = awslambda.streamifyResponse(async (event, stream) => {
  for (const part of ['[1', ',2', ']']) stream.write(part);
  stream.end();
});",
    );
    assert_eq!(fixture.value(&function, "{}").await, json!([1, 2]));
}
