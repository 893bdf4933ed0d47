//! The console as a browser sees it, without one: log-ins, forms of other sites, scripts in every name, two editors.

use super::{Body, Console, Response};
use crate::api::Request;
use crate::app::admission::Peer;
use crate::testing::{Ca, NOW, TestApp};
use nameplate_aws::headers::Headers;
use nameplate_store::iam::AccessKey;
use serde_json::{Value, json};
use std::sync::Arc;

/// What somebody might put wherever a text goes.
const EVIL: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>";

struct Browser {
    test: TestApp,
    console: Arc<Console>,
    cookie: String,
}

struct Seen {
    status: u16,
    location: String,
    html: String,
    fields: Vec<(String, String)>,
}

impl Seen {
    fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(found, _)| found == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// The token of the page's forms.
    fn token(&self) -> &str {
        let (_, rest) = self
            .html
            .split_once("name=\"token\" value=\"")
            .expect("a form");
        rest.split('"').next().unwrap_or_default()
    }

    #[track_caller]
    fn has(&self, words: &[&str]) {
        for word in words {
            assert!(
                self.html.contains(word),
                "{word:?} is not in\n{}",
                self.html
            );
        }
    }
}

impl Browser {
    async fn new() -> Self {
        let test = TestApp::new().await;
        Self {
            console: Arc::new(Console::new(Arc::clone(&test.app))),
            test,
            cookie: String::new(),
        }
    }

    async fn root() -> Self {
        let mut browser = Self::new().await;
        let key = browser.test.app.iam.root_access_key().clone();
        browser.log_in(&key).await;
        browser
    }

    async fn log_in(&mut self, key: &AccessKey) {
        let seen = self.login(&key.id, &key.secret).await;
        assert_eq!(seen.status, 303, "{}", seen.html);
        let cookie = seen.field("set-cookie");
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
            "{cookie}"
        );
        self.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    }

    async fn login(&self, id: &str, secret: &str) -> Seen {
        let form = [
            ("access_key", id),
            ("secret", secret),
            ("back", "/console/things"),
        ];
        self.post("/console/login", &form, &[]).await
    }

    async fn get(&self, target: &str) -> Seen {
        self.send("GET", target, "", &[]).await
    }

    async fn post(&self, target: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Seen {
        let pairs = form.iter().map(|(name, value)| {
            format!("{name}={}", nameplate_aws::uri::encode(value.as_bytes()))
        });
        let body = pairs.collect::<Vec<_>>().join("&");
        self.send("POST", target, &body, headers).await
    }

    async fn send(&self, method: &str, target: &str, body: &str, more: &[(&str, &str)]) -> Seen {
        let mut headers = vec![
            ("host", "localhost:4566"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("cookie", self.cookie.as_str()),
        ];
        headers.extend(more);
        let request = Request {
            method,
            target,
            headers: headers.into_iter().collect::<Headers<'_>>(),
            body: body.as_bytes(),
            source_ip: std::net::Ipv4Addr::LOCALHOST.into(),
            secure: false,
        };
        assert!(Console::is_asked(method, target));
        let Response {
            status,
            headers,
            body,
        } = self.console.answer(&request).await;
        let fields: Vec<(String, String)> = headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into_owned()))
            .collect();
        let html = match body {
            Body::Whole(bytes) => String::from_utf8(bytes.to_vec()).expect("UTF-8"),
            Body::Live(_) => String::new(),
        };
        let location = fields.iter().find(|(name, _)| name == "location");
        let location = location.map_or(String::new(), |(_, place)| place.clone());
        Seen {
            status,
            location,
            html,
            fields,
        }
    }
}

