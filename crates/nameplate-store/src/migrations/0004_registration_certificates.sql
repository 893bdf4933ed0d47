-- Whether a line whose thing has a certificate for its signing request keeps that one.
ALTER TABLE registration_task ADD COLUMN keep_certificates BIGINT NOT NULL DEFAULT 0;
