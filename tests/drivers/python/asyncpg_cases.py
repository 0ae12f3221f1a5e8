#!/usr/bin/python3
"""asyncpg: binary, everything prepared, its pool with its own reset query. See harness.py."""
import asyncio
import contextlib
import datetime
import decimal
import io
import os
import sys
import uuid

import asyncpg

from harness import Client, Fails, alone, equal, main  # noqa: F401


@contextlib.asynccontextmanager
async def connected(**more):
    session = await asyncpg.connect(timeout=60, **more)
    try:
        yield session
    finally:
        await session.close()


async def case_values(_client):
    values = (
        1,
        2**40,
        "té \U0001f30a",
        b"\x00\xff",
        None,
        True,
        1.5,
        decimal.Decimal("1.50"),
        datetime.date(2024, 2, 29),
        datetime.timedelta(hours=5),
        [1, 2, 3],
        uuid.UUID(int=7),
        '{"a": 1}',
        datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.timezone.utc),
    )
    kinds = (
        "int4",
        "int8",
        "text",
        "bytea",
        "text",
        "bool",
        "float8",
        "numeric",
        "date",
        "interval",
        "int4[]",
        "uuid",
        "jsonb",
        "timestamptz",
    )
    statement = "select " + ", ".join(f"${at}::{kind}" for at, kind in enumerate(kinds, 1))
    async with connected() as session:
        for _ in range(3):
            equal(tuple(await session.fetchrow(statement, *values)), values)


async def case_types_that_it_asks_the_catalog_for(client):
    name = f"mood{client.number}"
    async with connected() as session:
        await session.execute(
            f"drop type if exists {name}, pair{client.number}; "
            f"create type {name} as enum ('fine', 'bad'); "
            f"create type pair{client.number} as (a int, b {name})"
        )
        equal(await session.fetchval(f"select $1::{name}", "bad"), "bad")
        equal(await session.fetchval(f"select array['fine', 'bad']::{name}[]"), ["fine", "bad"])
        pair = await session.fetchval(f"select row(1, 'bad')::pair{client.number}")
        equal((pair["a"], pair["b"]), (1, "bad"))
        await session.set_type_codec("jsonb", encoder=str, decoder=len, schema="pg_catalog")
        equal(await session.fetchval("select '[1]'::jsonb"), 3)
        await session.execute(f"drop type pair{client.number}; drop type {name}")


async def case_prepared(client):
    async with connected() as session:
        first = await session.prepare(f"select {client.number} + $1::int")
        second = await session.prepare(f"select word from {client.table} where id = $1")
        for turn in range(1, 9):
            equal(await first.fetchval(turn), client.number + turn)
            equal(await second.fetchval(turn), f"word {turn}")
        equal([attribute.type.name for attribute in first.get_attributes()], ["int4"])


async def case_same_text_many_sessions(client):
    """asyncpg's names count from 1 in each session: the same name, other statements."""
    for turn in range(3):
        async with connected() as session:
            for statement in range(5):
                text = f"select {client.number * 10 + statement} + $1::int"
                equal(await session.fetchval(text, turn), client.number * 10 + statement + turn)


async def case_without_statement_cache(client):
    async with connected(statement_cache_size=0) as session:
        for turn in range(10):
            equal(
                await session.fetchval("select $1::int + $2::int", turn, client.number),
                turn + client.number,
            )


async def case_statements_evicted_from_its_cache(client):
    async with connected(statement_cache_size=3) as session:
        for turn in range(4):
            for statement in range(8):
                equal(
                    await session.fetchval(f"select {statement} * $1::int", turn), statement * turn
                )
        equal(await session.fetchval("select $1::int", client.number), client.number)


