//! The control plane as an SDK sees it: calls and their answers, one file per noun.

mod authorization;
mod billing_group;
mod ca;
mod certificate;
mod dynamic_group;
mod effects;
mod event;
mod group;
mod index;
mod policy;
mod principal;
mod register_thing;
mod registration_task;
mod removal;
mod tag;
mod template;
mod thing;
mod thing_type;
mod trial;
