"""A client whose message is still on its way when its statement ends, as the next client on the
connection sees it."""
import pytest

from support.raw_client import RawClient, ServerError, message, query
from surroundings import run_weir

LINE = message(b"d", b"1\t" + b"y" * 200 + b"\n")


@pytest.fixture(scope="module")
def narrow(cluster):
    """One connection for all."""
    cluster.ask(
        "primary",
        "create table if not exists half (id integer primary key, word text); "
        "grant all on half to app",
    )
    yield from run_weir(cluster, {"pool": {"size": 1}, "auth": {"method": "trust"}})


@pytest.mark.parametrize("sent", [0, 1, 3, 5, 60, len(LINE) - 1, len(LINE)])
def test_copy_data_in_two_pieces_around_an_error(narrow, sent):
    """Were the rest of the message swallowed, the next client's bytes would be taken for it."""
    with RawClient(narrow.port, 10).log_in() as first, RawClient(
        narrow.port, 10
    ).log_in() as second:
        first.send(query("copy half from stdin"))
        assert first.receive()[0] == b"G"
        first.send(message(b"d", b"nonsense\tx\n") + LINE[:sent])
        with pytest.raises(ServerError) as caught:
            first.rows()
        assert caught.value.code == "22P02"
        assert second.ask("select 'second'") == [["second"]]
        first.send(LINE[sent:] + LINE + message(b"c"))
        assert first.ask("select 'first'") == [["first"]]
