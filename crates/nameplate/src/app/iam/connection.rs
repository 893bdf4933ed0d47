//! What a caller's policies let an MQTT connection of theirs do.

use super::granted::Compiled;
use super::{Grants, Iam, Identity};
use crate::app::error::{Error, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::policy::caller::Asked;
use nameplate_core::policy::{
    Authorizer, ConnectFacts, Dialect, NamedPolicy, PolicyDocument, PolicySet,
};
use std::sync::Arc;

/// What the account's root may do.
const EVERYTHING: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;

impl Identity {
    /// What stands for the caller in events, rules and the map of connections: `AIDA…`, `AROA…:session`, or the account.
    pub(crate) fn principal(&self) -> &str {
        self.user_id()
    }
}

impl Iam {
    /// The same caller as IAM has them now; `None` where their key is no longer there, or no longer active.
    pub(crate) async fn identity_again(&self, identity: &Identity) -> Result<Option<Identity>> {
        let credential = self.credential(&identity.access_key().id).await?;
        let origin = identity.caller.origin.clone();
        Ok(credential.map(|credential| self.identity(credential, origin)))
    }

    /// The caller's policies, filled in for a connection. AWS IoT's own policies do not concern them, nor is such a
    /// connection that of a thing. [AWS guide: pub-sub-policy, iam-users-groups-roles]
    pub(crate) fn authorizer(
        &self,
        identity: &Identity,
        client_id: &str,
        connect: ConnectFacts,
        now: Millis,
    ) -> Result<Authorizer> {
        let realm = self.kernel.realm();
        let asked = Asked {
            action: "iot:Connect",
            resource: "*",
            tags: &[],
            keys: &[],
        };
        let mut context = asked.complete(identity.caller.context(now), realm);
        context.client_id = Some(client_id.to_owned());
        context.connect = Some(connect);
        let context = Arc::new(context);
        let Compiled { identity, session } = match &identity.credential.grants {
            Grants::Policies(granted) => granted.compiled(realm),
            Grants::Root => &Compiled {
                identity: Arc::new(PolicySet::new(realm, vec![everything()?])),
                session: None,
            },
        };
        let authorizer = Authorizer::build(Arc::clone(identity), Arc::clone(&context));
        Ok(match session {
            Some(session) => {
                authorizer.narrowed_by(Authorizer::build(Arc::clone(session), context))
            }
            None => authorizer,
        })
    }
}

fn everything() -> Result<NamedPolicy> {
    let document =
        PolicyDocument::parse(EVERYTHING, Dialect::IamIdentity).map_err(Error::internal)?;
    Ok(NamedPolicy {
        name: "root".into(),
        document: Arc::new(document),
    })
}
