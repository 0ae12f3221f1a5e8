#!/usr/bin/python3
"""SQLAlchemy 1.4 on psycopg2: its ORM, its core, its pool. See harness.py."""
import datetime
import decimal
import functools
import os
import sys

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql
from sqlalchemy.pool import NullPool

from harness import Client, Fails, alone, equal, main  # noqa: F401


def engine_of(**more):
    return sa.create_engine(
        "postgresql+psycopg2://", future=True, **{"poolclass": NullPool, **more}
    )


@functools.lru_cache(maxsize=None)
def model(number):
    """The classes of one client, in a schema of tables of its own."""
    base = orm.declarative_base()

    class Author(base):
        __tablename__ = f"author{number}"
        id = sa.Column(sa.Integer, primary_key=True)
        name = sa.Column(sa.Text, nullable=False, unique=True)
        tags = sa.Column(postgresql.ARRAY(sa.Text))
        about = sa.Column(postgresql.JSONB)
        born = sa.Column(sa.Date)
        worth = sa.Column(sa.Numeric(10, 2))
        books = orm.relationship(
            "Book", back_populates="author", cascade="all, delete-orphan", order_by="Book.id"
        )

    class Book(base):
        __tablename__ = f"book{number}"
        id = sa.Column(sa.Integer, primary_key=True)
        title = sa.Column(sa.Text, nullable=False)
        author_id = sa.Column(sa.ForeignKey(f"author{number}.id"), nullable=False)
        author = orm.relationship("Author", back_populates="books")

    return base, Author, Book


def with_tables(case):
    """The tables are made for the case, and dropped after it: create_all looks into the catalog."""

    @functools.wraps(case)
    def run(client):
        base, author, book = model(client.number)
        engine = engine_of()
        base.metadata.drop_all(engine)
        base.metadata.create_all(engine)
        try:
            case(engine, author, book)
        finally:
            base.metadata.drop_all(engine)

    return run


@with_tables
def case_orm_create_read_update_delete(engine, author, book):
    with orm.Session(engine) as session:
        first = author(
            name="Ürsula",
            tags=["a", "b"],
            about={"k": [1, None]},
            born=datetime.date(1929, 10, 21),
            worth=decimal.Decimal("12.50"),
            books=[book(title="One"), book(title="Two")],
        )
        session.add(first)
        session.commit()
        key = first.id
    with orm.Session(engine) as session:
        found = session.execute(
            sa.select(author).options(orm.selectinload(author.books)).where(author.id == key)
        ).scalar_one()
        equal(
            (found.name, found.tags, found.about, found.born, found.worth),
            (
                "Ürsula",
                ["a", "b"],
                {"k": [1, None]},
                datetime.date(1929, 10, 21),
                decimal.Decimal("12.50"),
            ),
        )
        equal([each.title for each in found.books], ["One", "Two"])
        found.books[0].title = "First"
        del found.books[1]
        session.commit()
    with orm.Session(engine) as session:
        equal(session.execute(sa.select(book.title)).all(), [("First",)])
        session.delete(session.get(author, key))
        session.commit()
        equal(session.scalar(sa.select(sa.func.count()).select_from(book)), 0)


@with_tables
def case_orm_rollback_and_savepoint(engine, author, _book):
    with orm.Session(engine) as session:
        session.add(author(name="kept"))
        session.flush()
        with Fails("23505"):
            with session.begin_nested():
                session.add(author(name="kept"))
                session.flush()
        session.add(author(name="also kept"))
        session.commit()
        session.add(author(name="gone"))
        session.flush()
        session.rollback()
        equal(
            session.scalars(sa.select(author.name).order_by(author.id)).all(), ["kept", "also kept"]
        )


@with_tables
def case_orm_many_rows(engine, author, book):
    with orm.Session(engine) as session:
        session.add_all(author(name=f"n{number}", books=[book(title="b")]) for number in range(200))
        session.commit()
        equal(
            session.scalar(sa.select(sa.func.count()).select_from(author).join(author.books)), 200
        )
        result = session.execute(
            sa.update(author)
            .where(author.id % 2 == 0)
            .values(worth=1)
            .execution_options(synchronize_session=False)
        )
        equal(result.rowcount, 100)
        rows = session.execute(sa.insert(author).returning(author.id), {"name": "returned"}).all()
        equal(len(rows), 1)
        session.rollback()


@with_tables
def case_upsert(engine, author, _book):
    statement = postgresql.insert(author).values(name="same", worth=1)
    statement = statement.on_conflict_do_update(
        index_elements=[author.name], set_={"worth": author.worth + 1}
    )
    with engine.begin() as connection:
        for _ in range(3):
            connection.execute(statement)
    with engine.connect() as connection:
        equal(connection.execute(sa.select(author.worth)).scalar_one(), 3)


@with_tables
def case_reflection(engine, author, book):
    inspector = sa.inspect(engine)
    equal(inspector.has_table(book.__tablename__), True)
    equal(
        [column["name"] for column in inspector.get_columns(author.__tablename__)],
        ["id", "name", "tags", "about", "born", "worth"],
    )
    equal(inspector.get_foreign_keys(book.__tablename__)[0]["referred_table"], author.__tablename__)
    table = sa.Table(author.__tablename__, sa.MetaData(), autoload_with=engine)
    equal(isinstance(table.c.about.type, postgresql.JSONB), True)


