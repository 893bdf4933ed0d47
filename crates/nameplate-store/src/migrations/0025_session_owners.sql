-- Several servers over one database: whose a session and a will are (an incarnation of a node; 0 where there is one
-- server), and how often a session has gone from one to another. Rows of messages are in the order of epochs, and then of
-- keys: each server numbers its own.
ALTER TABLE mqtt_session ADD COLUMN owner BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mqtt_session ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mqtt_queue ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mqtt_will ADD COLUMN owner BIGINT NOT NULL DEFAULT 0;
{LOOKUP mqtt_session_client ON mqtt_session(client_id, id)};
{LOOKUP mqtt_session_owner ON mqtt_session(owner, id)};
{LOOKUP mqtt_queue_session ON mqtt_queue(session_id, epoch, id)};
{LOOKUP mqtt_will_owner ON mqtt_will(owner, id)};
