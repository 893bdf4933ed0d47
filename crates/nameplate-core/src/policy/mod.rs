//! IoT and IAM policy documents and the decisions they lead to.
