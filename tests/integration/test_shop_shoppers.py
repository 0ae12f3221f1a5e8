"""The shoppers: what they find in a shop that is as it should be, and in one that is not."""
import json
import subprocess

from support.places import free_port, sized
from support.shop import SHOPPERS
from test_shop import shop, shop_cluster  # pylint: disable=unused-import


def shoppers(shop, *arguments):
    books = f"host=127.0.0.1 port={shop.cluster.port()} dbname=shop user=postgres password=postgres"
    return subprocess.run([str(SHOPPERS), "--url", shop.front.url, "--books", books, *arguments],
                          capture_output=True, text=True, timeout=120, check=False)


def test_shoppers_find_nothing_wrong(shop):
    done = shoppers(shop, "--seconds", str(sized(3, 30)), "--shoppers", "8")
    assert done.returncode == 0, done.stdout + done.stderr
    summary = json.loads(done.stdout)
    assert summary["checkouts"] > 0 and summary["errors"] == summary["stale_order_pages"] == 0
    assert summary["books"]["acknowledged"] == summary["checkouts"]
    assert summary["books"]["unbalanced_products"] == 0


def test_shoppers_who_come_whether_the_shop_keeps_up_or_not(shop):
    done = shoppers(shop, "--seconds", "3", "--shoppers", "30", "--arrivals", "20", "--think-ms", "20")
    assert done.returncode == 0, done.stdout + done.stderr
    summary = json.loads(done.stdout)
    assert 20 <= summary["visits"] <= 120 and summary["too_many_at_once"] == 0


def test_shoppers_see_what_is_wrong(shop):
    """A shop whose books do not balance, and one that is not there."""
    shop.cluster.ask("primary", "update inventory set quantity = quantity + 1 where product_id = 94", dbname="shop")
    try:
        done = shoppers(shop, "--seconds", "1", "--shoppers", "2")
        assert done.returncode == 1 and json.loads(done.stdout)["books"]["unbalanced_products"] == 1
    finally:
        shop.cluster.ask("primary", "update inventory set quantity = quantity - 1 where product_id = 94", dbname="shop")
    done = subprocess.run([str(SHOPPERS), "--url", f"http://127.0.0.1:{free_port()}", "--seconds", "0.5"],
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1 and json.loads(done.stdout)["errors"] > 0
    assert subprocess.run([str(SHOPPERS), "--url", "nowhere"], capture_output=True, check=False).returncode == 2
