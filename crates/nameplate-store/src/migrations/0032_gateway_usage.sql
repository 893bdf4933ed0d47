-- How many requests an API key was let through with under a usage plan, by day since 1970, UTC.
CREATE TABLE gateway_usage (
    plan TEXT NOT NULL, key TEXT NOT NULL, day BIGINT NOT NULL, used BIGINT NOT NULL, PRIMARY KEY (plan, key, day)) {CLUSTERED};
CREATE INDEX gateway_usage_day ON gateway_usage(day);
