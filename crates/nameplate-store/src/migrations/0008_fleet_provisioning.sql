-- Certificates that fleet provisioning has handed out and that nobody has registered a thing with: until when their
-- ownership tokens are good.
CREATE TABLE pending_certificate (certificate_id {KEY}, expires BIGINT NOT NULL);
CREATE INDEX pending_certificate_by_expiry ON pending_certificate(expires);
