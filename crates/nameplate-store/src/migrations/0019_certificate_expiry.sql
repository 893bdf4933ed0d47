-- Certificates by the end of their validity, so that it can be told ahead and shown.
CREATE INDEX certificate_by_expiry ON certificate(not_after, id);
