-- Whether a thing is connected, and since when it is or is not; a thing that never was has no row.
CREATE TABLE thing_connectivity (
    thing_id {KEY}, connected BIGINT NOT NULL, at BIGINT NOT NULL, reason TEXT, version BIGINT NOT NULL);