async def case_transactions(client):
    table = client.table
    async with connected() as session:
        async with session.transaction():
            await session.execute(f"insert into {table} values ($1, $2)", 100, "outer")
            with Fails("23505"):
                async with session.transaction():
                    await session.execute(f"insert into {table} values (101, 'inner')")
                    await session.execute(f"insert into {table} values (100, 'twice')")
            equal(session.is_in_transaction(), True)
        equal(await session.fetch(f"select id from {table} where id >= 100"), [(100,)])
        transaction = session.transaction(isolation="repeatable_read")
        await transaction.start()
        equal(await session.execute(f"delete from {table}"), "DELETE 11")
        await transaction.rollback()
        equal(await session.execute(f"delete from {table} where id = 100"), "DELETE 1")
        equal(await session.fetchval(f"select count(*) from {table}"), 10)


async def case_read_only_transactions(client):
    async with connected() as session:
        async with session.transaction(readonly=True):
            equal(await session.fetchval(f"select count(*) from {client.table} where id <= 10"), 10)
        with Fails("25006"):
            async with session.transaction(readonly=True):
                await session.execute(f"insert into {client.table} values (500, 'no')")
        async with session.transaction(isolation="serializable", readonly=True, deferrable=True):
            equal(await session.fetchval("select 1"), 1)


async def case_errors(client):
    async with connected() as session:
        for statement, code in (
            ("select 1/0", "22012"),
            ("selec 1", "42601"),
            ("select * from missing_table", "42P01"),
            (f"insert into {client.table} values (1, 'twice')", "23505"),
            ("select 'x'::int", "22P02"),
            ("set nonsense = 1", "42704"),
        ):
            for run in (session.execute, session.fetch, session.prepare):
                if run == session.prepare and code in ("22012", "23505", "42704"):
                    continue  # only running it shows
                with Fails(code):
                    await run(statement)
                equal(await session.fetchval("select 1"), 1)
        with Fails("23505") as caught:
            await session.execute(f"insert into {client.table} values ($1, 'twice')", 1)
        equal(caught.error.constraint_name, f"{client.table}_pkey")


async def case_executemany(client):
    async with connected() as session:
        rows = [(number, "many") for number in range(100, 400)]
        await session.executemany(f"insert into {client.table} values ($1, $2)", rows)
        with Fails("23505"):
            await session.executemany(
                f"insert into {client.table} values ($1, $2)", [(900, "x"), (100, "x")]
            )
        equal(await session.execute(f"delete from {client.table} where id >= 100"), "DELETE 300")


async def case_copy(client):
    rows = [(number, f"copied {number}") for number in range(1000, 4000)]
    async with connected() as session:
        equal(await session.copy_records_to_table(client.table, records=rows), "COPY 3000")
        out = io.BytesIO()
        equal(
            await session.copy_from_query(
                f"select id, word from {client.table} where id >= $1 order by id", 1000, output=out
            ),
            "COPY 3000",
        )
        equal(
            out.getvalue().decode() == "".join(f"{a}\t{b}\n" for a, b in rows),
            True,
            "what comes out",
        )
        with Fails("23505"):
            await session.copy_records_to_table(client.table, records=[(5000, "x"), (1, "twice")])
        equal(
            await session.copy_to_table(
                client.table, source=io.BytesIO(b"7000,csv\n"), format="csv"
            ),
            "COPY 1",
        )
        equal(await session.execute(f"delete from {client.table} where id >= 1000"), "DELETE 3001")


async def case_cursors(client):
    async with connected() as session:
        async with session.transaction():
            seen = [
                row[0]
                async for row in session.cursor(
                    "select i from generate_series(1, $1::int) i", 1000, prefetch=90
                )
            ]
            equal(seen, list(range(1, 1001)))
            cursor = await session.cursor("select i from generate_series(1, 100) i")
            equal([row[0] for row in await cursor.fetch(3)], [1, 2, 3])
            equal(await session.fetchval(f"select count(*) from {client.table} where id <= 10"), 10)
            equal(await cursor.forward(50), 50)
            equal((await cursor.fetchrow())[0], 54)


async def case_large_result(_client):
    async with connected() as session:
        rows = await session.fetch("select i, repeat('x', 200) from generate_series(1, 10000) i")
        equal((len(rows), tuple(rows[-1])), (10000, (10000, "x" * 200)))
        large = "v" * 3000000
        equal(await session.fetchval("select $1::text", large) == large, True, "there and back")


