-- Device shadows. The classic one has the empty name; a thing need not be in the registry. Without content it was
-- deleted, and its version is remembered for a while.
CREATE TABLE shadow (
    thing TEXT NOT NULL, name TEXT NOT NULL, version BIGINT NOT NULL, content TEXT, modified BIGINT NOT NULL,
    PRIMARY KEY (thing, name)) {CLUSTERED};
CREATE INDEX shadow_deleted ON shadow(modified) WHERE content IS NULL;
