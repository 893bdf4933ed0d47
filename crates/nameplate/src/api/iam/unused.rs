//! What is told of users and of the account about what cannot be made here and so is not there: devices of multi-factor
//! authentication, keys and certificates of users, passwords, aliases, identity providers.

use super::user::user_name;
use crate::api::Call;
use crate::api::page::Page;
use crate::app::Error;
use nameplate_aws::respond::Node;

fn empty(call: &Call<'_>, list: &str) -> Result<Node, Error> {
    Ok(Page::truncated(call)?.truncated_answer([(list, Vec::new())], None))
}

async fn of_user(call: &Call<'_>, list: &str) -> Result<Node, Error> {
    if call.input.text("UserName").is_some() {
        call.app.iam.user(&user_name(call)?).await?;
    }
    empty(call, list)
}

/// GetAccountPasswordPolicy
pub async fn get_account_password_policy(call: &Call<'_>) -> Result<Node, Error> {
    let account = &call.caller.ctx.realm.account;
    Err(Error::not_found(format!(
        "The Password Policy with domain name {account} cannot be found."
    )))
}

/// DeleteLoginProfile, GetLoginProfile: Terraform deletes a user's before it deletes the user.
pub async fn login_profile(call: &Call<'_>) -> Result<Node, Error> {
    let name = user_name(call)?;
    call.app.iam.user(&name).await?;
    Err(Error::not_found(format!(
        "Login Profile for User {name} cannot be found."
    )))
}

/// ListAccountAliases
pub async fn list_account_aliases(call: &Call<'_>) -> Result<Node, Error> {
    empty(call, "AccountAliases")
}

/// ListMFADevices
pub async fn list_mfa_devices(call: &Call<'_>) -> Result<Node, Error> {
    of_user(call, "MFADevices").await
}

/// ListOpenIDConnectProviders
pub async fn list_open_id_connect_providers(_: &Call<'_>) -> Result<Node, Error> {
    let none = Node::List(Vec::new());
    Ok(Node::structure([("OpenIDConnectProviderList", none)]))
}

/// ListSAMLProviders
pub async fn list_saml_providers(_: &Call<'_>) -> Result<Node, Error> {
    let none = Node::List(Vec::new());
    Ok(Node::structure([("SAMLProviderList", none)]))
}

/// ListSSHPublicKeys
pub async fn list_ssh_public_keys(call: &Call<'_>) -> Result<Node, Error> {
    of_user(call, "SSHPublicKeys").await
}

/// ListServerCertificates
pub async fn list_server_certificates(call: &Call<'_>) -> Result<Node, Error> {
    empty(call, "ServerCertificateMetadataList")
}

/// ListServiceSpecificCredentials
pub async fn list_service_specific_credentials(call: &Call<'_>) -> Result<Node, Error> {
    of_user(call, "ServiceSpecificCredentials").await
}

/// ListSigningCertificates
pub async fn list_signing_certificates(call: &Call<'_>) -> Result<Node, Error> {
    of_user(call, "Certificates").await
}

/// ListVirtualMFADevices
pub async fn list_virtual_mfa_devices(call: &Call<'_>) -> Result<Node, Error> {
    empty(call, "VirtualMFADevices")
}
