//! What S3 refuses, in domain words.

use crate::app::{Error, Kind};

/// Why a bucket or object is not as the caller would have it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such bucket.
    #[error("The specified bucket does not exist")]
    NoBucket {
        /// Its name.
        bucket: String,
    },
    /// There is no such object.
    #[error("The specified key does not exist.")]
    NoObject {
        /// Its name in the bucket.
        key: String,
    },
    /// There is no such upload, or it is over.
    #[error(
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."
    )]
    NoUpload {
        /// Its id as sent.
        upload: String,
    },
    /// The bucket exists, and the caller's account owns it.
    #[error("Your previous request to create the named bucket succeeded and you already own it.")]
    BucketOwned {
        /// Its name.
        bucket: String,
    },
    /// A bucket that holds objects cannot be deleted.
    #[error("The bucket you tried to delete is not empty")]
    BucketNotEmpty {
        /// Its name.
        bucket: String,
    },
    /// Not a name of a bucket.
    #[error("The specified bucket is not valid.")]
    BucketName {
        /// The name as sent.
        bucket: String,
    },
    /// An object's name is longer than 1024 bytes.
    #[error("Your key is too long")]
    KeyTooLong {
        /// Its length, bytes.
        bytes: usize,
    },
    /// Not a tag.
    #[error("{text}")]
    Tag {
        /// Why.
        text: &'static str,
        /// Its name.
        key: Box<str>,
        /// Its value, where that is wrong.
        value: Option<Box<str>>,
    },
    /// More tags than a bucket or an object has.
    #[error("{text}")]
    TooManyTags {
        /// How many are taken.
        text: &'static str,
    },
    /// User metadata is larger than 2 KB.
    #[error("Your metadata headers exceed the maximum allowed metadata size")]
    MetadataTooLarge {
        /// Its size, bytes.
        bytes: usize,
    },
    /// A body is larger than the operation takes.
    #[error("Your proposed upload exceeds the maximum allowed size")]
    TooLarge {
        /// What was proposed, bytes.
        bytes: u64,
        /// What is taken, bytes.
        most: u64,
    },
    /// A part that is not the last is smaller than 5 MiB.
    #[error("Your proposed upload is smaller than the minimum allowed size")]
    PartTooSmall {
        /// Its number.
        part: i64,
        /// Its size, bytes.
        bytes: u64,
        /// Its entity tag.
        etag: String,
    },
    /// A part was not uploaded, or with another entity tag or checksum.
    #[error(
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag."
    )]
    NoPart {
        /// Its number.
        part: i64,
        /// The entity tag as sent.
        etag: String,
        /// The upload.
        upload: String,
    },
    /// Parts are not listed in ascending order.
    #[error(
        "The list of parts was not in ascending order. The parts list must be specified in order by part number."
    )]
    PartOrder {
        /// The upload.
        upload: String,
    },
    /// A condition of the request does not hold.
    #[error("At least one of the pre-conditions you specified did not hold")]
    Precondition {
        /// The header that states it.
        condition: &'static str,
    },
    /// A condition of the request holds, but for an object that came after what the request is about began.
    #[error(
        "The conditional request cannot succeed due to a conflicting operation against this resource."
    )]
    Conflict {
        /// The header that states it.
        condition: &'static str,
        /// The object's name in the bucket.
        key: String,
    },
    /// The object is as the caller knows it.
    #[error("Not Modified")]
    NotModified {
        /// Its entity tag.
        etag: String,
    },
    /// The object is not as large as the one who uploaded it says.
    #[error("The provided object size {stated} does not match the size of the parts, {bytes}")]
    Size {
        /// As sent, bytes.
        stated: u64,
        /// As it is, bytes.
        bytes: u64,
    },
    /// No byte of the object is in the range.
    #[error("The requested range is not satisfiable")]
    Range {
        /// The range as sent.
        range: String,
        /// The object's size, bytes.
        bytes: u64,
    },
    /// The policy of a bucket is none; why.
    #[error("{0}")]
    Policy(String),
    /// The body is not the one whose checksum was sent.
    #[error("{}", digest_text(header))]
    Digest {
        /// The header that carries it.
        header: &'static str,
        /// As sent.
        expected: String,
        /// As computed.
        computed: String,
    },
}

fn digest_text(header: &str) -> String {
    match header.strip_prefix("x-amz-checksum-") {
        // As the service names them: CRC32, SHA256.
        Some(algorithm) => format!(
            "The {} you specified did not match the calculated checksum.",
            algorithm.to_ascii_uppercase()
        ),
        None if header == "content-md5" => {
            "The Content-MD5 you specified did not match what we received.".to_owned()
        }
        None => format!("The {header} you specified did not match the calculated checksum."),
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        Error::new(Kind::Object(refusal), message)
    }
}