def case_autocommit_reads_and_writes(client):
    """In AUTOCOMMIT each read may run anywhere, and must still see what was written before."""
    engine = engine_of(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for number in range(2000, 2020):
            connection.execute(
                sa.text(f"insert into {client.table} values (:id, 'own')"), {"id": number}
            )
            equal(
                connection.execute(
                    sa.text(f"select id from {client.table} where id = :id"), {"id": number}
                ).all(),
                [(number,)],
            )
        equal(
            connection.execute(sa.text(f"delete from {client.table} where id >= 2000")).rowcount, 20
        )
    with engine.connect() as connection:
        for number in range(1, 11):
            equal(
                connection.execute(
                    sa.text(f"select word from {client.table} where id = {number}")
                ).scalar(),
                f"word {number}",
            )


def case_isolation_levels(_client):
    engine = engine_of()
    for level in ("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"):
        with engine.connect().execution_options(isolation_level=level) as connection:
            equal(connection.execute(sa.text("show transaction_isolation")).scalar(), level.lower())
    with engine.connect().execution_options(postgresql_readonly=True) as connection:
        equal(connection.execute(sa.text("show transaction_read_only")).scalar(), "on")
        with Fails("25006"):
            connection.execute(sa.text("create table never (a int)"))
    with engine.connect() as connection:
        equal(connection.execute(sa.text("show transaction_read_only")).scalar(), "off")


def case_errors(client):
    wrong = (
        ("select 1/0", "22012"),
        ("selec 1", "42601"),
        ("select * from missing_table", "42P01"),
        (f"insert into {client.table} values (1, 'twice')", "23505"),
        ("set nonsense = 1", "42704"),
    )
    with engine_of().connect() as connection:
        for statement, code in wrong:
            with Fails(code):
                connection.execute(sa.text(statement))
            with Fails("25P02"):
                connection.execute(sa.text("select 1"))
            connection.rollback()
            equal(connection.execute(sa.text("select 1")).scalar(), 1)
            connection.rollback()


def case_server_side_cursor(_client):
    with engine_of().connect() as connection:
        result = connection.execution_options(stream_results=True, max_row_buffer=100).execute(
            sa.text("select i from generate_series(1, 3000) i")
        )
        equal([row[0] for row in result], list(range(1, 3001)))


def case_pool_of_connections(client):
    """Given back by a rollback; pre-ping is a SELECT 1."""
    engine = engine_of(poolclass=sa.pool.QueuePool, pool_size=2, max_overflow=0, pool_pre_ping=True)
    for turn in range(8):
        with engine.connect() as connection:
            equal(
                connection.execute(
                    sa.text("select :a + :b"), {"a": turn, "b": client.number}
                ).scalar(),
                turn + client.number,
            )
            connection.execute(sa.text(f"update {client.table} set word = 'lost'"))
    with engine.connect() as connection:
        equal(
            connection.execute(sa.text(f"select word from {client.table} where id = 1")).scalar(),
            "word 1",
        )
    engine.dispose()


def case_settings_at_connect(client):
    """The recipe of SQLAlchemy's documentation: an event that sets the search_path."""
    engine = engine_of(
        connect_args={
            "options": f"-c timezone=Etc/GMT-{client.number % 3}",
            "application_name": f"sa {client.number}",
        }
    )

    @sa.event.listens_for(engine, "connect", insert=True)
    def set_search_path(connection, _record):
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(f"SET SESSION search_path='sa_{client.number}'")
        cursor.close()
        connection.autocommit = False

    for _ in range(3):
        with engine.connect() as connection:
            for _ in range(3):
                equal(
                    connection.execute(sa.text("show search_path")).scalar(), f"sa_{client.number}"
                )
                equal(
                    connection.execute(sa.text("show timezone")).scalar(),
                    f"Etc/GMT-{client.number % 3}",
                )
                equal(
                    connection.execute(sa.text("show application_name")).scalar(),
                    f"sa {client.number}",
                )
                connection.rollback()


def case_copy_of_psycopg2(client):
    import io

    connection = engine_of().raw_connection()
    try:
        cursor = connection.cursor()
        text = "".join(f"{number}\tcopied {number}\n" for number in range(5000, 8000))
        cursor.copy_expert(f"copy {client.table} from stdin", io.StringIO(text))
        equal(cursor.rowcount, 3000)
        out = io.StringIO()
        cursor.copy_expert(
            f"copy (select * from {client.table} where id >= 5000 order by id) to stdout", out
        )
        equal(out.getvalue() == text, True, "what comes out")
        connection.rollback()
        cursor.execute(f"select count(*) from {client.table}")
        equal(cursor.fetchone(), (10,))
        connection.rollback()
    finally:
        connection.close()


def case_notices_of_psycopg2(client):
    connection = engine_of().raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"do $$ begin raise notice 'by {client.number}'; end $$")
        equal(connection.connection.notices, [f"NOTICE:  by {client.number}\n"])
        connection.rollback()
    finally:
        connection.close()


if __name__ == "__main__":
    os.environ.setdefault("PGAPPNAME", "")
    main(sys.modules[__name__])
