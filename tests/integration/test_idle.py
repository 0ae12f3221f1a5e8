"""Five thousand idle clients are held cheaply, and do not slow one that works."""
import resource
import ssl
import statistics
import subprocess
import time

import pytest

from support.places import measured
from support.raw_client import SSL_REQUEST, RawClient, startup
from support.waiting import wait_until

CLIENTS = 5000
AT_ONCE = 100
ALLOWED_BYTES_EACH = 8192
TLS_CLIENTS = 600
ALLOWED_TLS_BYTES_EACH = 20 * 1024


def raise_limit(count):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count), hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= count


def log_in_many(port, count):
    clients = []
    for _ in range(0, count, AT_ONCE):
        batch = [RawClient(port, timeout=60) for _ in range(AT_ONCE)]
        for client in batch:
            client.send(startup())
        for client in batch:
            list(client.until_ready())
        clients += batch
    return clients


def median_milliseconds(client, times=300):
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        assert client.ask("select 1") == [["1"]]
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1000


@pytest.mark.deadline(300)
def test_five_thousand_idle_clients(start_weir):
    assert raise_limit(CLIENTS + 200), f"this machine does not let a process open {CLIENTS} files"
    weir = start_weir({"auth": {"method": "trust"}, "server": {"max_clients": CLIENTS + 100}})
    with RawClient(weir.port) as working:
        working.log_in()
        alone = median_milliseconds(working)
        before = weir.resident_kib()
        clients = log_in_many(weir.port, CLIENTS)
        try:
            wait_until(lambda: weir.metric("weir_clients") == CLIENTS + 1, "all are counted")
            each = (weir.resident_kib() - before) * 1024 / CLIENTS
            beside = median_milliseconds(working)
            measured(f"measured: {CLIENTS} idle clients: {each:.0f} bytes each; a query took "
                     f"{alone:.3f} ms without and {beside:.3f} ms beside them")
            assert each < ALLOWED_BYTES_EACH
            assert beside < 2 * alone + 0.5
            for client in clients[::50]:  # any of them still answers
                assert client.ask("select 2") == [["2"]]
        finally:
            for client in clients:
                client.close()
        wait_until(lambda: weir.metric("weir_clients") == 1, "they have left", 30)
        assert working.ask("select 3") == [["3"]]


def certificate(folder):
    """(certificate, key), signed by itself."""
    files = folder / "weir.crt", folder / "weir.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=weir",
                    "-keyout", files[1], "-out", files[0]], check=True, capture_output=True)
    return [str(each) for each in files]


class SecureClient(RawClient):
    def __init__(self, port, context):
        super().__init__(port, timeout=60)
        self.send(SSL_REQUEST)
        assert self.exactly(1) == b"S"
        self.socket = context.wrap_socket(self.socket)


@pytest.mark.deadline(180)
@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_idle_clients_over_tls(start_weir, folder, version):
    cert, key = certificate(folder)
    weir = start_weir({"auth": {"method": "trust"}, "tls": {"client": {"mode": "require", "cert": cert, "key": key}}})
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    # What the first ones cost is not theirs: OpenSSL's tables, the first buffers.
    clients = [SecureClient(weir.port, context).log_in() for _ in range(50)]
    try:
        before = weir.resident_kib()
        clients += [SecureClient(weir.port, context).log_in() for _ in range(TLS_CLIENTS)]
        for client in clients:
            assert client.ask("select repeat('x', 50000)")[0][0].startswith("x")
        each = (weir.resident_kib() - before) * 1024 / TLS_CLIENTS
        measured(f"measured: {TLS_CLIENTS} idle clients over {version}: {each:.0f} bytes each")
        assert each < ALLOWED_TLS_BYTES_EACH
    finally:
        for client in clients:
            client.close()


@pytest.mark.deadline(120)
def test_a_parked_client_that_has_worked_costs_no_more(start_weir):
    """Buffers of clients that have worked and now are idle are given back."""
    weir = start_weir({"auth": {"method": "trust"}, "server": {"workers": 1}})
    with RawClient(weir.port) as client:
        client.log_in()
        client.ask("select repeat('x', 100000)")
    clients = log_in_many(weir.port, 500)
    try:
        before = weir.resident_kib()
        for client in clients:
            assert len(client.ask("select repeat('x', 100000)")[0][0]) == 100000
        grown = weir.resident_kib() - before
        measured(f"measured: 500 clients that each had read 100 kB: Weir grew by {grown} KiB")
        assert grown < 8 * 1024
    finally:
        for client in clients:
            client.close()
