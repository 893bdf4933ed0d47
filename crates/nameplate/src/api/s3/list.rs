//! Lists of objects.

use super::{Call, Failure, Fault, Reply, argument, text};
use crate::app::objects::{Item, Listing, ObjectInfo, Selection};
use nameplate_aws::respond::Node;
use nameplate_aws::token::TokenSeal;
use nameplate_aws::uri;

type Members = Vec<(String, Node)>;

impl Call<'_> {
    /// Makes and reads the tokens of this list.
    pub(super) fn seal(&self) -> TokenSeal {
        TokenSeal::new(self.app.token_key(), self.operation.name, &self.input)
    }

    /// The position that a token holds.
    pub(super) fn position(&self, seal: &TokenSeal, name: &str) -> Result<Option<String>, Failure> {
        let Some(token) = self.input.text(name) else {
            return Ok(None);
        };
        let position = seal
            .decode(token)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        match position {
            Some(position) => Ok(Some(position)),
            None => Err(Fault::Argument {
                name: "continuation-token",
                value: token.to_owned(),
                message: "The continuation token provided is incorrect".to_owned(),
            }
            .into()),
        }
    }

    /// How keys are written in lists: as they are, or encoded where the caller asks for it, since XML cannot hold every
    /// key.
    pub(super) fn writer(&self) -> Result<fn(&str) -> String, Failure> {
        match self.input.text("EncodingType") {
            None => Ok(str::to_owned),
            Some("url") => Ok(|key| uri::encode_path(key.as_bytes())),
            Some(other) => Err(argument("encoding-type", other, "must be url")),
        }
    }

    /// The account, as S3 names one: 64 hex digits.
    pub(super) fn owner_id(&self) -> String {
        let account = self.app.realm().account.as_bytes();
        hex::encode(aws_lc_rs::digest::digest(
            &aws_lc_rs::digest::SHA256,
            account,
        ))
    }

    /// The owner of everything.
    pub(super) fn owner(&self) -> Node {
        Node::structure([text("ID", self.owner_id())])
    }

    fn selection(&self, after: String) -> Result<Selection, Failure> {
        let input = |name: &str| self.input.text(name).unwrap_or_default().to_owned();
        Ok(Selection {
            prefix: input("Prefix"),
            delimiter: input("Delimiter"),
            after,
            limit: self.limit("MaxKeys", "maxKeys")?,
        })
    }
}

pub(super) async fn v2(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let write = call.writer()?;
    let seal = call.seal();
    let start = call.input.text("StartAfter").unwrap_or_default().to_owned();
    let after = call.position(&seal, "ContinuationToken")?;
    let selection = call.selection(after.unwrap_or_else(|| start.clone()))?;
    let listing = call
        .app
        .objects
        .list_objects(call.bucket(), &selection)
        .await?;
    let mut members = head(call, &selection, &listing, write);
    members.push(text("KeyCount", listing.items.len()));
    match call.input.text("ContinuationToken") {
        Some(token) => members.push(text("ContinuationToken", token)),
        // A token stands in the place of where the list began.
        None if !start.is_empty() => members.push(text("StartAfter", write(&start))),
        None => {}
    }
    if let (true, Some(last)) = (listing.more, listing.items.last()) {
        let token = seal.encode(last.position().as_bytes());
        members.push(text("NextContinuationToken", token));
    }
    let owner = (call.input.flag("FetchOwner") == Some(true)).then(|| call.owner());
    items(listing, &mut members, write, |key, info| {
        ("Contents".to_owned(), contents(key, info, owner.clone()))
    });
    Ok(Reply::document(
        "ListBucketResult",
        &Node::Structure(members),
    ))
}

