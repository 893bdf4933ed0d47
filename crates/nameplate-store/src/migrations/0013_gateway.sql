-- Documents of API Gateway by kind: APIs, the deployments of each, API keys and usage plans.
CREATE TABLE gateway_document (
    kind TEXT NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (kind, id)) {CLUSTERED};
