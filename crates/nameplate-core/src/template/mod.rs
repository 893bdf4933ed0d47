//! The provisioning template language: text to template, template and parameters to names.
