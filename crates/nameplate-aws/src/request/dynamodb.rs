//! What DynamoDB's parser says of values of another type, in Java's words. Seen in recordings of it, in public suites.

use super::Place;

/// Of a value that should be a list, a map, a structure or bytes; `token` is what the parser calls it.
pub(super) fn compound(operation: &str, expected: &str, token: &str, of: Place) -> Option<String> {
    let class = || class(operation, of.member);
    Some(match (expected, token) {
        ("base64", "START_ARRAY") => {
            "Unrecognized collection type class java.nio.ByteBuffer".to_owned()
        }
        ("base64", "STRING_VALUE") if !of.length.is_multiple_of(4) => format!(
            "Base64 encoded length is expected a multiple of 4 bytes but found: {}",
            of.length
        ),
        ("base64", "STRING_VALUE") => "Invalid last non-pad Base64 character dectected".to_owned(),
        ("base64", _) => "only base-64-encoded strings are convertible to bytes".to_owned(),
        ("an object", "START_ARRAY") if of.structure => {
            format!("Unrecognized collection type class {}", class())
        }
        ("an object", "START_ARRAY") => {
            let class = class();
            let held = match (operation, of.member) {
                ("BatchWriteItem", "RequestItems") => format!("java.util.List<{class}>"),
                _ => class,
            };
            format!("Unrecognized collection type java.util.Map<java.lang.String, {held}>")
        }
        ("an object", _) if of.inside > 0 && of.structure => {
            "Unexpected value type in payload".to_owned()
        }
        ("an object" | "a list", _) if of.inside > 0 => PARAMETERIZED.to_owned(),
        ("an object" | "a list", _) => "Unexpected field type".to_owned(),
        _ => return None,
    })
}

/// Of an item or an entry that should be a list or a map, and is a single value.
const PARAMETERIZED: &str = "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of loader 'bootstrap')";

/// The class of what a member holds, by itself or in a list or a map.
fn class(operation: &str, member: &str) -> String {
    let name = match (operation, member) {
        (_, "ExpressionAttributeNames") => return "java.lang.String".to_owned(),
        (_, "AttributeDefinitions") => "AttributeDefinition",
        (_, "KeySchema") => "KeySchemaElement",
        (_, "LocalSecondaryIndexes") => "LocalSecondaryIndex",
        (_, "GlobalSecondaryIndexes") => "GlobalSecondaryIndex",
        (_, "GlobalSecondaryIndexUpdates") => "GlobalSecondaryIndexUpdate",
        ("UpdateTable", "Create") => "CreateGlobalSecondaryIndexAction",
        ("UpdateTable", "Update") => "UpdateGlobalSecondaryIndexAction",
        ("UpdateTable", "Delete") => "DeleteGlobalSecondaryIndexAction",
        (_, "Tags") => "Tag",
        (_, "AttributeUpdates") => "AttributeValueUpdate",
        (_, "Expected") => "ExpectedAttributeValue",
        (_, "KeyConditions" | "QueryFilter" | "ScanFilter") => "Condition",
        ("BatchGetItem", "RequestItems") => "KeysAndAttributes",
        (_, "RequestItems") => "WriteRequest",
        (
            _,
            "Projection"
            | "ProvisionedThroughput"
            | "PutRequest"
            | "DeleteRequest"
            | "TimeToLiveSpecification",
        ) => member,
        _ => "AttributeValue",
    };
    format!("com.amazonaws.dynamodb.v20120810.{name}")
}
