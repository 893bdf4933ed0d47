//! Who may reach a bucket: its policy, what of it may not be public, and ACLs, which say that the owner may do
//! everything. In a bucket that is made at AWS today they are off. [S3: PutBucketOwnershipControls, BucketOwnerEnforced]

use super::{Call, Failure, Fault, Reply, Setting, text};
use crate::app::iam::AccessBlock;
use crate::app::objects::Ownership;
use nameplate_aws::request::Element;
use nameplate_aws::respond::Node;

/// Ways of ownership, by their names.
const WAYS: [(&str, Ownership); 3] = [
    ("BucketOwnerEnforced", Ownership::BucketOwnerEnforced),
    ("BucketOwnerPreferred", Ownership::BucketOwnerPreferred),
    ("ObjectWriter", Ownership::ObjectWriter),
];
/// Canned ACLs that give what the owner has anyway.
const OF_OWNER: [&str; 2] = ["private", "bucket-owner-full-control"];
/// Headers of an ACL that gives something to somebody.
const GRANTS: [&str; 5] = [
    "x-amz-grant-full-control",
    "x-amz-grant-read",
    "x-amz-grant-read-acp",
    "x-amz-grant-write",
    "x-amz-grant-write-acp",
];

fn not_configured(call: &Call<'_>, setting: Setting) -> Failure {
    Fault::NotConfigured(setting, call.bucket().to_owned()).into()
}

fn no_content() -> Reply {
    Reply {
        status: Some(204),
        ..Reply::empty()
    }
}

/// Whether the headers of a writer have an ACL that would give anything to anybody but the owner.
fn gives(call: &Call<'_>) -> bool {
    let canned = call.headers.text("x-amz-acl");
    let of_owner = canned.is_none_or(|canned| OF_OWNER.contains(&&*canned));
    !of_owner || GRANTS.iter().any(|name| call.headers.get(name).is_some())
}

/// The refusal of an ACL that would give anything to anybody but the owner. Where ACLs are on, they are not built.
async fn no_acl(call: &Call<'_>) -> Result<Failure, Failure> {
    let ownership = call.app.objects.ownership(call.bucket()).await?;
    Ok(match ownership {
        Some(Ownership::BucketOwnerEnforced) => Fault::Acl.into(),
        _ => Fault::Header {
            header: "x-amz-acl",
        }
        .into(),
    })
}

/// Refuses an ACL in the headers of a writer that would give anything to anybody but the owner.
pub(super) async fn refuse_acl(call: &Call<'_>) -> Result<(), Failure> {
    match gives(call) {
        true => Err(no_acl(call).await?),
        false => Ok(()),
    }
}

fn named(ownership: &str) -> Option<Ownership> {
    WAYS.iter()
        .find(|(name, _)| *name == ownership)
        .map(|(_, ownership)| *ownership)
}

/// Who is to own what is in a new bucket, where it is said.
pub(super) fn of_new(call: &Call<'_>) -> Result<Option<Ownership>, Failure> {
    const HEADER: &str = "x-amz-object-ownership";
    let ownership = match call.headers.text(HEADER) {
        None => None,
        Some(said) => match named(&said) {
            None => {
                return Err(Fault::Argument {
                    name: HEADER,
                    value: String::new(),
                    message: format!("Invalid {HEADER} header: {said}"),
                }
                .into());
            }
            ownership => ownership,
        },
    };
    match (gives(call), ownership) {
        (false, _) => Ok(ownership),
        (true, None | Some(Ownership::BucketOwnerEnforced)) => Err(Fault::BucketAcl.into()),
        (true, Some(_)) => Err(Fault::Header {
            header: "x-amz-acl",
        }
        .into()),
    }
}

/// The owner may everything, nobody else anything: what every bucket and object has.
fn acl(call: &Call<'_>) -> Reply {
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
    Reply::xml(document.into_bytes())
}

pub(super) async fn bucket_acl(call: &mut Call<'_>) -> Result<Reply, Failure> {
    call.app.objects.bucket(call.bucket()).await?;
    Ok(acl(call))
}

pub(super) async fn object_acl(call: &mut Call<'_>) -> Result<Reply, Failure> {
    call.app.objects.object(call.bucket(), call.key()).await?;
    Ok(acl(call))
}

