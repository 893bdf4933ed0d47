-- AWS IoT Jobs. `settings` is what CreateJob was given; `due` is when there is something to do for the job, and null while
-- there is not. `minute` and `told` say how many things were told of it in the last minute of its rollout.
CREATE TABLE job (
    id {KEY}, name TEXT NOT NULL UNIQUE, status BIGINT NOT NULL, continuous BIGINT NOT NULL, namespace TEXT NOT NULL,
    settings TEXT NOT NULL, document TEXT NOT NULL, created BIGINT NOT NULL, modified BIGINT NOT NULL,
    completed BIGINT, started BIGINT, minute BIGINT NOT NULL, told BIGINT NOT NULL, due BIGINT);
CREATE INDEX job_by_due ON job(due) WHERE due IS NOT NULL;

-- Things or groups that a job is for. Of a group, `at_group` and `at_thing` say how far its things were told; `done` that
-- all of them were.
CREATE TABLE job_target (
    job_id BIGINT NOT NULL, position BIGINT NOT NULL, arn TEXT NOT NULL, group_id BIGINT, thing_id BIGINT,
    at_group BIGINT NOT NULL, at_thing BIGINT NOT NULL, done BIGINT NOT NULL,
    PRIMARY KEY (job_id, position)) {CLUSTERED};
CREATE INDEX job_target_by_group ON job_target(group_id, job_id) WHERE group_id IS NOT NULL;

-- Things of a job by the status of their last execution.
CREATE TABLE job_count (
    job_id BIGINT NOT NULL, status BIGINT NOT NULL, things BIGINT NOT NULL, PRIMARY KEY (job_id, status)) {CLUSTERED};

-- Executions. `times_out` is the sooner of the two deadlines.
CREATE TABLE job_execution (
    id {KEY}, job_id BIGINT NOT NULL, thing_id BIGINT NOT NULL, thing TEXT NOT NULL, namespace TEXT NOT NULL,
    number BIGINT NOT NULL, status BIGINT NOT NULL, version BIGINT NOT NULL, forced BIGINT NOT NULL,
    attempt BIGINT NOT NULL, queued BIGINT NOT NULL, started BIGINT, updated BIGINT NOT NULL, details TEXT,
    deadline BIGINT, step_deadline BIGINT, times_out BIGINT);
CREATE UNIQUE INDEX job_execution_of_job ON job_execution(job_id, thing_id, number);
CREATE INDEX job_execution_by_status ON job_execution(job_id, status, id);
CREATE INDEX job_execution_of_thing ON job_execution(thing_id, id);
CREATE INDEX job_execution_pending ON job_execution(thing_id, namespace, status DESC, id) WHERE status < 2;
CREATE INDEX job_execution_by_end ON job_execution(times_out) WHERE times_out IS NOT NULL;

CREATE TABLE job_template (
    id {KEY}, name TEXT NOT NULL UNIQUE, settings TEXT NOT NULL, document TEXT NOT NULL, created BIGINT NOT NULL);