pub(super) async fn v1(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let write = call.writer()?;
    let marker = call.input.text("Marker").unwrap_or_default().to_owned();
    let selection = call.selection(marker.clone())?;
    let listing = call
        .app
        .objects
        .list_objects(call.bucket(), &selection)
        .await?;
    let mut members = head(call, &selection, &listing, write);
    members.push(text("Marker", write(&marker)));
    if let (true, Some(last)) = (listing.more, listing.items.last())
        && !selection.delimiter.is_empty()
    {
        // Without a delimiter the last key is the marker. [S3: ListObjects, NextMarker]
        members.push(text("NextMarker", write(last.position())));
    }
    let owner = call.owner();
    items(listing, &mut members, write, |key, info| {
        (
            "Contents".to_owned(),
            contents(key, info, Some(owner.clone())),
        )
    });
    Ok(Reply::document(
        "ListBucketResult",
        &Node::Structure(members),
    ))
}

/// Every object has one version, as in a bucket where versioning was never on.
pub(super) async fn versions(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let write = call.writer()?;
    let marker = call.input.text("KeyMarker").unwrap_or_default().to_owned();
    let version = call.input.text("VersionIdMarker").unwrap_or_default();
    if marker.is_empty() && !version.is_empty() {
        return Err(Fault::Argument {
            name: "version-id-marker",
            value: version.to_owned(),
            message: "A version-id marker cannot be specified without a key marker.".to_owned(),
        }
        .into());
    }
    let selection = call.selection(marker.clone())?;
    let listing = call
        .app
        .objects
        .list_objects(call.bucket(), &selection)
        .await?;
    let mut members = head(call, &selection, &listing, write);
    members.push(text("KeyMarker", write(&marker)));
    members.push(text("VersionIdMarker", version));
    if let (true, Some(last)) = (listing.more, listing.items.last()) {
        members.push(text("NextKeyMarker", write(last.position())));
        members.push(text("NextVersionIdMarker", "null"));
    }
    let owner = call.owner();
    items(listing, &mut members, write, |key, info| {
        let Node::Structure(mut version) = contents(key, info, Some(owner.clone())) else {
            return ("Version".to_owned(), Node::Structure(Vec::new()));
        };
        version.push(text("VersionId", "null"));
        version.push(text("IsLatest", true));
        ("Version".to_owned(), Node::Structure(version))
    });
    Ok(Reply::document(
        "ListVersionsResult",
        &Node::Structure(members),
    ))
}

/// What all three lists begin with.
fn head(
    call: &Call<'_>,
    selection: &Selection,
    listing: &Listing,
    write: fn(&str) -> String,
) -> Members {
    let mut members = vec![
        text("Name", call.bucket()),
        text("Prefix", write(&selection.prefix)),
        text("MaxKeys", selection.limit),
        text("IsTruncated", listing.more),
    ];
    if !selection.delimiter.is_empty() {
        members.push(text("Delimiter", write(&selection.delimiter)));
    }
    if let Some(encoding) = call.input.text("EncodingType") {
        members.push(text("EncodingType", encoding));
    }
    members
}

/// Objects first, then common prefixes.
fn items(
    listing: Listing,
    members: &mut Members,
    write: fn(&str) -> String,
    object: impl Fn(String, &ObjectInfo) -> (String, Node),
) {
    let mut prefixes = Vec::new();
    for item in listing.items {
        match item {
            Item::Object { key, info } => members.push(object(write(&key), &info)),
            Item::CommonPrefix(prefix) => {
                let node = Node::structure([text("Prefix", write(&prefix))]);
                prefixes.push(("CommonPrefixes".to_owned(), node));
            }
        }
    }
    members.extend(prefixes);
}

fn contents(key: String, info: &ObjectInfo, owner: Option<Node>) -> Node {
    let mut members = vec![
        text("Key", key),
        text("LastModified", info.modified),
        text("ETag", format!("\"{}\"", info.etag)),
    ];
    if let Some(checksum) = &info.details.checksum {
        members.push(text("ChecksumAlgorithm", &checksum.algorithm));
        members.push(text(
            "ChecksumType",
            super::headers::checksum_type(checksum),
        ));
    }
    members.push(text("Size", info.size));
    if let Some(owner) = owner {
        members.push(("Owner".to_owned(), owner));
    }
    let class = info.details.storage_class.as_deref().unwrap_or("STANDARD");
    members.push(text("StorageClass", class));
    Node::Structure(members)
}
