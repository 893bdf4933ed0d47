//! What users of the store can rely on, whatever the engine: only the public interface is used.

mod attempts;
mod copy;
mod crash;
mod dynamodb;
mod expiry;
mod fixture;
mod fleet;
mod fleet_provisioning;
mod functions;
mod gateway;
mod groups;
mod iam;
mod jobs;
mod keys;
mod open;
mod postgres;
mod registry;
mod renewal;
mod revocation;
mod rules;
mod server;
mod sessions;
mod snapshot;
mod upgrade;
mod vending;
mod writes;