/// PutBucketAcl, PutObjectAcl: what the owner has anyway can be given.
pub(super) async fn put_acl(call: &mut Call<'_>) -> Result<Reply, Failure> {
    match call.input.text("Key") {
        Some(key) => drop(call.app.objects.object(call.bucket(), key).await?),
        None => drop(call.app.objects.bucket(call.bucket()).await?),
    }
    refuse_acl(call).await?;
    if call.headers.get("x-amz-acl").is_none() {
        let document = call.document().await?;
        let list = document.child("AccessControlList").ok_or(Fault::Xml)?;
        let owner = call.owner_id();
        let of_owner = |grant: &Element| {
            let id = grant.child("Grantee").and_then(|who| who.value("ID"));
            grant.value("Permission") == Some("FULL_CONTROL") && id == Some(owner.as_str())
        };
        if !list.all("Grant").all(of_owner) {
            return Err(no_acl(call).await?);
        }
    }
    Ok(Reply::empty())
}

pub(super) async fn ownership_controls(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let ownership = call.app.objects.ownership(call.bucket()).await?;
    let name = WAYS.iter().find(|(_, way)| Some(*way) == ownership);
    let Some((name, _)) = name else {
        return Err(not_configured(call, Setting::OwnershipControls));
    };
    let rule = Node::structure([text("ObjectOwnership", name)]);
    Ok(Reply::document(
        "OwnershipControls",
        &Node::structure([("Rule", rule)]),
    ))
}

pub(super) async fn put_ownership_controls(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let document = call.document().await?;
    let mut rules = document.all("Rule");
    let (Some(rule), None) = (rules.next(), rules.next()) else {
        return Err(Fault::Xml.into());
    };
    let ownership = rule.value("ObjectOwnership").and_then(named);
    let ownership = ownership.ok_or(Fault::Xml)?;
    call.app
        .objects
        .set_ownership(&call.caller, call.bucket(), Some(ownership))
        .await?;
    Ok(Reply::empty())
}

pub(super) async fn delete_ownership_controls(call: &mut Call<'_>) -> Result<Reply, Failure> {
    call.app
        .objects
        .set_ownership(&call.caller, call.bucket(), None)
        .await?;
    Ok(no_content())
}

pub(super) async fn policy(call: &mut Call<'_>) -> Result<Reply, Failure> {
    match call.app.objects.bucket_policy(call.bucket()).await? {
        Some(policy) => {
            let reply = Reply::xml(policy.into_bytes());
            Ok(Reply {
                headers: vec![("content-type".into(), "application/json".into())],
                ..reply
            })
        }
        None => Err(not_configured(call, Setting::Policy)),
    }
}

pub(super) async fn policy_status(call: &mut Call<'_>) -> Result<Reply, Failure> {
    match call.app.objects.policy_is_public(call.bucket()).await? {
        Some(public) => {
            let node = Node::structure([text("IsPublic", public)]);
            Ok(Reply::document("PolicyStatus", &node))
        }
        None => Err(not_configured(call, Setting::Policy)),
    }
}

pub(super) async fn put_policy(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let policy = call.whole_text().await?;
    call.app
        .objects
        .set_bucket_policy(&call.caller, call.bucket(), policy)
        .await?;
    Ok(no_content())
}

pub(super) async fn delete_policy(call: &mut Call<'_>) -> Result<Reply, Failure> {
    call.app
        .objects
        .delete_bucket_policy(&call.caller, call.bucket())
        .await?;
    Ok(no_content())
}

pub(super) async fn block(call: &mut Call<'_>) -> Result<Reply, Failure> {
    match call.app.objects.access_block(call.bucket()).await? {
        Some(block) => {
            let node = Node::structure([
                text("BlockPublicAcls", block.block_public_acls),
                text("IgnorePublicAcls", block.ignore_public_acls),
                text("BlockPublicPolicy", block.block_public_policy),
                text("RestrictPublicBuckets", block.restrict_public_buckets),
            ]);
            Ok(Reply::document("PublicAccessBlockConfiguration", &node))
        }
        None => Err(not_configured(call, Setting::PublicAccessBlock)),
    }
}

pub(super) async fn put_block(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let document = call.document().await?;
    // What is not said is off. [S3: PublicAccessBlockConfiguration]
    let said = |name: &str| match document.value(name).map(str::to_ascii_lowercase).as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Fault::Xml),
    };
    let block = AccessBlock {
        block_public_acls: said("BlockPublicAcls")?,
        ignore_public_acls: said("IgnorePublicAcls")?,
        block_public_policy: said("BlockPublicPolicy")?,
        restrict_public_buckets: said("RestrictPublicBuckets")?,
    };
    set_block(call, Some(block)).await?;
    Ok(Reply::empty())
}

pub(super) async fn delete_block(call: &mut Call<'_>) -> Result<Reply, Failure> {
    set_block(call, None).await?;
    Ok(no_content())
}

async fn set_block(call: &Call<'_>, block: Option<AccessBlock>) -> Result<(), Failure> {
    call.app
        .objects
        .set_access_block(&call.caller, call.bucket(), block)
        .await?;
    Ok(())
}
