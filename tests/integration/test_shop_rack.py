"""The shop as a rack: several servers behind a load balancer, with replicas that lag and a primary that dies."""
import json
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

import pytest

from support.places import measured, sized
from support.real_cluster import RealCluster
from support.shop import SHOPPERS
from support.shop_rack import ShopRack
from support.waiting import wait_until
from support.weir_process import WeirProcess


@pytest.fixture
def rack_before():
    """rack_before(cluster) -> (Weir, three servers behind HAProxy)."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-rack-", dir="/tmp"))
    folder.chmod(0o755)
    made = []

    def start(cluster):
        weir = WeirProcess(cluster, folder, users={"shop": "shop"})
        made.append(weir)
        weir.start().wait_for_nodes(len(cluster.nodes))
        rack = ShopRack(folder, f"host=127.0.0.1 port={weir.port} dbname=shop user=shop password=shop")
        made.append(rack)
        return weir, rack

    yield start
    for each in reversed(made):
        each.kill()
    shutil.rmtree(folder, ignore_errors=True)


def books_of(cluster):
    ports = ",".join(str(cluster.port(node)) for node in cluster.nodes)
    hosts = ",".join("127.0.0.1" for _ in cluster.nodes)
    return f"host={hosts} port={ports} target_session_attrs=read-write dbname=shop user=postgres password=postgres"


def shoppers(rack, cluster, *arguments):
    return subprocess.Popen([str(SHOPPERS), "--url", rack.url, "--books", books_of(cluster), *arguments],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_no_order_page_is_of_the_past_while_replicas_lag(rack_before):
    """Each request of a shopper may be served by another server; only the cookie goes with them."""
    cluster = RealCluster(("--replicas", "2", "--load-shop")).up()
    try:
        weir, rack = rack_before(cluster)
        wanted = sized(300, 10_000)
        with cluster.lagging(300):
            with shoppers(rack, cluster, "--seconds", "1200", "--checkouts", str(wanted), "--shoppers", "12", "--buys", "1") as child:
                out, err = child.communicate(timeout=1300)
        summary = json.loads(out)
        measured(f"measured: {summary['checkouts']} checkouts while replicas lag by 300 ms: {summary['stale_order_pages']} stale "
                 f"order pages, {summary['errors']} errors, {summary['seconds']:.0f} s")
        assert child.returncode == 0, out + err
        assert summary["order_pages"] >= wanted and summary["stale_order_pages"] == 0
        counts = rack.requests()
        spread = max(counts) / (sum(counts) / len(counts)) - 1
        measured(f"measured: the busiest of three servers had {100 * spread:.1f} % more than its part")
        assert spread < 0.10, counts
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{rack.url}/metrics", timeout=10)
        rack.stop()
        weir.stop()
    finally:
        cluster.down()


def test_the_books_balance_when_the_primary_was_killed(rack_before):
    """A replica is synchronous: what was acknowledged is there, once; what failed left nothing."""
    cluster = RealCluster(("--replicas", "2", "--load-shop", "--sync")).up()
    try:
        weir, rack = rack_before(cluster)
        ended = []
        seconds = sized(12, 40)
        with shoppers(rack, cluster, "--seconds", str(seconds), "--shoppers", "12", "--think-ms", "20") as child:
            counting = child.stderr.readline()
            assert counting == "counting\n", counting + child.stderr.read()
            threading.Thread(target=lambda: ended.append(child.communicate(timeout=200)), daemon=True).start()
            orders = "select count(*) from orders where user_id > 2000"
            wait_until(lambda: cluster.value("primary", orders, dbname="shop") > 20, "orders are placed")
            began = time.monotonic()
            cluster.command("stop", "primary", "--crash")
            cluster.command("promote", "replica1")
            took = time.monotonic() - began
            after = cluster.value("replica1", orders, dbname="shop")
            wait_until(lambda: cluster.value("replica1", orders, dbname="shop") > after + 20, "orders are placed again", 60)
            wait_until(lambda: ended, "the shoppers leave", 200)
        summary = json.loads(ended[0][0])
        measured(f"measured: primary killed, replica promoted in {took:.1f} s: {summary['checkouts']} checkouts, "
                 f"{summary['repeated_checkouts']} of them asked for twice, {summary['errors']} errors, the slowest page "
                 f"{summary['longest_ms']:.0f} ms; books {summary['books']}")
        books = summary["books"]
        assert books["kept"] == books["acknowledged"] > 40, summary
        assert books["unbalanced_products"] == books["negative_stock"] == books["orders_without_lines"] == 0
        assert summary["lost_orders"] == summary["stale_order_pages"] == 0
        rack.stop()
        weir.stop()
    finally:
        cluster.down()
