CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);

-- The last key that a table may have given away.
CREATE TABLE counter (name TEXT PRIMARY KEY, value BIGINT NOT NULL) {CLUSTERED};

-- The registry. A device is a few rows, each appended to the end of its table.
CREATE TABLE thing_type (
    id {KEY}, name TEXT NOT NULL UNIQUE, uuid TEXT NOT NULL, properties TEXT NOT NULL,
    deprecated BIGINT, created BIGINT NOT NULL);
CREATE TABLE billing_group (
    id {KEY}, name TEXT NOT NULL UNIQUE, uuid TEXT NOT NULL, description TEXT,
    version BIGINT NOT NULL, created BIGINT NOT NULL);
CREATE TABLE thing (
    id {KEY}, name TEXT NOT NULL, uuid TEXT NOT NULL, type_id BIGINT, billing_group_id BIGINT,
    attributes TEXT NOT NULL, version BIGINT NOT NULL);
{LOOKUP thing_by_name ON thing(name)};
CREATE INDEX thing_by_type ON thing(type_id, id) WHERE type_id IS NOT NULL;
CREATE INDEX thing_by_billing_group ON thing(billing_group_id, id) WHERE billing_group_id IS NOT NULL;
CREATE TABLE thing_group (
    id {KEY}, name TEXT NOT NULL UNIQUE, uuid TEXT NOT NULL, parent_id BIGINT, description TEXT,
    attributes TEXT NOT NULL, query TEXT, version BIGINT NOT NULL, created BIGINT NOT NULL);
CREATE INDEX thing_group_by_parent ON thing_group(parent_id, id) WHERE parent_id IS NOT NULL;
CREATE TABLE thing_group_member (
    group_id BIGINT NOT NULL, thing_id BIGINT NOT NULL, PRIMARY KEY (group_id, thing_id)) {CLUSTERED};
CREATE INDEX thing_group_member_by_thing ON thing_group_member(thing_id, group_id);

-- Certificates. The DER lies apart, so that listing and starting read narrow rows.
CREATE TABLE ca_certificate (
    id {KEY}, hash BYTEA NOT NULL UNIQUE, subject BYTEA NOT NULL, der BYTEA NOT NULL, active BIGINT NOT NULL,
    auto_registration BIGINT NOT NULL, mode BIGINT NOT NULL, template_body TEXT, role_arn TEXT, template_name TEXT,
    created BIGINT NOT NULL, modified BIGINT NOT NULL, version BIGINT NOT NULL, deleted BIGINT NOT NULL);
CREATE INDEX ca_certificate_by_subject ON ca_certificate(subject);
CREATE TABLE certificate (
    id {KEY}, hash BYTEA NOT NULL, status BIGINT NOT NULL, mode BIGINT NOT NULL, ca_id BIGINT,
    created BIGINT NOT NULL, modified BIGINT NOT NULL, version BIGINT NOT NULL,
    not_before BIGINT NOT NULL, not_after BIGINT NOT NULL);
{LOOKUP certificate_by_hash ON certificate(hash)};
CREATE INDEX certificate_by_ca ON certificate(ca_id, id) WHERE ca_id IS NOT NULL;
CREATE TABLE certificate_body (certificate_id {KEY}, der BYTEA NOT NULL);
CREATE TABLE thing_principal (
    certificate_id BIGINT NOT NULL, thing_id BIGINT NOT NULL, exclusive BIGINT NOT NULL,
    PRIMARY KEY (certificate_id, thing_id)) {CLUSTERED};
CREATE INDEX thing_principal_by_thing ON thing_principal(thing_id, certificate_id);

-- Policies.
CREATE TABLE policy (
    id {KEY}, name TEXT NOT NULL UNIQUE, default_version BIGINT NOT NULL, next_version BIGINT NOT NULL,
    created BIGINT NOT NULL, modified BIGINT NOT NULL);
CREATE TABLE policy_version (
    policy_id BIGINT NOT NULL, version BIGINT NOT NULL, document TEXT NOT NULL, created BIGINT NOT NULL,
    PRIMARY KEY (policy_id, version)) {CLUSTERED};
CREATE TABLE policy_certificate (
    policy_id BIGINT NOT NULL, certificate_id BIGINT NOT NULL, PRIMARY KEY (policy_id, certificate_id)) {CLUSTERED};
