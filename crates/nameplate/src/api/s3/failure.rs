//! Why a request is refused before a use case sees it, in words of its own; their names on the wire are in `fault.rs`.

use super::fault;
use crate::api::call::Failure;
use crate::app::objects::Refusal;
use nameplate_aws::post_form::PostRefused;

/// What is wrong with a request before a use case sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::api) enum Fault {
    /// The path is not UTF-8.
    Uri,
    /// The body is not the XML it should be.
    Xml,
    /// The body has another length than stated, or breaks off.
    Incomplete,
    /// Nothing more of the body came.
    Timeout,
    /// The length of the body is not stated.
    Length,
    /// A chunk is not signed as it has to be.
    ChunkSignature,
    /// `Content-MD5` is no MD5.
    ContentMd5,
    /// A checksum header is no value of its algorithm.
    ChecksumValue {
        /// The header.
        header: &'static str,
    },
    /// More than one checksum is stated.
    ManyChecksums,
    /// The checksum announced as a trailer did not come.
    Trailer {
        /// Its name.
        header: &'static str,
    },
    /// A header asks for what is not built.
    Header {
        /// The header.
        header: &'static str,
    },
    /// A header has a value that the operation does not take, or stands beside another.
    HeaderValue {
        /// The header, or the headers.
        header: &'static str,
        /// What is wrong.
        why: String,
    },
    /// A parameter has a value that it may not have.
    Argument {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: String,
        /// What is wrong.
        message: String,
    },
    /// The fields of a form before its file are too much.
    FormTooLong,
    /// A form is refused for its policy, or for who signed it.
    Form(PostRefused),
    /// The file of a form is shorter than its policy says, bytes.
    FormTooShort {
        /// How long it is.
        bytes: u64,
        /// How long it must be.
        least: u64,
    },
    /// There is no such version of an object.
    NoVersion,
    /// The request breaks a rule that is said with its value.
    Refused(String),
    /// A browser's question does not say for which page.
    NoOrigin,
    /// A browser's question is about a method that there is not.
    CorsMethod(String),
    /// No page of another origin may read the bucket.
    CorsOff,
    /// This page may not do this.
    CorsRefused,
    /// A bucket is to be made with an ACL.
    BucketAcl,
    /// An ACL, where the owner of a bucket owns all that is in it.
    Acl,
    /// Not a storage class that is kept.
    StorageClass,
    /// No region that a bucket can be asked into; the first is where a bucket is that names none.
    Location(String),
    /// The request contradicts itself.
    Request(&'static str),
    /// A setting that no bucket here has, or that this one has not; the bucket.
    NotConfigured(Setting, String),
}

/// Settings of buckets and objects that are asked for by their own error when they are not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::api) enum Setting {
    Cors,
    Encryption,
    Lifecycle,
    ObjectLock,
    OwnershipControls,
    Policy,
    PublicAccessBlock,
    Replication,
    Tags,
    Website,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::App(refusal.into())
    }
}

impl From<PostRefused> for Fault {
    fn from(refused: PostRefused) -> Self {
        Self::Form(refused)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        fault::request(&fault).into()
    }
}
