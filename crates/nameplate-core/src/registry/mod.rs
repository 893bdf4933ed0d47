//! The rules of things, thing types, certificates, CAs, policies, templates and groups.
