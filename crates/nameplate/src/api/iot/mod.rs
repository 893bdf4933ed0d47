//! The `iot` control plane.

mod endpoint;

super::operations! {
    "DescribeEndpoint" => endpoint::describe_endpoint,
}
