-- DynamoDB: tables by their definitions. Tables and indexes have their keys from one counter.
CREATE TABLE dynamodb_table (
    id {KEY}, name TEXT NOT NULL UNIQUE, document TEXT NOT NULL, revision BIGINT NOT NULL);
-- How many items a table or index has, and how large they are.
CREATE TABLE dynamodb_size (id {KEY}, items BIGINT NOT NULL, bytes BIGINT NOT NULL);

-- Items in the order of partitions, which begin with a hash, and of sort keys in them.
CREATE TABLE dynamodb_item (
    table_id BIGINT NOT NULL, hash_key BYTEA NOT NULL, range_key BYTEA NOT NULL, size BIGINT NOT NULL,
    item BYTEA NOT NULL, expires BIGINT, PRIMARY KEY (table_id, hash_key, range_key)) {CLUSTERED};
CREATE INDEX dynamodb_item_by_expiry ON dynamodb_item(expires) WHERE expires IS NOT NULL;

-- Entries of indexes: the keys of the index, then those of the item.
CREATE TABLE dynamodb_entry (
    index_id BIGINT NOT NULL, hash_key BYTEA NOT NULL, range_key BYTEA NOT NULL, item_hash BYTEA NOT NULL,
    item_range BYTEA NOT NULL, PRIMARY KEY (index_id, hash_key, range_key, item_hash, item_range)) {CLUSTERED};

-- What goes over a whole table in steps, and the key that it has come to.
CREATE TABLE dynamodb_task (
    id {KEY}, kind BIGINT NOT NULL, subject BIGINT NOT NULL, index_id BIGINT NOT NULL, hash_key BYTEA NOT NULL,
    range_key BYTEA NOT NULL);

-- Tokens by which a transaction that is sent again is known.
CREATE TABLE dynamodb_token (token TEXT PRIMARY KEY, digest BYTEA NOT NULL, expires BIGINT NOT NULL) {CLUSTERED};
CREATE INDEX dynamodb_token_by_expiry ON dynamodb_token(expires);
