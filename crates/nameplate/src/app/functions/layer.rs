//! Layers: files that functions share. API: PublishLayerVersion.

use super::Functions;
use super::definition::NewCode;
use crate::app::caller::Caller;
use crate::app::error::{Error, Result};
use nameplate_core::arn::Realm;
use nameplate_core::function::LayerVersion;

/// A version of a layer that is to be published.
#[derive(Debug, Clone)]
pub struct NewLayer {
    /// Name of the layer, or its ARN.
    pub name: String,
    /// A text of the owner's.
    pub description: String,
    /// A text of the owner's.
    pub license: Option<String>,
    /// The runtimes it is meant for.
    pub runtimes: Vec<String>,
    /// The architectures it is meant for.
    pub architectures: Vec<String>,
    /// The files.
    pub content: NewCode,
}

/// ARN of the layer here that has this name, or that an ARN names, which may say another account or end in a version.
pub fn layer_arn(realm: &Realm, name: &str) -> String {
    format!(
        "arn:{}:lambda:{}:{}:layer:{name}",
        realm.partition(),
        realm.region,
        realm.account,
        name = name_of(name)
    )
}

/// Name and number of a version of a layer by its ARN. Whose account it names is not looked at: public layers are told
/// by ARNs of other accounts, and one published here under that name stands for it.
pub(super) fn parse_arn(arn: &str) -> Option<(&str, i64)> {
    let (_, rest) = arn.split_once(":layer:")?;
    let (name, number) = rest.split_once(':')?;
    Some((name, number.parse().ok()?))
}

fn name_of(text: &str) -> &str {
    match text.split_once(":layer:") {
        Some((_, name)) => name,
        None => text,
    }
}

fn absent() -> Error {
    Error::not_found("The resource you requested does not exist.")
}

impl Functions {
    /// Publishes the next version of a layer.
    pub async fn publish_layer(&self, caller: &Caller, new: NewLayer) -> Result<LayerVersion> {
        let _adding = self.sweeping.read().await;
        let package = self.package(caller, new.content).await?;
        let now = caller.ctx.now;
        let layer = name_of(&new.name).to_owned();
        self.kernel
            .change(caller, "publish-layer-version", move |tx| {
                let version = LayerVersion {
                    layer: layer.clone(),
                    number: tx.last_layer_version(&layer)? + 1,
                    description: new.description.clone(),
                    license: new.license.clone(),
                    runtimes: new.runtimes.clone(),
                    architectures: new.architectures.clone(),
                    code_sha256: package.sha256.clone(),
                    code_size: i64::try_from(package.size).unwrap_or(i64::MAX),
                    created: now,
                };
                tx.insert_layer_version(&version)?;
                Ok::<_, Error>(version)
            })
            .await
    }

    /// A version of a layer.
    pub async fn layer_version(&self, name: &str, number: i64) -> Result<LayerVersion> {
        let name = name_of(name);
        self.kernel
            .store
            .read(|conn| conn.layer_version(name, number)?.ok_or_else(absent))
            .await
    }

    /// The zip that a version of a layer was published as.
    pub async fn layer_zip(&self, name: &str, number: i64) -> Result<Vec<u8>> {
        let version = self.layer_version(name, number).await?;
        self.zip_of(&version.code_sha256).await
    }

    /// Versions of a layer, newest first.
    pub async fn layer_versions(&self, name: &str) -> Result<Vec<LayerVersion>> {
        let name = name_of(name);
        self.kernel
            .store
            .read(|conn| Ok(conn.layer_versions(name)?))
            .await
    }

    /// The newest version of each layer.
    pub async fn layers(&self) -> Result<Vec<LayerVersion>> {
        self.kernel.store.read(|conn| Ok(conn.layers()?)).await
    }

    /// Deletes a version of a layer. Functions that have it keep running with it until they change.
    pub async fn delete_layer(&self, caller: &Caller, name: &str, number: i64) -> Result<()> {
        let name = name_of(name).to_owned();
        self.kernel
            .change(caller, "delete-layer-version", move |tx| {
                Ok::<_, Error>(tx.delete_layer_version(&name, number)?)
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Permissions are judged by it: a name that holds another, or another account's ARN, is the layer that is read.
    #[test]
    fn the_arn_is_that_of_the_layer_that_is_read() {
        let realm = Realm {
            account: "123456789012".into(),
            region: "us-east-1".into(),
        };
        let own = "arn:aws:lambda:us-east-1:123456789012:layer:secret";
        for given in [
            "secret",
            own,
            "arn:aws:lambda:eu-west-1:999999999999:layer:secret",
            "mine:layer:secret",
        ] {
            assert_eq!(layer_arn(&realm, given), own, "{given}");
            assert_eq!(name_of(given), "secret");
        }
        assert_eq!(layer_arn(&realm, &format!("{own}:3")), format!("{own}:3"));
    }
}
