//! The control plane as an SDK sees it: calls and their answers, one file per noun.

mod authorization;
mod ca;
mod certificate;
mod effects;
mod policy;
mod principal;
mod template;
mod thing;
mod thing_type;
mod trial;
