-- Properties of MQTT 5 that a retained message was published with, and when its Message Expiry Interval is over.
ALTER TABLE retained ADD COLUMN properties BYTEA;
ALTER TABLE retained ADD COLUMN expires BIGINT;
CREATE INDEX retained_by_expiry ON retained (expires) WHERE expires IS NOT NULL;
