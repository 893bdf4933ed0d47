-- Revocation lists of registered CAs: the list in force, and where its successors are fetched.
CREATE TABLE revocation_source (
    ca_id {KEY}, url TEXT, refuse_stale BIGINT NOT NULL, asked BIGINT, failure TEXT, digest BYTEA);
CREATE TABLE revocation_list (ca_id {KEY}, der BYTEA NOT NULL);
