-- When the end of a certificate is to be told that the thirty days before it do not fit: one of a short life, or one that
-- was registered within them. Null where those days fit, and once it has been told.
ALTER TABLE certificate ADD COLUMN tell BIGINT;
UPDATE certificate SET tell = not_after - (not_after - not_before) / 3
    WHERE not_after - not_before < 7776000000
    AND not_after > COALESCE((SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'certificate_ends_told'), 0);
CREATE INDEX certificate_by_telling ON certificate(tell, id) WHERE tell IS NOT NULL;
