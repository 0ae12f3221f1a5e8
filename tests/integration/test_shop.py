"""The shop: both services as processes, straight at the primary and through Weir."""
import concurrent.futures
import contextlib
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile

import pytest

from support.places import ROOT, WEIR, free_port, sized
from support.real_cluster import RealCluster
from support.shop import PASSWORD, SHOP, Shop, ShopProcess, Visitor, weir_in_front
from support.waiting import wait_until


@pytest.fixture(scope="module")
def shop_cluster():
    if not SHOP.exists():
        pytest.fail(f"{SHOP} is not there: make build", pytrace=False)
    made = RealCluster(("--replicas", "1", "--load-shop")).up()
    yield made
    made.down()


@pytest.fixture(scope="module", params=["direct", "through_weir"])
def shop(request, shop_cluster):
    if request.param == "through_weir" and not WEIR.exists():
        pytest.skip(f"{WEIR} is not there: make build")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-shop-", dir="/tmp"))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        port = shop_cluster.port() if request.param == "direct" else \
            stack.enter_context(weir_in_front(shop_cluster, folder))
        made = Shop(folder, f"host=127.0.0.1 port={port} dbname=shop user=shop password=shop",
                    shop_cluster, is_direct=request.param == "direct", in_one=request.param == "direct")
        stack.callback(made.stop)
        yield made


@pytest.fixture
def visitor(shop):
    return Visitor(shop)


@pytest.fixture
def start_service(shop):
    """start_service(kind, ...) -> one more service, which outlives no test."""
    started = []

    def start(kind, *arguments, database=shop.database):
        started.append(ShopProcess(shop.folder, kind, database, *arguments))
        return started[-1]

    yield start
    for service in started:
        service.kill()


def test_the_seed_is_large_and_a_second_load_changes_nothing(shop_cluster):
    def everything():
        return shop_cluster.ask("primary", """
            select (select count(*) from products), (select count(*) from orders),
                   (select count(*) from order_lines), (select sum(quantity) from inventory),
                   (select sum(total_cents) from orders),
                   (select rolpassword from pg_authid where rolname = 'shop')""", dbname="shop")[0]

    before = everything()
    assert before[0] >= 10_000 and before[1] >= 50_000
    for file in sorted((ROOT / "sql").glob("*.sql")):
        subprocess.run(["psql", "-qX", "-h", shop_cluster.socket_dir, "-p",
                        str(shop_cluster.port()), "-U", "postgres", "-d", "shop", "-f", str(file)],
                       check=True, timeout=60)
    assert everything() == before
    assert shop_cluster.value("primary", """
        select count(*) from orders o where total_cents <>
        (select sum(quantity * price_cents) from order_lines where order_id = o.id)""",
                              dbname="shop") == 0


def test_an_account_from_registration_to_log_out(visitor):
    status, answer, _ = visitor.register()
    assert (status, answer["user"]["email"]) == (201, visitor.email)
    assert visitor.register()[0] == 409
    assert visitor.log_in("another password") == 401
    assert visitor.ask_users("GET", "/api/session")[0] == 401
    assert visitor.log_in() == 200
    assert visitor.ask_users("GET", "/api/session")[1]["user"]["email"] == visitor.email
    assert visitor.ask_users("POST", "/api/logout")[0] == 204
    assert visitor.ask_users("GET", "/api/session")[0] == 401
    assert visitor.ask("GET", "/api/orders")[0] == 401


def test_neither_password_nor_token_is_stored(visitor):
    visitor.with_account()
    stored = visitor.shop.value("select password_hash from users where email = %s", visitor.email)
    assert stored.startswith("$y$") and PASSWORD not in stored
    sha256 = "select count(*) from sessions where token_hash = sha256(%s::bytea)"
    assert visitor.shop.value(sha256, visitor.token.encode()) == 1


def test_a_seeded_user_cannot_log_in(visitor):
    visitor.email = "shopper1@example.org"
    for password in ("!", "", "password", "shop"):
        assert visitor.log_in(password) in (400, 401)
    assert visitor.log_in("!!!!!!!!") == 401


def test_pages_of_the_catalogue_hold_every_product_once(visitor):
    seen, page, more = [], 0, True
    while more:
        page += 1
        _, found, _ = visitor.ask("GET", f"/api/products?category=boats&per_page=100&page={page}")
        seen += [product["id"] for product in found["products"]]
        more = found["has_more"]
    assert len(seen) == len(set(seen)) == visitor.shop.value(
        "select count(*) from products join categories c on c.id = category_id "
        "where c.slug = 'boats'")


