"""What `replication_setup/patroni` is made of."""
