//! The control plane as an SDK sees it: calls and their answers, one file per noun.

mod authorization;
mod authorizer;
mod ca;
mod certificate;
mod domain;
mod effects;
mod logging;
mod policy;
mod principal;
mod role_alias;
mod template;
mod thing;
mod thing_type;
mod transfer;
mod trial;
