"""The shop in Debian's Chromium: from the first look to an order, through a failover, and as its administrator."""
import pathlib
import re
import shutil
import tempfile
import threading

import pytest

from browser.visit import visit
from support.places import BUILD
from support.real_cluster import RealCluster
from support.shop_rack import ShopRack
from support.weir_process import WeirProcess

PICTURES = BUILD / "test-results" / "shop"
VISIT_SECONDS = 240


@pytest.fixture(scope="module")
def seen():
    cluster = RealCluster(("--replicas", "2", "--load-shop", "--sync")).up()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-browser-", dir="/tmp"))
    folder.chmod(0o755)
    weir = WeirProcess(cluster, folder, users={"shop": "shop"})
    rack = None
    failover = []

    def ask(sql, *values):
        return cluster.ask("primary", sql, values, dbname="shop")

    def wishes(what):
        if what.startswith("code of "):
            mail = ask("select body from outgoing_mail where recipient = %s", what.removeprefix("code of "))[0][0]
            return re.search(r"/verify\?code=(\w+)", mail).group(1)
        if what.startswith("admin "):
            ask("update users set is_admin = true where email = %s", what.removeprefix("admin "))
            cluster.wait_caught_up()
            return "done"
        assert what == "failover"
        cluster.command("stop", "primary", "--crash")
        failover.append(threading.Thread(target=cluster.command, args=("promote", "replica1")))
        failover[0].start()
        return "under way"

    try:
        weir.start().wait_for_nodes(3)
        rack = ShopRack(folder, f"host=127.0.0.1 port={weir.port} dbname=shop user=shop password=shop")
        yield visit("visit_shop.mjs", rack.url, PICTURES, wishes, VISIT_SECONDS)
        rack.stop()
        weir.stop()
    finally:
        for thread in failover:
            thread.join()
        if rack:
            rack.kill()
        weir.kill()
        cluster.down()
        shutil.rmtree(folder, ignore_errors=True)


def test_the_catalogue_has_pictures_and_departments(seen):
    found = seen["catalogue"]
    assert found["cards"] == found["pictures"] == 20 and found["departments"] == 13 + 5
    assert (PICTURES / "catalogue.png").stat().st_size > 10_000


def test_a_search_is_narrowed_and_sorted(seen):
    found = seen["search"]
    assert found["box"] == "oak" and found["prices"] == sorted(found["prices"]) and found["names"]
    assert all("Oak" in name and re.search("Paddle|Canoe|Anchor|Rope|Sail", name) for name in found["names"])


def test_who_is_not_logged_in_is_told(seen):
    assert "Log in or register" in seen["not logged in"]["text"]


def test_an_address_is_confirmed(seen):
    assert seen["account"]["state"] == "confirmed"


def test_something_is_held(seen):
    assert "Held for you" in seen["held"]["text"]


def test_an_order_is_seen_at_once_through_every_server(seen):
    found = seen["order"]
    assert found["status"] == 201 and found["missing"] == 0 and found["listed"]
    assert len(set(found["served"]["pages"])) == 3, "other servers than the one of the checkout have shown it"
    assert "cancelled" in seen


def test_an_administrator_restocks_and_sets_prices(seen):
    assert seen["admin"]["after"] == seen["admin"]["before"] + 7
    assert seen["admin"]["price"] == "€ 42.42"


def test_errors_are_pages(seen):
    assert seen["errors"]["statuses"] == [404, 404] and seen["errors"]["links"] >= 1


def test_a_failover_is_a_slow_page_at_most(seen):
    assert seen["failover"]["status"] in (200, 201) and "Order" not in seen["end"]["failures"]
    assert seen["failover"]["seconds"] < 60


def test_it_can_be_used_on_a_phone_in_the_dark_and_by_keyboard(seen):
    found = seen["phone"]
    assert not found["wide"] and found["unnamed"] == 0 and found["focused"] in ("A", "INPUT", "BUTTON")
    assert found["dark"] == "rgb(21, 27, 31)"


def test_nothing_failed_and_nothing_was_asked_of_elsewhere(seen):
    assert (seen["end"]["complaints"], seen["end"]["elsewhere"], seen["end"]["failures"]) == ([], [], [])
