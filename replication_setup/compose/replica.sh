#!/bin/bash
# The entry point of a replica: copies the primary when there is no data yet, then starts as usual.
set -eu

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    mkdir -p "$PGDATA"
    find "$PGDATA" -mindepth 1 -delete # of a copy that was cut short
    chown postgres "$PGDATA"
    chmod 0700 "$PGDATA"
    PGPASSWORD="$REPLICATION_PASSWORD" gosu postgres pg_basebackup -D "$PGDATA" \
        -d "host=primary user=replicator application_name=$NODE_NAME" \
        --slot "$NODE_NAME" --wal-method stream --checkpoint fast --write-recovery-conf
fi
exec docker-entrypoint.sh "$@"
