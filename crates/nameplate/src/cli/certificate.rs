//! The certificate that a running server shows: one of its own, which is renewed before it ends, or its owner's, which is
//! read again when its files change.

use super::serve::{LOOPBACK, certificate_names, clock};
use crate::authority::{
    Owned, OwnedFiles, ServerAuthority, ServerIdentity, Stamp, keep_trust, owned_trust,
};
use crate::config::Settings;
use crate::net::dialled::Names;
use crate::net::http::HttpService;
use crate::net::tls::{ServerCertificates, provider};
use arc_swap::ArcSwap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How often the server's own certificate is looked at for renewal.
const RENEWAL_INTERVAL: Duration = Duration::from_secs(12 * 3600);
/// How often an owner's files are looked at. They are read once they have stayed the same for as long.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);

/// An owner's certificate with what it was read from.
pub(super) struct Brought {
    files: OwnedFiles,
    stamp: Stamp,
    owned: Owned,
}

impl Brought {
    /// Reads it where there is one. Blocks.
    pub(super) fn read(settings: &Settings) -> anyhow::Result<Option<Self>> {
        let Some(files) = settings.tls.clone() else {
            return Ok(None);
        };
        let stamp = files.stamp();
        let owned = files.read(&provider(), clock())?;
        Ok(Some(Self {
            files,
            stamp,
            owned,
        }))
    }
}

/// What is shown, and what clients trust it by.
pub(super) struct Shown {
    pub(super) certificates: Arc<ServerCertificates>,
    pub(super) names: Arc<ArcSwap<Names>>,
    /// PEM.
    pub(super) trust: String,
    /// Where that is.
    pub(super) trust_path: PathBuf,
    data_dir: PathBuf,
    host: String,
    further: Vec<String>,
    brought: Option<(OwnedFiles, Stamp)>,
}

impl Shown {
    /// The owner's where there is one. Blocks.
    pub(super) fn new(
        settings: &Settings,
        server: &ServerAuthority,
        identity: &ServerIdentity,
        brought: Option<Brought>,
    ) -> anyhow::Result<Self> {
        let further = certificate_names(settings);
        let data_dir = std::path::absolute(&settings.data_dir)?;
        let host = settings.endpoint_host.clone();
        let Some(Brought {
            files,
            stamp,
            owned,
        }) = brought
        else {
            keep_trust(&data_dir, None)?;
            let names = further.iter().map(String::as_str).chain(LOOPBACK);
            return Ok(Self {
                certificates: ServerCertificates::new(identity)?,
                names: Arc::new(ArcSwap::from_pointee(Names::new(names))),
                trust: server.root_ca_pem(),
                trust_path: std::path::absolute(server.root_ca_path())?,
                data_dir,
                host,
                further,
                brought: None,
            });
        };
        keep_trust(&data_dir, Some(&owned.trust))?;
        let names = names_of(&owned);
        tell(&owned, &names, &host);
        Ok(Self {
            certificates: ServerCertificates::owned(owned.certified),
            names: Arc::new(ArcSwap::from_pointee(names)),
            trust: owned.trust,
            trust_path: owned_trust(&data_dir),
            data_dir,
            host,
            further,
            brought: Some((files, stamp)),
        })
    }

    /// Keeps it current for as long as the server runs.
    pub(super) async fn keep(self, server: ServerAuthority, http: Arc<HttpService>) {
        match &self.brought {
            Some((files, stamp)) => self.follow(files, stamp.clone(), &http).await,
            None => self.renew(server).await,
        }
    }

    async fn renew(&self, server: ServerAuthority) {
        let server = Arc::new(server);
        loop {
            tokio::time::sleep(RENEWAL_INTERVAL).await;
            let (server, host, names) =
                (Arc::clone(&server), self.host.clone(), self.further.clone());
            let identity =
                tokio::task::spawn_blocking(move || server.identity(&host, &names, clock())).await;
            match identity {
                Ok(Ok(identity)) => {
                    if let Err(error) = self.certificates.replace(&identity) {
                        tracing::error!("the server certificate could not be replaced: {error}");
                    }
                }
                Ok(Err(error)) => {
                    tracing::error!("the server certificate could not be renewed: {error}")
                }
                Err(error) => {
                    tracing::error!("the server certificate could not be renewed: {error}")
                }
            }
        }
    }

    async fn follow(&self, files: &OwnedFiles, mut read: Stamp, http: &HttpService) {
        let mut last = read.clone();
        loop {
            tokio::time::sleep(LOOK_INTERVAL).await;
            let looked = files.clone();
            let Ok(now) = tokio::task::spawn_blocking(move || looked.stamp()).await else {
                continue;
            };
            // Whoever writes them is still at it where they change from one look to the next.
            let steady = std::mem::replace(&mut last, now.clone()) == now;
            if !steady || now == read {
                continue;
            }
            read = now;
            self.read_again(files, http).await;
        }
    }

    async fn read_again(&self, files: &OwnedFiles, http: &HttpService) {
        let (files, data_dir) = (files.clone(), self.data_dir.clone());
        let again = tokio::task::spawn_blocking(move || {
            let owned = files.read(&provider(), clock())?;
            keep_trust(&data_dir, Some(&owned.trust))?;
            anyhow::Ok(owned)
        });
        match again.await.map_err(anyhow::Error::from) {
            Ok(Ok(owned)) => {
                let names = names_of(&owned);
                tell(&owned, &names, &self.host);
                tracing::info!("the certificate of --tls-certificate was read again and is in use");
                self.names.store(Arc::new(names));
                http.set_roots(owned.trust);
                self.certificates.replace_owned(owned.certified);
            }
            Ok(Err(error)) | Err(error) => tracing::error!(
                "--tls-certificate and --tls-key have changed and cannot be used; the certificate before stays in use: \
                 {error:#}"
            ),
        }
    }
}

fn names_of(owned: &Owned) -> Names {
    Names::owned(owned.names.iter().map(String::as_str))
}

/// Says what its owner should hear of it.
fn tell(owned: &Owned, names: &Names, host: &str) {
    for remark in &owned.remarks {
        tracing::warn!("{remark}");
    }
    if !names.has_host(host) {
        tracing::warn!(
            "the certificate of --tls-certificate is for {}, and not for --endpoint-host {host}: clients that dial that \
             will refuse it",
            owned.names.join(", ")
        );
    }
}
