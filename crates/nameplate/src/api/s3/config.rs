//! Settings of buckets that clients ask for and that none has here: each answers as AWS does where it is not set.

use super::{Call, Failure, Fault, Reply, Setting, text};
use nameplate_aws::respond::Node;

async fn absent(call: &Call<'_>, setting: Setting) -> Result<Reply, Failure> {
    call.app.objects.bucket(call.bucket()).await?;
    Err(Fault::NotConfigured(setting, call.bucket().to_owned()).into())
}

async fn plain(call: &Call<'_>, root: &str, node: Node) -> Result<Reply, Failure> {
    call.app.objects.bucket(call.bucket()).await?;
    Ok(Reply::document(root, &node))
}

fn nothing() -> Node {
    Node::Structure(Vec::new())
}

pub(super) async fn accelerate(call: &mut Call<'_>) -> Result<Reply, Failure> {
    plain(call, "AccelerateConfiguration", nothing()).await
}

pub(super) async fn encryption(call: &mut Call<'_>) -> Result<Reply, Failure> {
    absent(call, Setting::Encryption).await
}

pub(super) async fn lifecycle(call: &mut Call<'_>) -> Result<Reply, Failure> {
    absent(call, Setting::Lifecycle).await
}

pub(super) async fn logging(call: &mut Call<'_>) -> Result<Reply, Failure> {
    plain(call, "BucketLoggingStatus", nothing()).await
}

pub(super) async fn notification(call: &mut Call<'_>) -> Result<Reply, Failure> {
    plain(call, "NotificationConfiguration", nothing()).await
}

pub(super) async fn object_lock(call: &mut Call<'_>) -> Result<Reply, Failure> {
    absent(call, Setting::ObjectLock).await
}

pub(super) async fn replication(call: &mut Call<'_>) -> Result<Reply, Failure> {
    absent(call, Setting::Replication).await
}

pub(super) async fn request_payment(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let node = Node::structure([text("Payer", "BucketOwner")]);
    plain(call, "RequestPaymentConfiguration", node).await
}

pub(super) async fn versioning(call: &mut Call<'_>) -> Result<Reply, Failure> {
    plain(call, "VersioningConfiguration", nothing()).await
}

pub(super) async fn website(call: &mut Call<'_>) -> Result<Reply, Failure> {
    absent(call, Setting::Website).await
}
