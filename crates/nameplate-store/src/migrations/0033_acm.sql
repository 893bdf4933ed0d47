-- Certificates for names of owners' own, as imported into ACM: PEM of each and of its chain, and the private key, sealed.
CREATE TABLE acm_certificate (
    id TEXT PRIMARY KEY, certificate TEXT NOT NULL, chain TEXT, sealed_key BYTEA NOT NULL, created BIGINT NOT NULL,
    imported BIGINT NOT NULL);
