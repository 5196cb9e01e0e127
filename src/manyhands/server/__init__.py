"""Running Manyhands on one machine: the embedded PostgreSQL and the supervisor of all processes."""
