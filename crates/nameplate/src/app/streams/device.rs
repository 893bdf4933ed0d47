//! What devices ask of streams. AWS guide: mqtt-based-file-delivery-in-devices.

use super::{StreamFile, StreamRow, Streams, files_of};
use crate::app::error::{Error, Kind, Result, log_failure};
use crate::app::iam::NoRole;
use crate::app::objects::Extent;
use nameplate_core::stream::{
    Block, FILE_BYTES, Format, Get, Operation, Rejection, Request, Why, description, token,
};

/// Why nothing is answered as hoped: the device is to blame, or we are.
enum Refused {
    Device(Rejection),
    Ours(Error),
}

impl From<Rejection> for Refused {
    fn from(rejection: Rejection) -> Self {
        Self::Device(rejection)
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        match &error.kind {
            Kind::NotFound | Kind::Object(_) => {
                Rejection::new(Why::Absent, error.message.clone()).into()
            }
            Kind::Denied => Rejection::new(Why::Unauthorized, error.message.clone()).into(),
            _ => Self::Ours(error),
        }
    }
}

/// Takes the answers to a request one by one: the topic, and the payload. `false` where there is no room for more, and then
/// the device asks again for what it lacks.
pub(super) type Answers<'a> = &'a mut (dyn FnMut(&str, Vec<u8>) -> bool + Send);

impl Streams {
    /// Carries a request out, block by block.
    pub(crate) async fn answer(&self, topic: &str, payload: &[u8], send: Answers<'_>) {
        let Some((above, stream, operation, format)) = Operation::of_topic(topic) else {
            return;
        };
        let token = token(format, payload);
        let token = token.as_deref();
        let done = async {
            let request = Request::read(operation, format, payload)?;
            let row = self.stream(stream).await?;
            match request {
                Request::Describe => {
                    let told = self.described(&row, format, token).await?;
                    send(&format!("{above}/description/{}", format.as_str()), told);
                }
                Request::Get(get) => {
                    let to = format!("{above}/data/{}", format.as_str());
                    self.deliver(&row, &get, &mut |block| {
                        send(&to, block.write(format, token))
                    })
                    .await?;
                }
            }
            Ok::<_, Refused>(())
        };
        let rejection = match done.await {
            Ok(()) => return,
            Err(Refused::Device(rejection)) => rejection,
            Err(Refused::Ours(error)) => {
                log_failure!(error, "a request to a stream failed: {error:?}");
                Rejection::new(Why::Internal, "An internal failure")
            }
        };
        let to = format!("{above}/rejected/{}", format.as_str());
        send(&to, rejection.write(format, token));
    }

    async fn described(
        &self,
        row: &StreamRow,
        format: Format,
        token: Option<&str>,
    ) -> Result<Vec<u8>, Refused> {
        let mut files = Vec::new();
        for file in files_of(row)? {
            self.may_read(row, &file).await?;
            let info = self.objects.object(&file.bucket, &file.key).await?;
            files.push((file.id, info.size));
        }
        let text = row.description.as_deref();
        Ok(description(format, token, row.version, text, &files))
    }

    async fn deliver(
        &self,
        row: &StreamRow,
        get: &Get,
        send: &mut (dyn FnMut(Block<'_>) -> bool + Send),
    ) -> Result<(), Refused> {
        if let Some(version) = get.version
            && version != row.version
        {
            let why = format!("The stream has version {}", row.version);
            return Err(Rejection::new(Why::Version, why).into());
        }
        let files = files_of(row)?;
        let file = files.iter().find(|file| file.id == get.file);
        let file = file.ok_or_else(|| {
            let why = format!("The stream has no file {}", get.file);
            Rejection::new(Why::Absent, why)
        })?;
        self.may_read(row, file).await?;
        let info = self.objects.object(&file.bucket, &file.key).await?;
        if info.size > FILE_BYTES {
            let why = format!(
                "The file has {} bytes, and {FILE_BYTES} can be delivered",
                info.size
            );
            return Err(Rejection::new(Why::Request, why).into());
        }
        for number in get.blocks(info.size)? {
            let offset = number * get.size;
            let size = get.size.min(info.size - offset);
            let bytes = self
                .block(file, &info.etag, Extent { offset, size })
                .await?;
            let block = Block {
                file: file.id,
                number,
                bytes: &bytes,
            };
            if !send(block) {
                return Ok(());
            }
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Bytes of a file, which must be the one that the first block was of.
    async fn block(
        &self,
        file: &StreamFile,
        etag: &str,
        extent: Extent,
    ) -> Result<Vec<u8>, Refused> {
        let (_, (), mut reading) = self
            .objects
            .open_object(&file.bucket, &file.key, |info| match info.etag == etag {
                true => Ok(((), extent)),
                false => Err(Error::invalid("the file was replaced")),
            })
            .await?;
        let mut bytes = Vec::with_capacity(usize::try_from(extent.size).unwrap_or(0));
        while let Some(piece) = reading.next().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }

    /// Refuses unless the stream's role may read the file.
    async fn may_read(&self, row: &StreamRow, file: &StreamFile) -> Result<(), Refused> {
        let ctx = self.kernel.ctx();
        let denied = |why: String| Refused::from(Rejection::new(Why::Unauthorized, why));
        let source = self.arn(&row.name);
        let arn = ctx.realm.s3(format_args!("{}/{}", file.bucket, file.key));
        let asked = [("s3:GetObject", arn.as_str())];
        let role = self
            .iam
            .service_role_may(&row.role_arn, &source, &asked, &ctx);
        match role.await? {
            Ok(_) => Ok(()),
            Err(NoRole::Unassumed(why)) => {
                tracing::warn!(stream = row.name, "a stream's files cannot be read: {why}");
                Err(denied("The role of the stream cannot be assumed".into()))
            }
            Err(NoRole::Denied(_)) => Err(denied(
                "The role of the stream may not read the file".into(),
            )),
        }
    }
}
