-- Refusals and first connections are looked for among many records that are neither: those of devices that were known.
ALTER TABLE attempt ADD COLUMN notable BIGINT NOT NULL DEFAULT 1;
UPDATE attempt SET notable = 0 WHERE code = 'connected' AND record LIKE '%"stage":"registered"%'
    AND record NOT LIKE '%"flow":"%' AND record NOT LIKE '%"failedStage":"%';
CREATE INDEX attempt_notable ON attempt(notable, seq) WHERE notable = 1;
