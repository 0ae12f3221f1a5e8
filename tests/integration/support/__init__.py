"""What the integration tests stand on: a real cluster, Weir as a process, clients."""
