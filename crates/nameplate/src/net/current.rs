//! Whom new connections and requests are handed to. Listeners stay while that changes.

use crate::broker::connection::Shared;
use crate::web::Console;
use std::sync::Arc;

/// Who serves, until a reset of the registry puts others in their place.
pub struct Serving {
    /// What connections of MQTT share; requests find the services there.
    pub mqtt: Arc<Shared>,
    /// The console over the same services. Whoever was logged in before is not logged in here.
    pub console: Arc<Console>,
}

impl Serving {
    /// Those of `mqtt`, and a console in which nobody is logged in.
    pub fn new(mqtt: Arc<Shared>) -> Arc<Self> {
        Arc::new(Self {
            console: Arc::new(Console::new(Arc::clone(&mqtt.app))),
            mqtt,
        })
    }
}

/// Who serves now. Connections of MQTT end with those that they began with; a request is for those who serve when it
/// comes.
pub type Current = arc_swap::ArcSwap<Serving>;