#[tokio::test]
async fn nobody_sees_a_page_without_a_log_in() {
    let mut browser = Browser::new().await;
    let seen = browser.get("/").await;
    assert_eq!((seen.status, seen.location.as_str()), (303, "/console"));
    for page in [
        "/console",
        "/console/things/a%2Fb?x=1",
        "/console/simulate",
        "/console/nothing",
    ] {
        let seen = browser.get(page).await;
        let back = super::view::address(&["login"], &[("back", page)]);
        assert_eq!((seen.status, seen.location), (303, back), "{page}");
    }
    let seen = browser.get("/console/login?back=%2Fconsole%2Fthings").await;
    assert_eq!(seen.status, 200);
    let policy = seen.field("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");

    let root = browser.test.app.iam.root_access_key().clone();
    let seen = browser.login(&root.id, &root.secret).await;
    assert_eq!(seen.location, "/console/things");
    browser.cookie = "nameplate-4566=guessed".into();
    assert_eq!(browser.get("/console/things").await.status, 303);
    browser.log_in(&root).await;
    browser
        .get("/console/things")
        .await
        .has(&["<h1>Things</h1>", "aria-current=\"page\""]);
    assert_eq!(browser.get("/console/nothing").await.status, 404);
    assert_eq!(
        browser
            .send("DELETE", "/console/things", "", &[])
            .await
            .status,
        405
    );
}

#[tokio::test]
async fn guessing_is_slowed_and_places_elsewhere_are_not_gone_to() {
    let browser = Browser::new().await;
    let root = browser.test.app.iam.root_access_key().clone();
    for place in [
        "https://example.com/",
        "//example.com",
        "/console/\\example.com",
        "/consoles",
        "/",
    ] {
        let form = [
            ("access_key", root.id.as_str()),
            ("secret", root.secret.as_str()),
            ("back", place),
        ];
        let seen = browser.post("/console/login", &form, &[]).await;
        assert_eq!(seen.location, "/console", "{place}");
    }
    for _ in 0..10 {
        assert_eq!(browser.login(&root.id, "wrong").await.status, 403);
    }
    assert_eq!(browser.login(&root.id, &root.secret).await.status, 429);
}

#[tokio::test]
async fn a_form_of_another_site_does_nothing() {
    let browser = Browser::root().await;
    let seen = browser.get("/console/policies").await;
    let token = seen.token().to_owned();
    let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}]}"#;
    let form = |token: &'static str| [("token", token), ("name", "p"), ("document", document)];
    let leaked: &'static str = Box::leak(token.into_boxed_str());
    let refused: [(&'static str, &[(&str, &str)]); 5] = [
        ("", &[]),
        ("guessed", &[]),
        (leaked, &[("origin", "https://example.com")]),
        (leaked, &[("origin", "null")]),
        (leaked, &[("sec-fetch-site", "same-site")]),
    ];
    for (token, headers) in refused {
        let seen = browser
            .post("/console/policies", &form(token), headers)
            .await;
        assert_eq!(seen.status, 403, "{token:?} {headers:?}");
    }
    let root = browser.test.app.iam.root_access_key();
    let login = [
        ("access_key", root.id.as_str()),
        ("secret", root.secret.as_str()),
    ];
    let seen = browser
        .post(
            "/console/login",
            &login,
            &[("origin", "https://example.com")],
        )
        .await;
    assert_eq!(seen.status, 403);
    assert_eq!(
        browser.test.iot("GET /policies", Value::Null).await.ok()["policies"],
        json!([])
    );

    let headers = [
        ("origin", "http://localhost:4566"),
        ("sec-fetch-site", "same-origin"),
    ];
    let seen = browser
        .post("/console/policies", &form(leaked), &headers)
        .await;
    assert_eq!(
        (seen.status, seen.location.as_str()),
        (303, "/console/policies/p?said=created")
    );
}

#[tokio::test]
async fn who_may_not_is_told_what_iam_says() {
    let mut browser = Browser::new().await;
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["iot:ListThings", "nameplate:*"], "Resource": "*"}]});
    let key = browser.test.user_with(&policy).await;
    browser.log_in(&key).await;
    assert_eq!(browser.get("/console/things").await.status, 200);
    assert_eq!(browser.get("/console/connections").await.status, 200);
    let seen = browser.get("/console/policies").await;
    assert_eq!(seen.status, 403);
    seen.has(&["is not authorized to perform: iot:ListPolicies"]);
    let things = browser.get("/console/things").await;
    let form = [("token", things.token()), ("name", "p"), ("document", "{}")];
    assert_eq!(
        browser.post("/console/policies", &form, &[]).await.status,
        403
    );

    // A key that is taken away takes its log-ins with it.
    let form = format!(
        "Version=2010-05-08&Action=UpdateAccessKey&UserName=user&Status=Inactive&AccessKeyId={}",
        key.id
    );
    browser
        .test
        .call("iam", "POST /", &[], Value::String(form))
        .await
        .ok();
    assert_eq!(browser.get("/console/things").await.status, 303);
}

