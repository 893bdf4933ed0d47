-- Topic rules. The document is what the last call that saved the rule sent; whether it is disabled has a column of its own.
CREATE TABLE topic_rule (
    id {KEY}, name TEXT NOT NULL UNIQUE, document TEXT NOT NULL, filter TEXT, disabled BIGINT NOT NULL,
    created BIGINT NOT NULL, revision BIGINT NOT NULL);

-- Destinations that rules send to by HTTP. Of the token that confirms one, its SHA-256.
CREATE TABLE rule_destination (
    id {KEY}, uuid TEXT NOT NULL UNIQUE, url TEXT NOT NULL UNIQUE, status TEXT NOT NULL, reason TEXT NOT NULL,
    token BYTEA, created BIGINT NOT NULL, modified BIGINT NOT NULL);
CREATE INDEX rule_destination_by_token ON rule_destination(token) WHERE token IS NOT NULL;

-- What failed when rules ran: equal failures of a rule are one row.
CREATE TABLE rule_failure (
    rule TEXT NOT NULL, action TEXT NOT NULL, reason TEXT NOT NULL, resource TEXT NOT NULL, topic TEXT NOT NULL,
    client_id TEXT, first_at BIGINT NOT NULL, last_at BIGINT NOT NULL, times BIGINT NOT NULL,
    PRIMARY KEY (rule, action, reason)) {CLUSTERED};