def test_a_search_finds_what_has_all_words(visitor):
    _, found, _ = visitor.ask("GET", "/api/products?search=oak+mugs&per_page=5")
    assert found["products"] and found["has_more"]
    for product in found["products"]:
        assert "Oak" in product["name"] and "Mug" in product["name"]
    assert visitor.ask("GET", "/api/products?search=zzyzzx")[1]["products"] == []


@pytest.mark.parametrize("words", ["'; drop table users; --", '"', "a & | ! ( b", "%25", "\\", "'",
                                   "%F0%9F%9B%B6", "<script>", "-", "x" * 200])
def test_no_search_words_break_the_shop(visitor, words):
    quoted = words if words.startswith("%") else "".join(f"%{b:02x}" for b in words.encode())
    assert visitor.ask("GET", f"/api/products?search={quoted}")[0] == 200
    status, page, _ = visitor.ask("GET", f"/?search={quoted}")
    assert status == 200 and "<script>" not in page


def test_a_product_is_shown_with_its_stock(visitor):
    visitor.shop.set_stock(11, 42)
    visitor.shop.cluster.wait_caught_up()
    assert visitor.ask("GET", "/api/products/11")[1]["product"]["stock"] == 42
    status, page, headers = visitor.ask("GET", "/products/11")
    assert status == 200 and "42 in stock" in page
    assert headers["Content-Type"].startswith("text/html")
    assert len(visitor.ask("GET", "/api/categories")[1]["categories"]) == 12


def test_a_checkout_takes_the_stock_and_is_in_the_history_at_once(visitor):
    visitor.with_account().shop.set_stock(21, 10)
    visitor.shop.set_stock(22, 10)
    for left in (8, 6, 4):
        status, answer, headers = visitor.buy((22, 1), (21, 2))
        assert status == 201
        order = answer["order"]
        assert order["total_cents"] == sum(line["quantity"] * line["price_cents"]
                                           for line in order["lines"])
        assert visitor.ask("GET", "/api/orders")[1]["orders"][0] == order
        assert visitor.ask("GET", headers["Location"])[1]["order"] == order
        assert visitor.shop.stock(21) == left
    stranger = Visitor(visitor.shop).with_account()
    assert stranger.ask("GET", f"/api/orders/{order['id']}")[0] == 404
    assert stranger.ask("GET", "/api/orders")[1]["orders"] == []


def test_a_cart_is_filled_and_bought_once(visitor):
    visitor.with_account().shop.set_stock(31, 10)
    assert visitor.ask("PUT", "/api/cart/items/31", {"quantity": 5})[0] == 200
    assert visitor.ask("PUT", "/api/cart/items/32", {"quantity": 1})[0] == 200
    assert visitor.ask("PUT", "/api/cart/items/31", {"quantity": 3})[0] == 200
    assert visitor.ask("PUT", "/api/cart/items/32", {"quantity": 0})[0] == 200
    assert visitor.ask("PUT", "/api/cart/items/99999999", {"quantity": 1})[0] == 404
    lines = visitor.ask("GET", "/api/cart")[1]["lines"]
    assert [(line["product_id"], line["quantity"]) for line in lines] == [(31, 3)]
    with concurrent.futures.ThreadPoolExecutor(4) as buyers:
        answers = list(buyers.map(lambda _: visitor.ask("POST", "/api/checkout", {}), range(4)))
    assert sorted(status for status, _, _ in answers) == [201, 409, 409, 409]
    assert visitor.shop.stock(31) == 7
    assert visitor.ask("GET", "/api/cart")[1]["lines"] == []


def test_five_in_stock_are_sold_to_five_of_sixteen_buyers(visitor):
    shop = visitor.shop
    sold = "select coalesce(sum(quantity), 0) from order_lines where product_id = 41"
    shop.set_stock(41, 5)
    before = shop.value(sold)
    buyers = [Visitor(shop).with_account() for _ in range(16)]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda buyer: buyer.buy((41, 1)), buyers))
    statuses = [status for status, _, _ in answers]
    assert (statuses.count(201), statuses.count(409)) == (5, 11)
    refusal = next(answer for status, answer, _ in answers if status == 409)["error"]
    assert (refusal["code"], refusal["product_id"], refusal["available"]) == ("out_of_stock", 41, 0)
    assert shop.stock(41) == 0
    assert shop.value(sold) - before == 5


def test_baskets_in_opposite_order_do_not_wait_for_each_other(visitor):
    shop, rounds = visitor.shop, sized(5, 50)
    for product in (51, 52):
        shop.set_stock(product, 1000)
    buyers = [Visitor(shop).with_account() for _ in range(8)]

    def buy_often(number):
        basket = [(51, 1), (52, 1)] if number % 2 else [(52, 1), (51, 1)]
        return [buyers[number].buy(*basket)[0] for _ in range(rounds)]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = sum(pool.map(buy_often, range(8)), [])
    assert statuses == [201] * 8 * rounds
    assert shop.stock(51) == shop.stock(52) == 1000 - 8 * rounds