#[tokio::test]
async fn a_log_in_ends() {
    let browser = Browser::root().await;
    let token = browser.get("/console/things").await.token().to_owned();
    let seen = browser
        .post("/console/logout", &[("token", &token)], &[])
        .await;
    assert_eq!(seen.location, "/console/login");
    assert!(
        seen.field("set-cookie").contains("Max-Age=0"),
        "{}",
        seen.field("set-cookie")
    );
    assert_eq!(browser.get("/console/things").await.status, 303);
}

#[tokio::test]
async fn languages_are_chosen_and_remembered() {
    let mut browser = Browser::root().await;
    let chinese = [("accept-language", "zh-CN,zh;q=0.9")];
    let seen = browser.send("GET", "/console/things", "", &chinese).await;
    seen.has(&["<html lang=\"zh\">", "事物"]);
    let seen = browser
        .get("/console/language?to=zh&back=%2Fconsole%2Fthings")
        .await;
    assert_eq!(seen.location, "/console/things");
    browser.cookie.push_str("; ");
    browser.cookie.push_str(
        seen.field("set-cookie")
            .split(';')
            .next()
            .unwrap_or_default(),
    );
    browser.get("/console/cas/new").await.has(&["注册 CA"]);
    // What the documents say of a reason in Chinese stands before what the record says.
    device_comes(&browser.test, &Ca::new("Factory"), "lamp-1").await;
    let seen = browser.get("/console/connections?show=all").await;
    let (_, link) = seen
        .html
        .split_once("href=\"/console/connections/")
        .expect("a record");
    let number: String = link.chars().take_while(char::is_ascii_digit).collect();
    let seen = browser.get(&format!("/console/connections/{number}")).await;
    seen.has(&["没有已注册的 CA", "aws iot register-ca-certificate"]);
}

/// Names, attributes and reasons as long as they may be make no page that is heavy.
#[tokio::test]
async fn no_entry_of_a_list_is_the_page() {
    let browser = Browser::root().await;
    let kind = json!({});
    browser.test.iot("POST /thing-types/full", kind).await.ok();
    let long = "a".repeat(800);
    for number in 0..50 {
        let attributes: serde_json::Map<String, Value> = (0..10)
            .map(|at| (format!("attribute-{at}"), long.as_str().into()))
            .collect();
        let body = json!({"thingTypeName": "full", "attributePayload": {"attributes": attributes}});
        let line = format!("POST /things/thing-{number}");
        browser.test.iot(&line, body).await.ok();
    }
    let seen = browser.get("/console/things").await;
    seen.has(&["thing-49", "attribute-5", "…"]);
    assert!(seen.html.len() < 150 * 1024, "{} bytes", seen.html.len());
}

/// Lets a device come that is refused, or not.
async fn device_comes(test: &TestApp, ca: &Ca, common_name: &str) {
    let der = ca.sign_der(common_name);
    let address = (std::net::Ipv4Addr::LOCALHOST, 50_000).into();
    let mut attempt = crate::app::admission::attempt::Attempt::new("mqtt", address, NOW);
    attempt.client_id = Some(EVIL.to_owned());
    let peer = Peer {
        address,
        chain: vec![der, ca.der().to_vec()],
        server_name: nameplate_core::admission::ServerName {
            sent: Some("localhost".into()),
            ours: true,
        },
        dialled: crate::app::admission::Dialled::default(),
    };
    match test.app.admission.admit(peer, &mut attempt).await {
        crate::app::admission::Admit::Refuse(refused) => {
            test.app.admission.record_refused(attempt, &refused).await;
        }
        _ => test.app.admission.record_connected(attempt).await,
    }
}

