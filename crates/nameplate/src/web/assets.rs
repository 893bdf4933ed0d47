//! The one stylesheet and the one script: compiled in, named by their digest, so a browser keeps them until they change.

use super::{Body, Response};
use bytes::Bytes;
use std::sync::LazyLock;

struct Asset {
    kind: &'static str,
    bytes: &'static [u8],
    path: String,
}

impl Asset {
    fn new(name: &str, extension: &str, kind: &'static str, bytes: &'static [u8]) -> Self {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
        let digest = hex::encode(&digest.as_ref()[..8]);
        Self {
            kind,
            bytes,
            path: format!("{}/assets/{name}-{digest}.{extension}", super::PREFIX),
        }
    }
}

static ASSETS: LazyLock<[Asset; 3]> = LazyLock::new(|| {
    [
        Asset::new(
            "console",
            "css",
            "text/css; charset=utf-8",
            include_bytes!("assets/console.css"),
        ),
        Asset::new(
            "console",
            "js",
            "text/javascript; charset=utf-8",
            include_bytes!("assets/console.js"),
        ),
        Asset::new(
            "icon",
            "svg",
            "image/svg+xml",
            include_bytes!("assets/icon.svg"),
        ),
    ]
});

/// Path of the stylesheet.
pub fn style() -> &'static str {
    &ASSETS[0].path
}

/// Path of the script.
pub fn script() -> &'static str {
    &ASSETS[1].path
}

/// Path of the icon.
pub fn icon() -> &'static str {
    &ASSETS[2].path
}

/// The answer to a request for one of them.
pub fn answer(path: &str) -> Option<Response> {
    let asset = ASSETS.iter().find(|asset| asset.path == path)?;
    Some(Response {
        status: 200,
        headers: vec![
            ("content-type", asset.kind.into()),
            (
                "cache-control",
                "public, max-age=31536000, immutable".into(),
            ),
            ("x-content-type-options", "nosniff".into()),
            ("content-security-policy", "default-src 'none'".into()),
        ],
        body: Body::Whole(Bytes::from_static(asset.bytes)),
    })
}
