-- Wills of MQTT connections, from CONNECT until they are published or taken along. `due` is null while the connection is
-- open; after its end it says when the will is published, unless the client comes back to its session before.
CREATE TABLE mqtt_will (
    id {KEY}, client_id TEXT NOT NULL, principal TEXT NOT NULL, source_ip TEXT, session_id BIGINT,
    delay BIGINT NOT NULL, due BIGINT, content BYTEA NOT NULL);
