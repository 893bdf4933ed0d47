-- Temporary claim certificates: for which template, and until when. They are in no list of certificates.
CREATE TABLE provisioning_claim (id {KEY}, hash BYTEA NOT NULL UNIQUE, template TEXT NOT NULL, expires BIGINT NOT NULL);
CREATE INDEX provisioning_claim_by_expiry ON provisioning_claim(expires);

-- Functions that sign requests for certificates. There is at most one.
CREATE TABLE certificate_provider (
    id {KEY}, name TEXT NOT NULL UNIQUE, function_arn TEXT NOT NULL, created BIGINT NOT NULL, modified BIGINT NOT NULL);
