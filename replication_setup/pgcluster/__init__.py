"""Builds, changes and removes a small PostgreSQL cluster; knows nothing of Weir but its name."""
