-- Streams of file delivery. `files` is JSON.
CREATE TABLE stream (
    id {KEY}, name TEXT NOT NULL UNIQUE, version BIGINT NOT NULL, description TEXT, files TEXT NOT NULL,
    role_arn TEXT NOT NULL, created BIGINT NOT NULL, modified BIGINT NOT NULL);
