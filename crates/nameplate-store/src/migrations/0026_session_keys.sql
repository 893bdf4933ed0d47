-- Condition keys that a session was given when it began, a JSON object: a device's that asked by its certificate.
ALTER TABLE iam_access_key ADD COLUMN session_keys TEXT;
