"""The six steps as values: who there is at each of them."""
import dataclasses
import typing


@dataclasses.dataclass(frozen=True)
class Layout:
    """Who there is. `services`: how many of each in place of application servers that are all in one."""

    name: str
    title: str
    apps: int = 1
    balancer: bool = False
    replicas: int = 0
    primary_cores: int = 1       # times the budget of a database server
    users_apart: bool = False    # the users' tables on a cluster of their own, with one replica
    cache: bool = False
    services: typing.Optional[dict] = None


LAYOUTS = [
    Layout("1", "One application server, one database server"),
    Layout("2", "Three application servers, which visitors pick by chance", apps=3),
    Layout("3", "A load balancer before them", apps=3, balancer=True),
    Layout("4-1", "Reads on one replica", apps=3, balancer=True, replicas=1),
    Layout("4-2", "Reads on two replicas", apps=3, balancer=True, replicas=2),
    Layout("4-4", "Reads on four replicas", apps=3, balancer=True, replicas=4),
    Layout("5-power", "A primary of twice the power", apps=3, balancer=True, replicas=2, primary_cores=2),
    Layout("5-apart", "Users and inventory on servers of their own", apps=3, balancer=True, replicas=2, users_apart=True),
    Layout("5-cache", "A cache before the catalogue", apps=3, balancer=True, replicas=2, users_apart=True, cache=True),
    Layout("6", "Services that are scaled apart", balancer=True, replicas=2, users_apart=True, cache=True,
           services={"storefront": 2, "inventory": 2, "order": 1, "user": 1}),
]
BY_NAME = {each.name: each for each in LAYOUTS}