def test_a_basket_is_bought_whole_or_not_at_all(visitor):
    visitor.with_account().shop.set_stock(61, 10)
    visitor.shop.set_stock(62, 1)
    assert visitor.buy((61, 1), (62, 2))[0] == 409
    assert visitor.buy((61, 1), (99999999, 1))[0] == 404
    assert (visitor.shop.stock(61), visitor.shop.stock(62)) == (10, 1)
    assert visitor.ask("GET", "/api/orders")[1]["orders"] == []


def test_refusals_have_their_status_and_say_why(visitor):
    json_type = {"Content-Type": "application/json"}
    refusals = [
        (404, "GET", "/api/nothing", None, {}), (404, "GET", "/api/products/0", None, {}),
        (404, "GET", "/api/products/99999999", None, {}), (405, "GET", "/api/checkout", None, {}),
        (405, "DELETE", "/api/cart", None, {}), (400, "GET", "/api/products?page=0", None, {}),
        (400, "GET", "/api/products?search=%ff", None, {}), (400, "GET", "/%zz", None, {}),
        (400, "POST", "/api/register", "{", json_type), (415, "POST", "/api/login", "a=b", {}),
        (401, "POST", "/api/checkout", "{}", json_type), (401, "GET", "/api/cart", None, {}),
        (413, "POST", "/api/checkout", "x" * 200_000, json_type),
        (431, "GET", "/", None, {"X-Long": "x" * 20_000})]
    for expected, method, path, body, headers in refusals:
        status, answer, _ = visitor.ask(method, path, body, headers=headers)
        assert status == expected, (method, path, status, answer)
        assert answer["error"]["code"] and answer["error"]["message"]
    for path, expected in (("/nothing", 404), ("/products/99999999", 404), ("/orders/1", 401), ("/admin", 401)):
        status, page, headers = visitor.ask("GET", path)
        assert (status, headers["Content-Type"]) == (expected, "text/html; charset=utf-8") and "</html>" in page
    assert visitor.ask("GET", "/cart")[0] == 401
    assert "Log in" in visitor.ask("GET", "/cart")[1]


