//! The control plane as an SDK sees it: calls and their answers, one file per noun.

mod authorization;
mod authorizer;
mod billing_group;
mod ca;
mod certificate;
mod conditions;
mod domain;
mod dynamic_group;
mod effects;
mod event;
mod group;
mod index;
mod logging;
mod policy;
mod principal;
mod quota;
mod register_thing;
mod registration_task;
mod removal;
mod role_alias;
mod tag;
mod template;
mod thing;
mod thing_type;
mod transfer;
mod trial;
