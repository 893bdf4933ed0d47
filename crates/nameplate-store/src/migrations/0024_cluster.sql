-- Which of several servers a thing is connected at, by its incarnation; 0 where there is one.
ALTER TABLE thing_connectivity ADD COLUMN owner BIGINT NOT NULL DEFAULT 0;
CREATE INDEX thing_connectivity_by_owner ON thing_connectivity(owner, thing_id) WHERE owner > 0;
