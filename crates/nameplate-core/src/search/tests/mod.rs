mod aggregates;
mod language;
mod oracle;