async def case_cancel_by_time_out(client):
    """asyncpg sends a CancelRequest when its own time is up."""
    async with connected() as session:
        for statement in (
            "select pg_sleep(60)",
            f"update {client.table} set word = pg_sleep(60)::text",
        ):
            try:
                await session.execute(statement, timeout=0.3)
                raise AssertionError("no time-out")
            except asyncio.TimeoutError:
                pass
            equal(await session.fetchval("select 'alive'"), "alive")
        equal(await session.fetchval(f"select word from {client.table} where id = 1"), "word 1")


async def case_notices(client):
    async with connected() as session:
        heard = []
        session.add_log_listener(
            lambda _session, message: heard.append((message.severity_en, message.message))
        )
        await session.execute(f"do $$ begin raise notice 'by {client.number}'; end $$")
        await session.fetchval("select 1")
        equal(heard, [("NOTICE", f"by {client.number}")])


@alone
async def case_listen_and_notify(client):
    channel = f"asyncpg_{client.number}"
    async with connected() as listener, connected() as speaker:
        heard, all_there = [], asyncio.Event()

        def hear(_session, pid, where, payload):
            heard.append((pid == speaker.get_server_pid(), where, payload))
            if len(heard) == 3:
                all_there.set()

        await listener.add_listener(channel, hear)
        for number in range(3):
            await speaker.execute("select pg_notify($1, $2)", channel, str(number))
        await asyncio.wait_for(all_there.wait(), 20)
        equal([each[1:] for each in heard], [(channel, str(number)) for number in range(3)])
        await listener.remove_listener(channel, hear)


async def case_settings(client):
    zone, name = f"Etc/GMT-{client.number % 12}", f"asyncpg {client.number}"
    async with connected(
        server_settings={"application_name": name, "search_path": "s_start"}
    ) as session:
        await session.execute(f"set timezone to '{zone}'")
        for _ in range(5):
            equal(await session.fetchval("show timezone"), zone)
            equal(await session.fetchval("select current_setting('application_name')"), name)
            equal(await session.fetchval("show search_path"), "s_start")
        equal(session.get_settings().TimeZone, zone)
        await session.reset()
        equal(await session.fetchval("show search_path"), "s_start", "after reset()")


async def case_pool(client):
    """Each release sends its reset query: UNLISTEN, CLOSE ALL, RESET ALL, advisory unlocks."""
    async with asyncpg.create_pool(min_size=1, max_size=3, timeout=60) as pool:

        async def use(turn):
            async with pool.acquire() as session:
                await session.execute(f"set application_name = 'turn {turn}'")
                equal(await session.fetchval("show application_name"), f"turn {turn}")
                return await session.fetchval("select $1::int * 2", turn)

        equal(
            await asyncio.gather(*(use(turn) for turn in range(15))),
            [turn * 2 for turn in range(15)],
        )
        equal(await pool.fetchval("show application_name"), "", "given back clean")
        equal(await pool.fetchval(f"select count(*) from {client.table} where id <= 10"), 10)


async def case_changed_schema(client):
    table = f"changing_{client.number}"
    async with connected() as session:
        await session.execute(
            f"drop table if exists {table}; create table {table} (a int); "
            f"insert into {table} values (1)"
        )
        equal(tuple(await session.fetchrow(f"select * from {table}")), (1,))
        await session.execute(f"alter table {table} add column b text default 'new'")
        equal(tuple(await session.fetchrow(f"select * from {table}")), (1, "new"))
        await session.execute(f"drop table {table}")


async def case_reads_own_writes(client):
    async with connected() as session:
        for number in range(2000, 2030):
            await session.execute(f"insert into {client.table} values ($1, 'own')", number)
            equal(
                await session.fetchval(f"select id from {client.table} where id = $1", number),
                number,
            )
        equal(await session.execute(f"delete from {client.table} where id >= 2000"), "DELETE 30")


if __name__ == "__main__":
    os.environ.pop("PGSSLMODE", None)
    main(sys.modules[__name__])
