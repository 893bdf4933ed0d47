-- Groups of users, whose policies are their members' too; and what hands a role to an instance elsewhere.
CREATE TABLE iam_group (
    id {KEY}, name TEXT NOT NULL UNIQUE, group_id TEXT NOT NULL, path TEXT NOT NULL, created BIGINT NOT NULL);
CREATE TABLE iam_member (
    group_name TEXT NOT NULL, user_name TEXT NOT NULL, PRIMARY KEY (group_name, user_name)) {CLUSTERED};
CREATE INDEX iam_member_by_user ON iam_member(user_name, group_name);
CREATE TABLE iam_instance_profile (
    id {KEY}, name TEXT NOT NULL UNIQUE, profile_id TEXT NOT NULL, path TEXT NOT NULL, role_name TEXT,
    created BIGINT NOT NULL);
CREATE INDEX iam_instance_profile_by_role ON iam_instance_profile(role_name, name) WHERE role_name IS NOT NULL;

-- What has been set of a bucket: its policy and the like, by name.
CREATE TABLE bucket_setting (
    bucket_id BIGINT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (bucket_id, name)) {CLUSTERED};
