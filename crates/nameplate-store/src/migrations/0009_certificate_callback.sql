-- The function that validates client certificates under a domain configuration.
ALTER TABLE domain_configuration ADD COLUMN certificate_callback TEXT;
