#!/bin/bash
# Run once by the postgres image when it has made the primary: roles, slots, and who may replicate.
set -eu

psql -v ON_ERROR_STOP=1 -v probe="$PROBE_PASSWORD" -v replication="$REPLICATION_PASSWORD" \
    -U "${POSTGRES_USER:-postgres}" -d postgres <<'SQL'
CREATE ROLE weir LOGIN REPLICATION IN ROLE pg_monitor PASSWORD :'probe';
CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'replication';
CREATE ROLE app LOGIN PASSWORD 'app';
CREATE DATABASE app OWNER app;
CREATE EXTENSION pg_stat_statements;
SELECT pg_create_physical_replication_slot(name) FROM unnest(ARRAY['replica1', 'replica2']) AS name;
SQL

echo "host replication weir,replicator all scram-sha-256" >> "$PGDATA/pg_hba.conf"