def test_bytes_that_are_no_http_disturb_nobody(visitor):
    for data in (b"\x00\xff\x16\x03\x01" * 50 + b"\r\n\r\n", b"GET /\r\n\r\n", b"\r\n" * 10_000,
                 b"POST /api/login HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                 b"POST /api/login HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", visitor.shop.front.port), 10) as line:
            with contextlib.suppress(ConnectionError):
                line.sendall(data)
                line.shutdown(socket.SHUT_WR)
                while line.recv(65536):
                    pass
    assert visitor.ask("GET", "/healthz")[0] == 200


def test_a_body_is_sent_after_leave_was_asked(visitor):
    body = b'{"email": "a@b.c", "password": "12345678"}'
    head = (f"POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"Expect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n").encode()
    with socket.create_connection(("127.0.0.1", visitor.shop.users.port), 10) as line:
        line.sendall(head)
        assert line.recv(100).startswith(b"HTTP/1.1 100")
        line.sendall(body)
        assert line.recv(4096).startswith(b"HTTP/1.1 401")


def test_the_browser_sees_one_origin(visitor):
    visitor.register()
    login = {"email": visitor.email, "password": PASSWORD}
    status, _, headers = visitor.ask("POST", "/api/login", login)
    assert status == 200 and "HttpOnly" in headers["Set-Cookie"]
    cookie = {"Cookie": headers["Set-Cookie"].split(";")[0]}
    assert visitor.ask("GET", "/api/session", headers=cookie)[0] == 200
    assert visitor.ask("GET", "/cart", headers=cookie)[0] == 200
    assert "No orders here yet" in visitor.ask("GET", "/orders", headers=cookie)[1]
    assert visitor.ask("GET", "/account")[0] == 200
    assert visitor.ask("GET", "/assets/shop.js")[2]["Content-Type"].startswith("text/javascript")
    status, text, headers = visitor.ask("HEAD", "/")
    assert (status, text) == (200, "") and int(headers["Content-Length"]) > 1000


def test_broken_database_connections_are_replaced(visitor):
    shop = visitor.with_account().shop
    for _ in range(3):
        shop.cluster.ask("primary", "select pg_terminate_backend(pid) from pg_stat_activity "
                                    "where usename = 'shop'")
        assert visitor.ask("GET", "/api/products/11")[0] == 200
        assert visitor.ask("GET", "/api/orders")[0] == 200
        assert visitor.buy((71, 1))[0] == 201


def test_without_its_database_the_shop_says_try_again(shop, start_service):
    nobody = f"host=127.0.0.1 port={free_port()} dbname=shop user=shop password=shop"
    users = start_service("user", database=nobody)
    everything = start_service("all", database=nobody)
    lonely = start_service("order", "--users", f"http://127.0.0.1:{free_port()}", database=nobody)
    front = start_service("storefront", "--users", users.url, "--inventory", f"http://127.0.0.1:{free_port()}",
                          "--orders", lonely.url, database=None)
    visitor = Visitor(shop)
    visitor.token = "a" * 64
    for service, path in ((everything, "/api/products"), (everything, "/"), (everything, "/orders"),
                          (everything, "/api/orders"), (users, "/api/session"), (lonely, "/api/orders"),
                          (front, "/"), (front, "/api/orders"), (front, "/orders"), (front, "/api/session")):
        status, _, headers = visitor.ask("GET", path, service=service)
        assert (status, headers["Retry-After"]) == (503, "1"), path
    for service in (front, lonely, everything, users):
        assert visitor.ask("GET", "/healthz", service=service)[0] == 200
        service.stop()


@contextlib.contextmanager
def locked_stock(shop, product):
    with shop.cluster.connect(dbname="shop", user="postgres") as holder:
        holder.execute("begin")
        holder.execute("select 1 from inventory where product_id = %s for update", (product,))
        yield holder
        holder.execute("rollback")


def wait_for_a_waiter(shop):
    wait_until(lambda: shop.value("select count(*) from pg_stat_activity where usename = 'shop' "
                                  "and wait_event_type = 'Lock'"), "a checkout waits for the lock")


def test_what_was_begun_is_finished_on_sigterm(shop, start_service):
    orders = start_service("order", "--users", shop.users.url)
    visitor = Visitor(shop).with_account()
    basket = {"items": [{"product_id": 81, "quantity": 1}]}
    idle = socket.create_connection(("127.0.0.1", orders.port), 10)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with locked_stock(shop, 81):
            answer = pool.submit(visitor.ask, "POST", "/api/checkout", basket, orders)
            wait_for_a_waiter(shop)
            orders.process.send_signal(signal.SIGTERM)
            assert idle.recv(1) == b""
        assert answer.result()[0] == 201
    # The first signal is enough; a second one could meet a process that has just let go of its handler.
    assert orders.process.wait(timeout=15) == 0
    orders.stop()
    idle.close()


def test_what_does_not_end_is_given_up_on_sigterm(shop, start_service):
    orders = start_service("order", "--users", shop.users.url)
    visitor = Visitor(shop).with_account()
    basket = {"items": [{"product_id": 82, "quantity": 1}]}
    before = shop.stock(82)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with locked_stock(shop, 82):
            answer = pool.submit(visitor.ask, "POST", "/api/checkout", basket, orders)
            wait_for_a_waiter(shop)
            orders.stop()
            assert answer.result()[0] == 503
    wait_until(lambda: shop.value("select count(*) from pg_stat_activity where usename = 'shop' "
                                  "and state = 'idle in transaction'") == 0, "nothing is left open")
    assert shop.stock(82) == before


@pytest.mark.parametrize("arguments", [
    [], ["nonsense"], ["user"], ["inventory", "--database", "x"],
    ["user", "--database", "x", "--listen", "nonsense"],
    ["user", "--database", "x", "--threads", "0"],
    ["inventory", "--database", "x", "--users", "ftp://x"], ["all", "--database", "x", "--cache", "nowhere"],
    ["storefront", "--users", "http://127.0.0.1:1"], ["order", "--users", "http://127.0.0.1:1"]])
def test_wrong_use_is_status_2_with_a_sentence(arguments):
    done = subprocess.run([str(SHOP), *arguments], capture_output=True, text=True, timeout=30,
                          check=False)
    assert done.returncode == 2 and (done.stderr or done.stdout)


def test_an_address_in_use_is_status_3(shop):
    done = subprocess.run([str(SHOP), "user", "--database", shop.database, "--listen",
                           f"127.0.0.1:{shop.users.port}"], capture_output=True, text=True,
                          timeout=30, check=False)
    assert done.returncode == 3 and "in use" in done.stderr


def test_no_order_page_is_stale_while_the_replica_lags(shop):
    with shop.cluster.lagging(300):
        visitor = Visitor(shop).with_account()
        for _ in range(sized(10, 200)):
            status, answer, _ = visitor.buy((91, 1))
            assert status == 201
            assert visitor.ask("GET", "/api/orders")[1]["orders"][0] == answer["order"]
            shop.set_stock(91, 100)
