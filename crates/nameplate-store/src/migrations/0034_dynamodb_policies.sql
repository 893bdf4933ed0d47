-- Who else may use a table of DynamoDB: its own policy, and the number of its last change.
CREATE TABLE dynamodb_policy (table_id {KEY}, policy TEXT NOT NULL, revision BIGINT NOT NULL);
