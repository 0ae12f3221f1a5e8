"""How Weir is set up so that the state of one session would show in another."""


def narrow(pool_size=3, workers=2):
    return {"server": {"workers": workers}, "pool": {"size": pool_size, "wait_timeout_ms": 60000}}