#[tokio::test]
async fn scripts_in_every_name_stay_text() {
    let browser = Browser::root().await;
    let ca = Ca::new("Factory");
    device_comes(&browser.test, &ca, EVIL).await;
    let thing = json!({"attributePayload": {"attributes": {"note": "a"}}});
    browser.test.iot("POST /things/lamp", thing).await.ok();
    let seen = browser.get("/console/connections").await;
    seen.has(&["ca-unknown", "data-live="]);
    let list = browser
        .test
        .call("nameplate", "GET /nameplate/attempts", &[], Value::Null)
        .await
        .ok();
    let number = list["attempts"][0]["sequence"].to_string();
    let pages = [
        "/console/connections".to_owned(),
        format!("/console/connections/{number}"),
        format!(
            "/console/connections?of={}&show={}",
            nameplate_aws::uri::encode(EVIL.as_bytes()),
            nameplate_aws::uri::encode(EVIL.as_bytes())
        ),
        format!(
            "/console/things?name={}",
            nameplate_aws::uri::encode(EVIL.as_bytes())
        ),
        format!(
            "/console/things/{}",
            nameplate_aws::uri::encode(EVIL.as_bytes())
        ),
        format!(
            "/console/login?access_key={0}&back={0}&said={0}",
            nameplate_aws::uri::encode(EVIL.as_bytes())
        ),
        format!(
            "/console/{}?said={0}",
            nameplate_aws::uri::encode(EVIL.as_bytes())
        ),
    ];
    for page in pages {
        let seen = browser.get(&page).await;
        assert!(
            !seen.html.contains("<script>") && !seen.html.contains("<img src=x"),
            "{page}\n{}",
            seen.html
        );
        assert!(
            seen.html.len() < 150 * 1024,
            "{page}: {} bytes",
            seen.html.len()
        );
    }
    let token = seen.token().to_owned();
    let form = [
        ("token", token.as_str()),
        ("body", EVIL),
        ("pasted", EVIL),
        ("name", EVIL),
        ("role", EVIL),
        ("do", "simulate"),
    ];
    for page in [
        "/console/templates/new",
        "/console/cas/new",
        "/console/simulate",
    ] {
        let seen = browser.post(page, &form, &[]).await;
        assert!(
            !seen.html.contains("<script>") && !seen.html.contains("<img src=x"),
            "{page}\n{}",
            seen.html
        );
    }
}

#[tokio::test]
async fn a_refused_device_is_explained_and_its_template_mended() {
    let browser = Browser::root().await;
    let token = browser.get("/console/cas/new").await.token().to_owned();
    let ca = Ca::new("Factory");
    device_comes(&browser.test, &ca, "lamp-1").await;

    // A template that wants what the certificate does not have, tried before it is saved.
    let wanting = super::pages::editor::STARTER
        .replace("::CommonName", "::SerialNumber")
        .replace(
            "\"AWS::IoT::Certificate::SerialNumber\": {\"Type\": \"String\"}",
            "\"AWS::IoT::Certificate::Country\": {\"Type\": \"String\"}",
        );
    let wanting = wanting.replace("Certificate::SerialNumber", "Certificate::Country");
    let pem = ca.pem();
    let mut form = vec![
        ("token", token.as_str()),
        ("ca", pem.as_str()),
        ("mode", "SNI_ONLY"),
        ("body", wanting.as_str()),
        ("make_role", "true"),
        ("recorded", "true"),
    ];
    let seen = browser.post("/console/simulate", &form, &[]).await;
    seen.has(&["ca-unknown"]);
    form.push(("do", "save"));
    let seen = browser.post("/console/cas/new", &form, &[]).await;
    assert_eq!(seen.status, 303, "{}", seen.html);
    let id = seen
        .location
        .trim_start_matches("/console/cas/")
        .replace("?said=registered", "");
    browser.get(&seen.location).await.has(&[
        "ENABLE",
        "NameplateProvisioning",
        "Edit its template",
    ]);

    // The editor tries the mended one on the device that came.
    let editor = format!("/console/cas/{id}/template");
    let seen = browser.get(&editor).await;
    let seen_before = seen
        .html
        .split("name=\"seen\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let seen_before = seen_before.expect("what was seen").to_owned();
    let mended = super::pages::editor::STARTER;
    let save = |body: &'static str, seen: String| {
        let token = token.clone();
        let (browser, editor) = (&browser, &editor);
        async move {
            let form = [
                ("token", token.as_str()),
                ("body", body),
                ("seen", seen.as_str()),
                ("role", ""),
                ("do", "save"),
            ];
            browser.post(editor, &form, &[]).await
        }
    };
    let trial = [
        ("token", token.as_str()),
        ("body", mended),
        ("current", wanting.as_str()),
        ("recorded", "true"),
    ];
    browser
        .post("/console/simulate", &trial, &[])
        .await
        .has(&["would get in", "lamp-1"]);
    let first = save(mended, seen_before.clone()).await;
    assert_eq!(first.status, 303, "{}", first.html);

    // Somebody who has the old page still open saves over nothing.
    let second = save("{\"mine\": 1}", seen_before).await;
    assert_eq!(second.status, 409);
    second.has(&[
        "Somebody else has saved",
        "{&#34;mine&#34;: 1}",
        "ThingName",
    ]);
    let stands = browser
        .test
        .iot(&format!("GET /cacertificate/{id}"), Value::Null)
        .await
        .ok();
    assert_eq!(stands["registrationConfig"]["templateBody"], mended);
}

