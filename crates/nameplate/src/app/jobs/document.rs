//! A job's document: where it comes from, and what is put into its places when it goes out.

use super::Jobs;
use crate::app::caller::Caller;
use crate::app::error::{Error, Result};
use crate::app::iam::IOT_SERVICE;
use crate::app::iam::session::ServiceSession;
use nameplate_aws::sigv4::Signer;
use nameplate_aws::uri;
use nameplate_core::job::{
    DOCUMENT_BYTES, Link, Managed, Settings, links, parameters_of, with_links, with_parameters,
};
use nameplate_store::JobRow;
use nameplate_store::iam::AccessKey;
use parking_lot::Mutex;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// Name of the member that says where links of AWS's own hosts lead here: scheme, host and port.
pub(super) const PLACE: &str = "linkPlace";
/// How long a session lives that signs links, seconds; one that would end before a link does is not used any more.
const SESSION_SECONDS: i64 = 3 * 3600;
/// Roles whose sessions are remembered.
const ROLES: usize = 1000;

/// Sessions of roles that links are signed with, by the role's ARN.
#[derive(Default)]
pub(super) struct Sessions(Mutex<HashMap<String, AccessKey>>);

/// What is read of a job's row.
pub(super) struct Work;

impl Work {
    /// The members that it was created with.
    pub(super) fn settings_of(job: &JobRow) -> Result<Map<String, Value>> {
        members(&job.settings)
    }

    /// The same as they are used.
    pub(super) fn parsed(job: &JobRow) -> Result<Settings> {
        Settings::read(&members(&job.settings)?).map_err(Error::internal)
    }
}

/// Members of a kept document.
pub(super) fn members(text: &str) -> Result<Map<String, Value>> {
    serde_json::from_str(text).map_err(Error::internal)
}

/// The document with the values of its parameters. What a managed template leaves to its owner and has no value is empty.
pub(super) fn filled(job: &JobRow) -> Result<String> {
    let settings = Work::settings_of(job)?;
    let mut values = parameters(&settings);
    let arn = settings.get("jobTemplateArn").and_then(Value::as_str);
    let managed = arn.and_then(|arn| Managed::of_arn(arn.rsplit_once("jobtemplate/")?.1));
    if managed.is_some() {
        for name in parameters_of(&job.document) {
            values.entry(name.to_owned()).or_default();
        }
    }
    Ok(with_parameters(&job.document, &values))
}

/// `documentParameters`.
pub(super) fn parameters(settings: &Map<String, Value>) -> BTreeMap<String, String> {
    let given = settings
        .get("documentParameters")
        .and_then(Value::as_object);
    given
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect()
}

impl Jobs {
    /// The document as things get it: with parameters, and with links that are good from now on.
    ///
    /// # Errors
    /// That the role cannot be assumed that links are to be signed as.
    pub(super) async fn document_of(&self, job: &JobRow) -> Result<String> {
        let text = filled(job)?;
        let found = links(&text).map_err(Error::invalid)?;
        if found.is_empty() {
            return Ok(text);
        }
        let presign = Work::parsed(job)?.presign.ok_or_else(|| {
            Error::invalid("presignedUrlConfig has no roleArn to sign the document's links as")
        })?;
        let key = self
            .session(&presign.role, presign.seconds, &job.name)
            .await?;
        let settings = Work::settings_of(job)?;
        let place = settings.get(PLACE).and_then(Value::as_str);
        let place = place.map_or_else(
            || format!("https://{}", self.kernel.endpoint_host()),
            str::to_owned,
        );
        let made: Vec<(Link, String)> = found
            .into_iter()
            .map(|link| {
                let url = self.signed(&key, &link, &place, presign.seconds);
                (link, url)
            })
            .collect();
        Ok(with_links(&text, &made))
    }

    /// A link that its role's policies are asked about when it is followed.
    fn signed(&self, key: &AccessKey, link: &Link, place: &str, seconds: u32) -> String {
        let place = link.place.as_deref().unwrap_or(place);
        let host = place.split_once("://").map_or(place, |(_, host)| host);
        let signer = Signer {
            access_key: &key.id,
            secret: &key.secret,
            region: &self.kernel.realm().region,
            service: "s3",
        };
        let path = format!(
            "/{}/{}",
            uri::encode_path(link.bucket.as_bytes()),
            uri::encode_path(link.key.as_bytes())
        );
        let token = key.session_token.as_deref().unwrap_or_default();
        let query = format!("X-Amz-Security-Token={}", uri::encode(token.as_bytes()));
        let now = self.kernel.now().0;
        let query = signer.presign("GET", host, &path, &query, seconds, now);
        format!("{place}{path}?{query}")
    }

    async fn session(&self, role: &str, seconds: u32, job: &str) -> Result<AccessKey> {
        let ctx = self.kernel.ctx();
        let needed = ctx.now.0 + i64::from(seconds) * 1000;
        if let Some(key) = self.sessions.0.lock().get(role)
            && key.expires.is_some_and(|end| end.0 >= needed)
        {
            return Ok(key.clone());
        }
        let source = ctx.realm.iot(format_args!("job/{job}"));
        let key = self
            .iam
            .service_session(
                ServiceSession {
                    role_arn: role,
                    service: IOT_SERVICE,
                    source: &source,
                    name: "iot-jobs",
                    seconds: SESSION_SECONDS,
                    keys: BTreeMap::new(),
                },
                &ctx,
            )
            .await?;
        let mut sessions = self.sessions.0.lock();
        if sessions.len() >= ROLES {
            sessions.clear();
        }
        sessions.insert(role.to_owned(), key.clone());
        Ok(key)
    }

    /// The text of an object of S3 that its caller may read.
    ///
    /// # Errors
    /// The URL is none of an object, the object is not there, the caller may not read it, or it is no text of the length
    /// that a document may have.
    pub(super) async fn text_of_source(&self, caller: &Caller, url: &str) -> Result<String> {
        let invalid = |why: String| Error::invalid(format!("documentSource: {why}"));
        let probe = format!("${{aws:iot:s3-presigned-url:{url}}}");
        let found = links(&probe).map_err(invalid)?;
        let [link] = found.as_slice() else {
            return Err(invalid(format!(
                "{url:?} is not the URL of an object of S3"
            )));
        };
        let (bucket, key) = (link.bucket.as_str(), link.key.as_str());
        let arn = self.kernel.realm().s3(format_args!("{bucket}/{key}"));
        self.iam.may(caller, "s3:GetObject", &arn, &[]).await?;
        let (info, mut reading) = self.objects.open_whole_object(bucket, key).await?;
        if info.size > DOCUMENT_BYTES as u64 {
            return Err(invalid(format!(
                "The job document is {} bytes long and may be {DOCUMENT_BYTES}",
                info.size
            )));
        }
        let mut bytes = Vec::new();
        while let Some(piece) = reading.next().await? {
            bytes.extend_from_slice(&piece);
        }
        String::from_utf8(bytes).map_err(|_| invalid("The job document is no UTF-8".into()))
    }
}
