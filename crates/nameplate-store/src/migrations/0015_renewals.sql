-- Certificates that were renewed and whose successors have not connected yet.
CREATE TABLE certificate_renewal (certificate_id {KEY}, old BYTEA NOT NULL UNIQUE);
CREATE INDEX vending_entry_by_certificate ON vending_entry(certificate);