#[tokio::test]
async fn templates_and_policies_keep_what_two_people_write() {
    let browser = Browser::root().await;
    let token = browser
        .get("/console/templates/new")
        .await
        .token()
        .to_owned();
    let form = [
        ("token", token.as_str()),
        ("name", "fleet"),
        ("kind", "JITP"),
        ("make_role", "true"),
        ("body", super::pages::editor::STARTER),
        ("do", "save"),
    ];
    let seen = browser.post("/console/templates/new", &form, &[]).await;
    assert_eq!(
        seen.location, "/console/templates/fleet?said=created",
        "{}",
        seen.html
    );
    let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}]}"#;
    let form = [
        ("token", token.as_str()),
        ("name", "p"),
        ("document", document),
    ];
    browser.post("/console/policies", &form, &[]).await;
    for (page, name, mine) in [
        (
            "/console/templates/fleet",
            "body",
            super::pages::editor::STARTER,
        ),
        ("/console/policies/p", "document", document),
    ] {
        let seen = browser.get(page).await;
        let before = seen
            .html
            .split("name=\"seen\" value=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        let before = before.expect("what was seen").to_owned();
        let form = [
            ("token", token.as_str()),
            (name, mine),
            ("seen", before.as_str()),
            ("do", "save"),
        ];
        assert_eq!(browser.post(page, &form, &[]).await.status, 303, "{page}");
        let seen = browser.post(page, &form, &[]).await;
        assert_eq!(seen.status, 409, "{page}");
        seen.has(&["Somebody else has saved"]);
    }
    browser
        .get("/console/policies/p")
        .await
        .has(&["Certificates and groups that an edit would reach: 0"]);
}

#[tokio::test]
async fn certificates_by_expiry_and_their_pages() {
    let browser = Browser::root().await;
    let arn = browser.test.certificate("lamp").await;
    let id = arn.rsplit('/').next().expect("an id");
    browser.test.iot("POST /things/lamp", json!({})).await.ok();
    let attach = [("x-amzn-principal", arn.as_str())];
    browser
        .test
        .iot_with("PUT /things/lamp/principals", &attach, Value::Null)
        .await
        .ok();
    let listed = browser.get("/console/certificates?order=expiry").await;
    listed.has(&[&id[..12], "/console/things/lamp"]);
    let seen = browser.get(&format!("/console/certificates/{id}")).await;
    seen.has(&["No policy is attached", "BEGIN CERTIFICATE", "INACTIVE"]);
    let token = seen.token().to_owned();
    let form = [("token", token.as_str()), ("do", "INACTIVE")];
    let seen = browser
        .post(&format!("/console/certificates/{id}"), &form, &[])
        .await;
    assert_eq!(seen.status, 303);
    let found = browser
        .test
        .iot(&format!("GET /certificates/{id}"), Value::Null)
        .await
        .ok();
    assert_eq!(found["certificateDescription"]["status"], "INACTIVE");
    let seen = browser.get("/console/things/lamp/remove").await;
    seen.has(&["Remove all of it"]);
    let form = [("token", token.as_str())];
    assert_eq!(
        browser
            .post("/console/things/lamp/remove", &form, &[])
            .await
            .status,
        303
    );
    assert_eq!(
        browser
            .test
            .iot("GET /things/lamp", Value::Null)
            .await
            .status,
        404
    );
}
