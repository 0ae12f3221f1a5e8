// node-postgres, with its cursors and COPY streams. See harness.mjs.
import assert from 'node:assert/strict';
import {once} from 'node:events';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import pg from 'pg';
import copy_streams from 'pg-copy-streams';
import Cursor from 'pg-cursor';

import {alone, run_all, sqlstate_of} from './harness.mjs';

async function with_client(work, options = {}) {
    const client = new pg.Client(options);
    client.on('error', () => {});  // told by the statement that breaks, too
    await client.connect();
    try {
        return await work(client);
    } finally {
        await client.end();
    }
}

const cases = {
    async parameters() {
        await with_client(async (client) => {
            const values =
                [7, 'té \u{1f30a}', null, true, 1.5, Buffer.from([0, 255]), [1, 2], {a: 1}];
            const {rows} = await client.query(
                'select $1::int a, $2::text b, $3::text c, $4::bool d, $5::float8 e, ' +
                '$6::bytea f, ' +
                    '$7::int[] g, $8::jsonb h',
                values);
            assert.deepEqual(Object.values(rows[0]), values);
        });
    },

    async prepared_names({number}) {
        await with_client(async (client) => {
            for (let turn = 0; turn < 5; ++turn) {
                for (const own of ['one', 'two']) {
                    const {rows} = await client.query({
                        name: own,
                        text: `select '${own} ${number}' as own, $1::int as turn`,
                        values: [turn]
                    });
                    assert.deepEqual(rows, [{own: `${own} ${number}`, turn}]);
                }
            }
        });
    },

    async same_name_in_two_sessions() {
        await alone(
            () => with_client(
                (first) => with_client(async (second) => {
                    for (let turn = 0; turn < 5; ++turn) {
                        for (const [client, text] of [[first, 'first'], [second, 'second']]) {
                            const {rows} = await client.query(
                                {name: 'same', text: `select '${text}' as said`});
                            assert.equal(rows[0].said, text);
                        }
                    }
                })));
    },

    async errors({table}) {
        await with_client(async (client) => {
            const wrong = [
                ['select 1/0', '22012'], ['selec 1', '42601'], ['select * from nowhere', '42P01'],
                [`insert into ${table} values (1, 'twice')`, '23505']
            ];
            for (const [text, code] of wrong) {
                assert.equal(await sqlstate_of(() => client.query(text)), code);
                assert.equal(
                    await sqlstate_of(
                        () => client.query({text, values: [], name: `wrong ${code}`})),
                    code);
                assert.equal((await client.query('select 1 as a')).rows[0].a, 1);
            }
        });
    },

    async statements_queued_at_once({number}) {
        // One client, no await between: node-postgres sends each when the one before it is done.
        await with_client(async (client) => {
            const answers = await Promise.allSettled(Array.from(
                {length: 30},
                (_, at) =>
                    client.query(at % 5 === 4 ? 'select 1/0' : `select ${number} + ${at} as n`)));
            answers.forEach(
                (answer, at) => at % 5 === 4 ? assert.equal(answer.reason.code, '22012') :
                                               assert.equal(answer.value.rows[0].n, number + at));
        });
    },

    async transactions({table}) {
        await with_client(async (client) => {
            await client.query('begin');
            await client.query(`insert into ${table} values (100, 'gone')`);
            await client.query('rollback');
            await client.query('begin');
            await client.query(`insert into ${table} values (101, 'kept')`);
            await client.query('savepoint s');
            assert.equal(
                await sqlstate_of(() => client.query(`insert into ${table} values (101, 'twice')`)),
                '23505');
            assert.equal(await sqlstate_of(() => client.query('select 1')), '25P02');
            await client.query('rollback to s');
            await client.query('commit');
            const {rows} = await client.query(`select id from ${table} where id >= 100`);
            assert.deepEqual(rows, [{id: 101}]);
            await client.query(`delete from ${table} where id = 101`);
        });
    },

    async cancel() {
        await with_client(async (client) => {
            const {text} = {text: 'select pg_sleep(60)'};
            const asked = client.query(text).then(() => 'no error', (error) => error.code);
            let code;
            let dealt_with;
            while (code === undefined) {  // one that is early finds nothing to cancel
                const canceller = new pg.Client();
                canceller.connection.on('error', () => {});
                dealt_with = once(canceller.connection.stream, 'close');
                canceller.cancel(client, client.activeQuery);
                code = await Promise.race([asked, dealt_with.then(() => undefined)]);
                code ??= await Promise.race([asked, new Promise((over) => setImmediate(over))]);
            }
            await dealt_with;  // a request that is still on its way would hit the next query
            assert.equal(code, '57014');
            assert.equal((await client.query('select 2 as a')).rows[0].a, 2);
        });
    },

    async pool_of_five({number}) {
        const pool = new pg.Pool({max: 5});
        const answers = await Promise.all(Array.from(
            {length: 60},
            (_, at) => pool.query(
                at % 2 ? 'select $1::int as n' : {name: 'n', text: 'select $1::int as n'},
                [number * 1000 + at])));
        assert.deepEqual(
            answers.map(({rows}) => rows[0].n),
            Array.from({length: 60}, (_, at) => number * 1000 + at));
        await pool.end();
    },

    async pool_of_writers({table}) {
        const pool = new pg.Pool({max: 5});
        await Promise.all(Array.from(
            {length: 60},
            (_, at) => pool.query(`insert into ${table} values ($1, $2)`, [1000 + at, 'pooled'])));
        await pool.end();
        await with_client(async (client) => {
            await client.query('begin');  // at the primary
            const {rowCount} = await client.query(`delete from ${table} where word = 'pooled'`);
            await client.query('commit');
            assert.equal(rowCount, 60);
        });
    },

    async cursor() {
        await with_client(async (client) => {
            const cursor = client.query(new Cursor('select i from generate_series(1, 1000) i'));
            let sum = 0, rows;
            while ((rows = await cursor.read(90)).length > 0) {
                sum += rows.reduce((a, {i}) => a + i, 0);
            }
            await cursor.close();
            assert.equal(sum, 500500);
            const left =
                client.query(new Cursor('select i from generate_series(1, $1::int) i', [1000]));
            assert.equal((await left.read(10)).length, 10);
            await left.close();  // before its end
            assert.equal((await client.query('select 3 as a')).rows[0].a, 3);
        });
    },

    async copy_streams({table}) {
        await with_client(async (client) => {
            const lines = Array.from({length: 3000}, (_, at) => `${20000 + at}\tcopied ${at}\n`);
            await pipeline(
                Readable.from(lines), client.query(copy_streams.from(`copy ${table} from stdin`)));
            const out = client.query(copy_streams.to(
                `copy (select * from ${table} where id >= 20000 order by id) to stdout`));
            const pieces = [];
            for await (const piece of out) {
                pieces.push(piece);
            }
            assert.equal(Buffer.concat(pieces).toString(), lines.join(''));
            assert.equal(
                await sqlstate_of(
                    () => pipeline(
                        Readable.from(['nonsense\tx\n']),
                        client.query(copy_streams.from(`copy ${table} from stdin`)))),
                '22P02');
            assert.equal(
                (await client.query(`delete from ${table} where id >= 20000`)).rowCount, 3000);
        });
    },

    async several_statements({table}) {
        await with_client(async (client) => {
            const results =
                await client.query(`select 1 as a; select 2 as a; update ${table} set word = word`);
            assert.deepEqual(results.map(({command}) => command), ['SELECT', 'SELECT', 'UPDATE']);
            assert.equal(results[2].rowCount, 10);
        });
    },

    async large_result() {
        await with_client(async (client) => {
            const {rows} = await client.query(
                "select i, repeat('x', 200) as x from generate_series(1, 5000) i");
            assert.equal(rows.length, 5000);
            assert.deepEqual(rows[4999], {i: 5000, x: 'x'.repeat(200)});
            const large = 'v'.repeat(2000000);
            assert.ok((await client.query('select $1::text as v', [large])).rows[0].v === large);
        });
    },

    async notices({number}) {
        await with_client(async (client) => {
            const heard = [];
            client.on('notice', ({severity, message}) => heard.push(`${severity} ${message}`));
            await client.query(`do $$ begin raise notice 'by ${number}'; end $$`);
            await client.query('select 1');
            assert.deepEqual(heard, [`NOTICE by ${number}`]);
        });
    },

    async notifications({number}) {
        await alone(() => with_client((listener) => with_client(async (speaker) => {
                                          const heard = once(
                                              listener, 'notification',
                                              {signal: AbortSignal.timeout(60000)});
                                          await listener.query(`listen node_${number}`);
                                          await speaker.query(`notify node_${number}, 'hello'`);
                                          assert.equal((await heard)[0].payload, 'hello');
                                      })));
    },

    async settings({number}) {
        const zone = `Etc/GMT-${number % 12}`;
        await with_client(async (client) => {
            const show = async (name) =>
                Object.values((await client.query(`show ${name}`)).rows[0])[0];
            await client.query(`set timezone to '${zone}'; set search_path to s${number}`);
            await client.query("select set_config('app.mine', $1, false)", [`custom ${number}`]);
            for (let turn = 0; turn < 5; ++turn) {
                assert.equal(await show('timezone'), zone);
                assert.equal(await show('search_path'), `s${number}`);
                assert.equal(await show('app.mine'), `custom ${number}`);
                assert.equal(await show('application_name'), `node ${number}`);
                assert.equal(await show('statement_timeout'), '50s');
            }
            await client.query('discard all');
            assert.equal(await show('statement_timeout'), '50s');
            assert.equal(await show('search_path'), '"$user", public');
        }, {application_name: `node ${number}`, statement_timeout: 50000});
    },

    async reads_own_writes({table}) {
        await with_client(async (client) => {
            for (let id = 2000; id < 2030; ++id) {
                await client.query(`insert into ${table} values ($1, 'own')`, [id]);
                const {rows} = await client.query(`select id from ${table} where id = $1`, [id]);
                assert.deepEqual(rows, [{id}]);
            }
            assert.equal(
                (await client.query(`delete from ${table} where id >= 2000`)).rowCount, 30);
        });
    },
};

await run_all(cases);
