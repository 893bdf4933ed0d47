-- Functions of Lambda. Version 0 is $LATEST. Code and layers' files lie in the data directory, named by digest.
CREATE TABLE lambda_function (
    id {KEY}, name TEXT NOT NULL UNIQUE, concurrency BIGINT, next_version BIGINT NOT NULL, created BIGINT NOT NULL,
    events TEXT);
CREATE TABLE lambda_version (
    function_id BIGINT NOT NULL, version BIGINT NOT NULL, settings TEXT NOT NULL, code_sha256 TEXT NOT NULL,
    code_size BIGINT NOT NULL, modified BIGINT NOT NULL, revision TEXT NOT NULL,
    PRIMARY KEY (function_id, version)) {CLUSTERED};
CREATE TABLE lambda_alias (
    function_id BIGINT NOT NULL, name TEXT NOT NULL, version BIGINT NOT NULL, routing TEXT, description TEXT NOT NULL,
    revision TEXT NOT NULL, PRIMARY KEY (function_id, name)) {CLUSTERED};
-- The qualifier is empty for the function itself.
CREATE TABLE lambda_permission (
    id {KEY}, function_id BIGINT NOT NULL, qualifier TEXT NOT NULL, sid TEXT NOT NULL, statement TEXT NOT NULL);
CREATE INDEX lambda_permission_by_function ON lambda_permission(function_id, qualifier, id);
CREATE TABLE lambda_layer (
    name TEXT NOT NULL, version BIGINT NOT NULL, content TEXT NOT NULL, code_sha256 TEXT NOT NULL,
    code_size BIGINT NOT NULL, created BIGINT NOT NULL, PRIMARY KEY (name, version)) {CLUSTERED};
-- Calls that were taken for later, until they have been made.
CREATE TABLE lambda_event (
    id {KEY}, request_id TEXT NOT NULL, function TEXT NOT NULL, qualifier TEXT, payload BYTEA NOT NULL,
    depth BIGINT NOT NULL,
    attempts BIGINT NOT NULL, created BIGINT NOT NULL, due BIGINT NOT NULL);
