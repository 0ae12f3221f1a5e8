"""Random sessions, run direct and through Weir; every message that the client gets must agree.

`/usr/bin/python3 -m differential --help` (in tests/integration) runs it by hand."""
