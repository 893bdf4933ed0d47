-- When certificates end, so that it can be told ahead.
CREATE INDEX certificate_by_expiry ON certificate(not_after);
