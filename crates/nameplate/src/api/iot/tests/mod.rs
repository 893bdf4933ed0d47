//! The control plane as an SDK sees it: calls and their answers, one file per noun.

mod authorization;
mod policy;
mod principal;
mod thing;
mod thing_type;
