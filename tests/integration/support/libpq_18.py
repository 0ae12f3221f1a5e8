"""PostgreSQL 18's own libpq, as far as tests of protocol 3.2 need it."""
import contextlib
import ctypes
import os
import pathlib

MISSING = None if os.environ.get("WEIR_PG18_BIN") else \
    os.environ.get("WEIR_PG18_MISSING", "WEIR_PG18_BIN is not set")
TUPLES_OK, FATAL_ERROR, CONNECTION_OK = 2, 7, 0


def _load():
    """Apart from the libpq that psycopg brings: nothing of it becomes visible to others."""
    library = ctypes.CDLL(str(pathlib.Path(os.environ["WEIR_PG18_BIN"]).parent / "lib" / "libpq.so.5"),
                          mode=os.RTLD_LOCAL | os.RTLD_NOW)
    for name in ("PQconnectdb", "PQexec", "PQgetResult", "PQcancelCreate", "PQgetCancel"):
        getattr(library, name).restype = ctypes.c_void_p
    for name in ("PQerrorMessage", "PQresultErrorField", "PQgetvalue", "PQcancelErrorMessage"):
        getattr(library, name).restype = ctypes.c_char_p
    return library


class Session:
    """One connection, by connection string. Failures come as AssertionError with libpq's words."""

    def __init__(self, **parameters):
        self._pq = _load()
        words = " ".join(f"{name}='{value}'" for name, value in parameters.items())
        self._connection = ctypes.c_void_p(self._pq.PQconnectdb(words.encode()))
        status = self._pq.PQstatus(self._connection)
        assert status == CONNECTION_OK, self._error()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._pq.PQfinish(self._connection)

    def _error(self):
        return self._pq.PQerrorMessage(self._connection).decode()

    @property
    def protocol(self):
        """30002 for 3.2."""
        return self._pq.PQfullProtocolVersion(self._connection)

    @property
    def pid(self):
        return self._pq.PQbackendPID(self._connection)

    def send(self, sql):
        assert self._pq.PQsendQuery(self._connection, sql.encode()) == 1, self._error()

    def outcome(self):
        """The first value of the answer, or the SQLSTATE of the error."""
        answers = []
        while raw := self._pq.PQgetResult(self._connection):
            result = ctypes.c_void_p(raw)
            if self._pq.PQresultStatus(result) == TUPLES_OK:
                answers.append(self._pq.PQgetvalue(result, 0, 0).decode())
            else:
                answers.append(self._pq.PQresultErrorField(result, ord("C")).decode())
            self._pq.PQclear(result)
        assert len(answers) == 1
        return answers[0]

    def ask(self, sql):
        self.send(sql)
        return self.outcome()

    def cancel(self):
        """As programs of 17 and later do: encrypted where the session is."""
        request = ctypes.c_void_p(self._pq.PQcancelCreate(self._connection))
        try:
            assert self._pq.PQcancelBlocking(request) == 1, \
                self._pq.PQcancelErrorMessage(request).decode()
        finally:
            self._pq.PQcancelFinish(request)

    def cancel_as_before(self):
        """As older programs do: never encrypted."""
        request = ctypes.c_void_p(self._pq.PQgetCancel(self._connection))
        words = ctypes.create_string_buffer(256)
        try:
            assert self._pq.PQcancel(request, words, len(words)) == 1, words.value.decode()
        finally:
            self._pq.PQfreeCancel(request)


@contextlib.contextmanager
def session(port, **parameters):
    with Session(host="127.0.0.1", port=port, dbname="app", user="app", password="app",
                 connect_timeout=10, **parameters) as one:
        yield one
