//! The cookie of somebody who is logged in: a random number. What it stands for is the use cases' to know, and the access
//! key is looked up anew for each request, so one that is taken away ends its log-ins.

use crate::api::Request;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// 256 random bits as text.
pub fn random() -> Option<String> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

/// The name of the log-in's cookie. Cookies do not know ports, and two servers on one machine shall not log each other's
/// visitors out.
pub fn cookie_name(request: &Request<'_>) -> String {
    let host = request.headers.text("host").unwrap_or_default();
    let port = host.rsplit_once(':').map_or("", |(_, port)| port);
    match !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) {
        true => format!("nameplate-{port}"),
        false => "nameplate".to_owned(),
    }
}

/// The value of a cookie of this name.
pub fn cookie(request: &Request<'_>, name: &str) -> Option<String> {
    request.headers.all("cookie").find_map(|field| {
        let text = std::str::from_utf8(field).ok()?;
        text.split(';').find_map(|pair| {
            let (found, value) = pair.trim().split_once('=')?;
            (found == name).then(|| value.to_owned())
        })
    })
}
