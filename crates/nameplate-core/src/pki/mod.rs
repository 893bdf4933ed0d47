//! X.509 as provisioning needs it: reading certificates and requests, checking who signed what, issuing.