CREATE INDEX policy_certificate_by_certificate ON policy_certificate(certificate_id, policy_id);
CREATE TABLE policy_group (
    policy_id BIGINT NOT NULL, group_id BIGINT NOT NULL, PRIMARY KEY (policy_id, group_id)) {CLUSTERED};
CREATE INDEX policy_group_by_group ON policy_group(group_id, policy_id);

-- Named provisioning templates.
CREATE TABLE template (
    id {KEY}, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, description TEXT, enabled BIGINT NOT NULL,
    default_version BIGINT NOT NULL, next_version BIGINT NOT NULL, role_arn TEXT NOT NULL, hook TEXT,
    created BIGINT NOT NULL, modified BIGINT NOT NULL);
CREATE TABLE template_version (
    template_id BIGINT NOT NULL, version BIGINT NOT NULL, body TEXT NOT NULL, created BIGINT NOT NULL,
    PRIMARY KEY (template_id, version)) {CLUSTERED};

-- Tags of anything that has an ARN.
CREATE TABLE tag (
    arn TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (arn, name)) {CLUSTERED};

-- IAM and STS.
CREATE TABLE iam_user (
    id {KEY}, name TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL, path TEXT NOT NULL, created BIGINT NOT NULL);
CREATE TABLE iam_access_key (
    access_key_id TEXT PRIMARY KEY, user_name TEXT, secret TEXT NOT NULL, active BIGINT NOT NULL,
    created BIGINT NOT NULL, session_token TEXT, expires BIGINT, role_name TEXT, session_name TEXT,
    session_policy TEXT);
CREATE INDEX iam_access_key_by_user ON iam_access_key(user_name) WHERE user_name IS NOT NULL;
CREATE INDEX iam_access_key_by_end ON iam_access_key(expires) WHERE expires IS NOT NULL;
CREATE INDEX iam_access_key_by_role ON iam_access_key(role_name) WHERE role_name IS NOT NULL;
CREATE TABLE iam_role (
    id {KEY}, name TEXT NOT NULL UNIQUE, role_id TEXT NOT NULL, path TEXT NOT NULL, trust TEXT NOT NULL,
    description TEXT, max_session_seconds BIGINT NOT NULL, created BIGINT NOT NULL);
CREATE TABLE iam_policy (
    id {KEY}, arn TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, policy_id TEXT NOT NULL, path TEXT NOT NULL,
    description TEXT, default_version BIGINT NOT NULL, next_version BIGINT NOT NULL,
    created BIGINT NOT NULL, modified BIGINT NOT NULL);
CREATE TABLE iam_policy_version (
    policy_id BIGINT NOT NULL, version BIGINT NOT NULL, document TEXT NOT NULL, created BIGINT NOT NULL,
    PRIMARY KEY (policy_id, version)) {CLUSTERED};
CREATE TABLE iam_attachment (
    owner TEXT NOT NULL, policy_arn TEXT NOT NULL, PRIMARY KEY (owner, policy_arn)) {CLUSTERED};
CREATE INDEX iam_attachment_by_policy ON iam_attachment(policy_arn, owner);
CREATE TABLE iam_inline_policy (
    owner TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (owner, name)) {CLUSTERED};

-- The newest connection attempts.
CREATE TABLE attempt (
    seq {KEY}, at BIGINT NOT NULL, certificate BYTEA, serial TEXT, client_id TEXT,
    address TEXT NOT NULL, code TEXT NOT NULL, record TEXT NOT NULL);

-- Events that must still be published.
CREATE TABLE outbox (id {KEY}, topic TEXT NOT NULL, payload BYTEA NOT NULL);

-- Retained messages, one for a topic.
CREATE TABLE retained (
    topic TEXT PRIMARY KEY, payload BYTEA NOT NULL, qos BIGINT NOT NULL, modified BIGINT NOT NULL);

-- Which kinds of events are switched on; a kind without a row is as it started.
CREATE TABLE event_configuration (
    kind TEXT PRIMARY KEY, enabled BIGINT NOT NULL, created BIGINT NOT NULL, modified BIGINT NOT NULL);

