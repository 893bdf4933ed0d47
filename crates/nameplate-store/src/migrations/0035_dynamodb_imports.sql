-- Tables of DynamoDB that are made of files: what is asked, and how far it has come, as the use cases write it.
CREATE TABLE dynamodb_import (
    id {KEY}, arn TEXT NOT NULL UNIQUE, token TEXT NOT NULL, created BIGINT NOT NULL, is_open BIGINT NOT NULL,
    document TEXT NOT NULL);
CREATE INDEX dynamodb_import_by_token ON dynamodb_import(token, id);
CREATE INDEX dynamodb_import_by_time ON dynamodb_import(created);
CREATE INDEX dynamodb_import_open ON dynamodb_import(id) WHERE is_open = 1;
