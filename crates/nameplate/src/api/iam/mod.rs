//! The `iam` service.

super::operations! {}
