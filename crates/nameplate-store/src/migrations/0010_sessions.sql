-- MQTT sessions that outlive their connection. `disconnected` is null while the client is connected; `will` is what would
-- be published if it were lost.
CREATE TABLE mqtt_session (
    id {KEY}, client_id TEXT NOT NULL, principal TEXT NOT NULL, protocol BIGINT NOT NULL, expiry BIGINT NOT NULL,
    keep_alive BIGINT NOT NULL, connected BIGINT NOT NULL, disconnected BIGINT, will BYTEA);
CREATE TABLE mqtt_subscription (
    session_id BIGINT NOT NULL, filter TEXT NOT NULL, qos BIGINT NOT NULL, options BIGINT NOT NULL,
    PRIMARY KEY (session_id, filter)) {CLUSTERED};

-- QoS 1 messages that their session has not acknowledged: up to 64 in a row, in the order of rows. Bit n of
-- `acknowledged` says that the n-th is done with; it may lag behind what the client has acknowledged.
CREATE TABLE mqtt_queue (
    id {KEY}, session_id BIGINT NOT NULL, messages BIGINT NOT NULL, acknowledged BIGINT NOT NULL,
    content BYTEA NOT NULL);
