// postgres.js: pipelined, prepared by default, fetches types of arrays at connect. See harness.mjs.
import assert from 'node:assert/strict';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import postgres from 'postgres';

import {alone, run_all, sqlstate_of} from './harness.mjs';

async function with_sql(work, options = {}) {
    const sql = postgres({max: 1, connect_timeout: 60, onnotice: () => {}, ...options});
    try {
        return await work(sql);
    } finally {
        await sql.end({timeout: 5});
    }
}

const cases = {
    async values() {
        await with_sql(async (sql) => {
            const at = new Date(Date.UTC(2024, 1, 29, 12, 30));
            const [row] = await sql`select ${7}::int as a, ${'té \u{1f30a}'} as b, ${
                null}::text as c, ${true}::bool as d,
                ${Buffer.from([0, 255])}::bytea as e, ${[1, 2]}::int[] as f, ${sql.json({
                a: 1
            })} as g,
                ${at}::timestamptz as h, ${'1099511627776'}::bigint as i`;
            assert.deepEqual(Object.values(row), [
                7, 'té \u{1f30a}', null, true, Buffer.from([0, 255]), [1, 2], {a: 1}, at,
                '1099511627776'
            ]);
        });
    },

    async arrays_and_types({number}) {
        await with_sql(async (sql) => {
            await sql.unsafe(`drop type if exists mood${number}; create type mood${
                number} as enum ('fine', 'bad')`);
            const [row] =
                await sql.unsafe(`select 'bad'::mood${number} as m, array['a', 'b'] as list`);
            assert.deepEqual({...row}, {m: 'bad', list: ['a', 'b']});
            await sql.unsafe(`drop type mood${number}`);
        });
    },

    async pipelined({number, table}) {
        // All on the way before the first answer; reads and a write mixed.
        await with_sql(async (sql) => {
            const asked = Array.from(
                {length: 60},
                (_, at) => at % 10 === 9 ?
                    sql`update ${sql(table)} set word = word where id = ${at % 10}` :
                    sql`select ${number * 100 + at}::int as n`);
            const answers = await Promise.all(asked);
            answers.forEach(
                (rows, at) => at % 10 === 9 ? assert.equal(rows.count, 1) :
                                              assert.equal(rows[0].n, number * 100 + at));
        });
    },

    async pipelined_with_errors() {
        await with_sql(async (sql) => {
            const answers = await Promise.allSettled(Array.from(
                {length: 30},
                (_, at) => at % 4 === 3 ? sql`select 1 / ${0}::int` : sql`select ${at}::int as n`));
            answers.forEach(
                (answer, at) => at % 4 === 3 ? assert.equal(answer.reason.code, '22012') :
                                               assert.equal(answer.value[0].n, at));
        });
    },

    async prepared_again_and_again({number, table}) {
        await with_sql(async (sql) => {
            for (let turn = 1; turn <= 10; ++turn) {
                assert.equal(
                    (await sql`select word from ${sql(table)} where id = ${turn}`)[0].word,
                    `word ${turn}`);
                assert.equal(
                    (await sql`select ${turn}::int + ${number}::int as n`)[0].n, turn + number);
            }
        });
    },

    async without_prepare({number}) {
        await with_sql(async (sql) => {
            for (let turn = 0; turn < 10; ++turn) {
                assert.equal(
                    (await sql`select ${turn}::int + ${number}::int as n`)[0].n, turn + number);
            }
            assert.deepEqual([...await sql`select 1 as a`.simple()], [{a: 1}]);
        }, {prepare: false});
    },

    async errors({table}) {
        await with_sql(async (sql) => {
            for (const [text, code] of [
                     ['select 1/0', '22012'], ['selec 1', '42601'],
                     ['select * from nowhere', '42P01'],
                     [`insert into ${table} values (1, 'twice')`, '23505']]) {
                assert.equal(await sqlstate_of(() => sql.unsafe(text)), code);
                assert.equal(await sqlstate_of(() => sql.unsafe(text, [], {prepare: true})), code);
                assert.equal((await sql`select 1 as a`)[0].a, 1);
            }
        });
    },

    async transactions({table}) {
        await with_sql(async (sql) => {
            assert.equal(
                await sqlstate_of(() => sql.begin(async (own) => {
                    await own`insert into ${own(table)} values (100, 'gone')`;
                    await own`select 1/0`;
                })),
                '22012');
            const seen = await sql.begin(async (own) => {
                await own`insert into ${own(table)} values (101, 'kept')`;
                await own
                    .savepoint((inner) => inner`insert into ${inner(table)} values (101, 'twice')`)
                    .catch((error) => assert.equal(error.code, '23505'));
                return own`select id from ${own(table)} where id >= 100`;
            });
            assert.deepEqual(seen.map(({id}) => id), [101]);
            await sql.begin('read only', async (own) => {
                assert.equal((await own`select count(*)::int as n from ${own(table)}`)[0].n, 11);
            });
            assert.equal((await sql`delete from ${sql(table)} where id >= 100`).count, 1);
        });
    },

    async many_rows_at_once({table}) {
        await with_sql(async (sql) => {
            const rows =
                Array.from({length: 500}, (_, at) => ({id: 1000 + at, word: `inserted ${at}`}));
            await sql`insert into ${sql(table)} ${sql(rows)}`;
            assert.deepEqual(
                [...await sql`select * from ${sql(table)} where id >= 1000 order by id`], rows);
            assert.equal(
                (await sql`delete from ${sql(table)} where id in ${sql(rows.map(({id}) => id))}`)
                    .count,
                500);
        });
    },

    async cursor() {
        await with_sql(async (sql) => {
            let sum = 0;
            await sql`select i from generate_series(1, 1000) i`.cursor(90, (rows) => {
                sum += rows.reduce((a, {i}) => a + i, 0);
            });
            assert.equal(sum, 500500);
            for await (const rows of sql`select i from generate_series(1, 1000) i`.cursor(10)) {
                assert.equal(rows.length, 10);
                break;  // closed before its end
            }
            assert.equal((await sql`select 3 as a`)[0].a, 3);
        });
    },

    async copy({table}) {
        await with_sql(async (sql) => {
            const lines = Array.from({length: 3000}, (_, at) => `${20000 + at}\tcopied ${at}\n`);
            await pipeline(
                Readable.from(lines), await sql`copy ${sql(table)} from stdin`.writable());
            const pieces = [];
            // Small enough for its stream: postgres.js may leave its socket paused after a larger
            // one.
            for await (const piece of await sql`
                copy (select * from ${sql(table)} where id >= 22700 order by id) to stdout`
                           .readable()) {
                pieces.push(piece);
            }
            assert.equal(Buffer.concat(pieces).toString(), lines.slice(2700).join(''));
            assert.equal((await sql`delete from ${sql(table)} where id >= 20000`).count, 3000);
        });
    },

    async cancel() {
        // postgres.js cancels a query once only: the notice says that it runs.
        let running;
        const runs = new Promise((resolve) => {
            running = resolve;
        });
        await with_sql(async (sql) => {
            const query =
                sql.unsafe("do $$ begin raise notice 'running'; perform pg_sleep(60); end $$");
            const asked = query.then(() => 'no error', (error) => error.code);
            await runs;
            query.cancel();
            assert.equal(await asked, '57014');
            assert.equal((await sql`select 2 as a`)[0].a, 2);
        }, {onnotice: running});
    },

    async settings({number}) {
        await with_sql(async (sql) => {
            await sql.unsafe(`set search_path to p${number}; set lock_timeout = ${1000 + number}`);
            for (let turn = 0; turn < 5; ++turn) {
                assert.equal((await sql`show search_path`)[0].search_path, `p${number}`);
                assert.equal(
                    (await sql`show lock_timeout`)[0].lock_timeout,
                    `${1000 + number}ms`.replace(/^(\d)000ms$/, '$1s'));
                assert.equal(
                    (await sql`show application_name`)[0].application_name,
                    `postgres.js ${number}`);
                assert.equal((await sql`show timezone`)[0].TimeZone, 'Asia/Tokyo');
            }
        }, {connection: {application_name: `postgres.js ${number}`, TimeZone: 'Asia/Tokyo'}});
    },

    async listen_and_notify({number}) {
        await alone(() => with_sql(async (sql) => {
                        let hear;
                        const heard = new Promise((resolve) => {
                            hear = resolve;
                        });
                        const listening = await sql.listen(`pjs_${number}`, hear);
                        await sql.notify(`pjs_${number}`, 'hello');
                        assert.equal(await heard, 'hello');
                        await listening.unlisten();
                    }));
    },

    async notices({number}) {
        const heard = [];
        await with_sql(async (sql) => {
            await sql.unsafe(`do $$ begin raise notice 'by ${number}'; end $$`);
            await sql`select 1`;
        }, {onnotice: ({message}) => heard.push(message)});
        assert.deepEqual(heard, [`by ${number}`]);
    },

    async large_result() {
        await with_sql(async (sql) => {
            const rows = await sql`select i, repeat('x', 200) as x from generate_series(1, 5000) i`;
            assert.equal(rows.length, 5000);
            assert.deepEqual({...rows[4999]}, {i: 5000, x: 'x'.repeat(200)});
        });
    },

    async pool_of_five({number}) {
        await with_sql(async (sql) => {
            const answers = await Promise.all(
                Array.from({length: 80}, (_, at) => sql`select ${number * 1000 + at}::int as n`));
            assert.deepEqual(
                answers.map(([{n}]) => n), Array.from({length: 80}, (_, at) => number * 1000 + at));
        }, {max: 5});
    },

    async changed_schema({number}) {
        const table = `changing_pjs_${number}`;
        await with_sql(async (sql) => {
            await sql.unsafe(`drop table if exists ${table}; create table ${
                table} (a int); insert into ${table} values (1)`);
            const read = () => sql`select * from ${sql(table)}`;
            assert.deepEqual([...await read()], [{a: 1}]);
            await sql.unsafe(`alter table ${table} add column b text default 'new'`);
            assert.deepEqual(
                [...await read()], [{a: 1, b: 'new'}]);  // postgres.js prepares again at 0A000
            await sql.unsafe(`drop table ${table}`);
        });
    },

    async reads_own_writes({table}) {
        await with_sql(async (sql) => {
            for (let id = 2000; id < 2030; ++id) {
                await sql`insert into ${sql(table)} values (${id}, 'own')`;
                assert.deepEqual(
                    [...await sql`select id from ${sql(table)} where id = ${id}`], [{id}]);
            }
            assert.equal((await sql`delete from ${sql(table)} where id >= 2000`).count, 30);
        });
    },
};

await run_all(cases);
