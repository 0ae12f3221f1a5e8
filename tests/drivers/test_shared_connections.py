"""What one session leaves on a connection, as the next session on it sees it: message by message,
and with so few connections that the same ones are met."""
import pytest

from support.raw_client import RawClient, ServerError, message, query
from surroundings import run_weir

LINE = message(b"d", b"1\t" + b"y" * 200 + b"\n")
SYNC = message(b"S")


def parse(name, sql):
    return message(b"P", f"{name}\0{sql}\0".encode() + b"\0\0")


def execute(name, describe=False):
    """Of a statement without parameters, by the unnamed portal."""
    bound = message(b"B", b"\0" + name.encode() + b"\0" + b"\0" * 6)
    return bound + (message(b"D", b"P\0") if describe else b"") + message(b"E", b"\0" * 5)


@pytest.fixture
def narrow(cluster):
    """One connection for all, and new: a test that breaks it breaks no other."""
    cluster.ask(
        "primary",
        "create table if not exists half (id integer primary key, word text); "
        "grant all on half to app",
    )
    yield from run_weir(cluster, {"pool": {"size": 1}, "auth": {"method": "trust"}})


@pytest.fixture
def triple(cluster):
    yield from run_weir(cluster, {"pool": {"size": 3}, "auth": {"method": "trust"}})


@pytest.fixture
def log_in():
    """log_in(weir) -> a client that is closed after the test."""
    made = []

    def log_in_one(weir):
        made.append(RawClient(weir.port, 10).log_in())
        return made[-1]

    yield log_in_one
    for client in made:
        client.close()


@pytest.mark.parametrize("sent", [0, 1, 3, 5, 60, len(LINE) - 1, len(LINE)])
def test_copy_data_in_two_pieces_around_an_error(narrow, log_in, sent):
    """Were the rest of the message swallowed, the next client's bytes would be taken for it."""
    first, second = log_in(narrow), log_in(narrow)
    first.send(query("copy half from stdin"))
    assert first.receive()[0] == b"G"
    first.send(message(b"d", b"nonsense\tx\n") + LINE[:sent])
    with pytest.raises(ServerError) as caught:
        first.rows()
    assert caught.value.code == "22P02"
    assert second.ask("select 'second'") == [["second"]]
    first.send(LINE[sent:] + LINE + message(b"c"))
    assert first.ask("select 'first'") == [["first"]]


def test_statements_are_known_after_a_connection_changed_hands(narrow, log_in):
    """Two clients on two workers; each statement is prepared in the last cycle of a transaction."""
    clients = [log_in(narrow) for _ in range(4)]
    for turn in range(6):
        for client in clients:
            codes = []
            for name, sql in (("b", "begin"), ("e", "select 1/0"), ("r", "rollback")):
                client.send(parse(f"{name}{turn}", sql) + execute(f"{name}{turn}") + SYNC)
                try:
                    client.rows()
                    codes.append("ok")
                except ServerError as error:
                    codes.append(error.code)
            assert codes == ["ok", "22012", "ok"]


@pytest.mark.parametrize("taken", [0, 1, 2])
def test_another_result_type_on_another_connection(triple, log_in, taken):
    """The client knows one column: wherever its statement is prepared again, two are an error."""
    for _ in range(4):
        client, others = log_in(triple), [log_in(triple) for _ in range(2)]
        client.ask("drop table if exists changing")
        client.ask("create table changing (a int); insert into changing values (1)")
        client.send(parse("s", "select * from changing") + execute("s", describe=True) + SYNC)
        assert client.rows() == [["1"]]
        client.ask("alter table changing add column b text default 'new'")
        for other in others[:taken]:  # keeps a connection
            other.ask("begin")
            other.ask("select txid_current()")
        client.send(execute("s") + SYNC)
        with pytest.raises(ServerError) as caught:
            client.rows()
        assert caught.value.code == "0A000"
        assert caught.value.fields["R"] == "RevalidateCachedQuery"
        client.send(parse("t", "select * from changing") + execute("t", describe=True) + SYNC)
        assert client.rows() == [["1", "new"]]
        for each in (client, *others):
            each.close()


def test_an_isolation_level_survives_settings_that_are_brought_over(narrow, log_in):
    """What prepares the connection for a session must not come after its BEGIN."""
    first, second = log_in(narrow), log_in(narrow)
    for turn in range(3):
        first.ask(f"set work_mem = '{5 + turn}MB'")
        first.ask("update half set word = word")
        second.ask("begin isolation level repeatable read")
        assert second.ask("show transaction_isolation") == [["repeatable read"]]
        second.ask("commit")
        assert first.ask("show work_mem") == [[f"{5 + turn}MB"]]
