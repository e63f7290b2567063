"""One file per kind of operation or per rule; DOMAIN's tables are the measure."""
