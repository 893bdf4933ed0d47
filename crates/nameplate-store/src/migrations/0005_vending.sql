-- Certificate vending: batches by their documents, without secrets; what is secret is sealed with a key of the data
-- directory.
CREATE TABLE vending_batch (
    id {KEY}, name TEXT NOT NULL UNIQUE, document TEXT NOT NULL, sealed BYTEA, created BIGINT NOT NULL,
    modified BIGINT NOT NULL);

-- Devices on allow-lists, and devices of owners' tables that have asked. Of tokens there are keyed digests, of public
-- keys and certificates digests.
CREATE TABLE vending_entry (
    id {KEY}, serial TEXT NOT NULL UNIQUE, batch_id BIGINT NOT NULL, status BIGINT NOT NULL, token BYTEA,
    public_key BYTEA, parameters TEXT NOT NULL, certificate BYTEA, previous BYTEA, thing TEXT, vended BIGINT);
CREATE INDEX vending_entry_by_batch ON vending_entry(batch_id, id);
CREATE INDEX vending_entry_by_new_certificate ON vending_entry(certificate) WHERE previous IS NOT NULL;