-- Bulk registration. What became of the lines of a chunk is kept until the reports that say so are on disk.
CREATE TABLE registration_task (
    id {KEY}, uuid TEXT NOT NULL UNIQUE, template_body TEXT NOT NULL, bucket TEXT NOT NULL, object_key TEXT NOT NULL,
    role_arn TEXT, starter TEXT NOT NULL, status BIGINT NOT NULL, message TEXT, created BIGINT NOT NULL,
    modified BIGINT NOT NULL, size BIGINT NOT NULL, done_bytes BIGINT NOT NULL, done_lines BIGINT NOT NULL,
    done_chunks BIGINT NOT NULL, succeeded BIGINT NOT NULL, failed BIGINT NOT NULL, reported_chunks BIGINT NOT NULL,
    results_bytes BIGINT NOT NULL, errors_bytes BIGINT NOT NULL);
CREATE TABLE registration_outcome (
    task_id BIGINT NOT NULL, chunk BIGINT NOT NULL, outcomes TEXT NOT NULL, PRIMARY KEY (task_id, chunk)) {CLUSTERED};

-- S3: buckets, objects, and uploads that are not complete. Bodies are files of the data directory, named by `file`.
-- Keys are bytes, so that every engine lists them in the order of their UTF-8.
CREATE TABLE bucket (id {KEY}, name TEXT NOT NULL UNIQUE, region TEXT NOT NULL, created BIGINT NOT NULL);
CREATE TABLE object (
    bucket_id BIGINT NOT NULL, name BYTEA NOT NULL, file TEXT NOT NULL, size BIGINT NOT NULL, etag TEXT NOT NULL,
    modified BIGINT NOT NULL, details TEXT NOT NULL, PRIMARY KEY (bucket_id, name)) {CLUSTERED};
CREATE TABLE upload (
    bucket_id BIGINT NOT NULL, name BYTEA NOT NULL, upload TEXT NOT NULL, initiated BIGINT NOT NULL,
    details TEXT NOT NULL, PRIMARY KEY (bucket_id, name, upload)) {CLUSTERED};
CREATE TABLE part (
    upload TEXT NOT NULL, number BIGINT NOT NULL, file TEXT NOT NULL, size BIGINT NOT NULL, etag TEXT NOT NULL,
    modified BIGINT NOT NULL, checksum TEXT, PRIMARY KEY (upload, number)) {CLUSTERED};

-- Fleet indexing finds the few dynamic groups among many.
CREATE INDEX thing_group_dynamic ON thing_group(id) WHERE query IS NOT NULL;
-- Names for roles, functions and hosts that devices use.
CREATE TABLE role_alias (
    id {KEY}, name TEXT NOT NULL UNIQUE, role_arn TEXT NOT NULL, seconds BIGINT NOT NULL,
    created BIGINT NOT NULL, modified BIGINT NOT NULL);
CREATE TABLE authorizer (
    id {KEY}, name TEXT NOT NULL UNIQUE, function_arn TEXT NOT NULL, token_key TEXT, signing_keys TEXT NOT NULL,
    signing_disabled BIGINT NOT NULL, active BIGINT NOT NULL, cache_http BIGINT NOT NULL,
    created BIGINT NOT NULL, modified BIGINT NOT NULL);
CREATE TABLE domain_configuration (
    id {KEY}, name TEXT NOT NULL UNIQUE, host TEXT NOT NULL UNIQUE, managed BIGINT NOT NULL, service TEXT NOT NULL,
    enabled BIGINT NOT NULL, server_certificate TEXT, validation_certificate TEXT, authorizer TEXT,
    authorizer_override BIGINT, security TEXT NOT NULL, authentication TEXT NOT NULL, protocol TEXT NOT NULL,
    status_changed BIGINT NOT NULL);

-- Log levels of their own, for groups, clients, addresses and principals.
CREATE TABLE log_level (
    kind TEXT NOT NULL, name TEXT NOT NULL, level TEXT NOT NULL, PRIMARY KEY (kind, name)) {CLUSTERED};

-- The last transfer of a certificate to another account.
CREATE TABLE certificate_transfer (
    certificate_id {KEY}, target TEXT NOT NULL, message TEXT, offered BIGINT NOT NULL, pending BIGINT NOT NULL);
CREATE INDEX certificate_transfer_pending ON certificate_transfer(certificate_id) WHERE pending = 1;
