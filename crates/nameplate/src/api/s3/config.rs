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

/// The owner may everything, nobody else anything: what every bucket and object has.
pub(super) async fn acl(call: &mut Call<'_>) -> Result<Reply, Failure> {
    call.app.objects.bucket(call.bucket()).await?;
    let owner = call.owner_id();
    // The one document of S3 with an attribute.
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <AccessControlPolicy xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
         <Owner><ID>{owner}</ID></Owner><AccessControlList><Grant>\
         <Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\">\
         <ID>{owner}</ID></Grantee><Permission>FULL_CONTROL</Permission>\
         </Grant></AccessControlList></AccessControlPolicy>"
    );
    Ok(Reply::xml(document.into_bytes()))
}

pub(super) async fn cors(call: &mut Call<'_>) -> Result<Reply, Failure> {
    absent(call, Setting::Cors).await
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

pub(super) async fn ownership_controls(call: &mut Call<'_>) -> Result<Reply, Failure> {
    absent(call, Setting::OwnershipControls).await
}

pub(super) async fn policy(call: &mut Call<'_>) -> Result<Reply, Failure> {
    absent(call, Setting::Policy).await
}

pub(super) async fn public_access_block(call: &mut Call<'_>) -> Result<Reply, Failure> {
    absent(call, Setting::PublicAccessBlock).await
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
