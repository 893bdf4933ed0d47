-- A device gets its jobs in the order in which they were queued, which is not that of keys where they come from several nodes.
DROP INDEX job_execution_pending;
CREATE INDEX job_execution_pending ON job_execution(thing_id, namespace, status DESC, queued, id) WHERE status < 2;
