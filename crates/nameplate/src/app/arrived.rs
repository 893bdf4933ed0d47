//! What is to be done once a device has been let in: the certificate that it had before goes, if it waited for that, and the
//! thing that has its client id as name is connected.

use super::App;
use super::search::connectivity::Connected;

impl App {
    /// A client's CONNECT was accepted, over the connection of this number; its thing, as [`Search::thing_connected`] says.
    ///
    /// [`Search::thing_connected`]: super::search::Search::thing_connected
    pub(crate) async fn arrived(
        &self,
        certificate: Option<&[u8; 32]>,
        client_id: &str,
        number: u64,
    ) -> Option<Connected> {
        let store = &self.kernel.store;
        let Some(certificate) = certificate else {
            return self.search.thing_connected(client_id, number).await;
        };
        if !store.is_clustered() {
            self.vending.successors.connected(certificate).await;
            self.fleet_provisioning
                .successors
                .connected(certificate)
                .await;
            return self.search.thing_connected(client_id, number).await;
        }
        // What other servers may have done only the store knows, and it is asked once for all. Where that cannot be read, it
        // is when certificates are to be revoked.
        let known = store
            .look(|conn| conn.arrived(certificate, client_id))
            .await;
        let known = known.unwrap_or_else(|_| nameplate_store::Arrived::unknown());
        if known.ends_vended {
            self.vending.successors.ends_before(*certificate).await;
        }
        if known.ends_renewed {
            self.fleet_provisioning
                .successors
                .ends_before(*certificate)
                .await;
        }
        self.search.connection_of(known.thing?, number)
    }
}
