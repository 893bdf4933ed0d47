-- Things by the one whose children they are: their attribute `parent`.
CREATE TABLE thing_child (thing_id {KEY}, parent TEXT NOT NULL);
INSERT INTO thing_child SELECT id, {MEMBER attributes parent} FROM thing WHERE {MEMBER attributes parent} IS NOT NULL;
CREATE INDEX thing_child_by_parent ON thing_child(parent, thing_id);
