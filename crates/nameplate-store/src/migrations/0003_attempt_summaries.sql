-- Attempts and refusals that repeat, one row for each kind and source. `class` tells which bound it counts to.
CREATE TABLE attempt_summary (
    fold TEXT PRIMARY KEY, class BIGINT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL,
    first_at BIGINT NOT NULL, count BIGINT NOT NULL, certificate BYTEA, serial TEXT, client_id TEXT,
    address TEXT NOT NULL, code TEXT NOT NULL, record TEXT NOT NULL);
