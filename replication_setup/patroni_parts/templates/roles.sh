# Patroni runs this once, on the first primary, with its connection string. weir: what Weir probes as.
psql -X -v ON_ERROR_STOP=1 -d "$$1" <<'SQL'
CREATE ROLE weir LOGIN REPLICATION IN ROLE pg_monitor PASSWORD '$probe_password';
CREATE ROLE app LOGIN PASSWORD 'app';
CREATE DATABASE app OWNER app;
SQL
