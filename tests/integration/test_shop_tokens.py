"""What a visitor of the shop has seen goes with the visitor, from one of its servers to another."""
from support.shop import Visitor
from test_shop import shop, shop_cluster, start_service, visitor  # pylint: disable=unused-import


def seen_cookie(headers):
    """name=value of what a response says that its visitor has seen."""
    return next((each.split(";")[0] for each in headers.get_all("Set-Cookie") or () if each.startswith("seen=")), None)


def test_an_order_is_in_the_history_at_once_through_another_server(shop, start_service):
    """Whose connections know nothing of it: the visitor's cookie tells them."""
    other = start_service("all")
    visitor, unseen = Visitor(shop).with_account(), 0
    with shop.cluster.lagging(1000):
        for _ in range(5):
            status, answer, headers = visitor.buy((92, 1))
            assert status == 201
            cookie = seen_cookie(headers)
            if cookie is None:
                assert shop.is_direct
                continue
            status, told, _ = visitor.ask("GET", "/api/orders", service=other)
            unseen += status != 200 or told["orders"][:1] != [answer["order"]]
            status, told, _ = visitor.ask("GET", "/api/orders", service=other, headers={"Cookie": cookie})
            assert status == 200 and told["orders"][0] == answer["order"]
            shop.set_stock(92, 100)
    assert unseen > 0 or shop.is_direct, "another server without the cookie is to see less, at times"


def test_a_cookie_that_was_made_up_disturbs_nobody(shop, visitor):
    visitor.with_account()
    for made_up in ("w1-1-1-1", "w1-zz", "x", "'; drop table orders; --", "w1-" + "f" * 80):
        assert visitor.ask("GET", "/api/orders", headers={"Cookie": f"seen={made_up}"})[0] == 200
        assert visitor.buy((93, 1))[0] == 201
