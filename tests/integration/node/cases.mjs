// node-postgres through Weir: `node cases.mjs NAME` runs one case and ends with 0 where it holds.
// PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE say where; TABLE is a table (id, word) of ten rows.
import assert from 'node:assert/strict';
import pg from 'pg';
import Cursor from 'pg-cursor';

const table = process.env.TABLE;

async function with_client(work) {
    const client = new pg.Client();
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
            const values = [7, 'té \u{1f30a}', null, true, 1.5, Buffer.from([0, 255]), [1, 2], { a: 1 }];
            const { rows } = await client.query(
                'select $1::int a, $2::text b, $3::text c, $4::bool d, $5::float8 e, $6::bytea f, ' +
                '$7::int[] g, $8::jsonb h', values);
            assert.deepEqual(Object.values(rows[0]), values);
        });
    },

    async prepared_names() {
        await with_client(async (client) => {
            for (let turn = 0; turn < 5; ++turn) {
                for (const own of ['one', 'two']) {
                    const { rows } = await client.query({
                        name: own, text: `select '${own}' as own, $1::int as turn`, values: [turn] });
                    assert.deepEqual(rows, [{ own, turn }]);
                }
            }
        });
    },

    async same_name_in_two_sessions() {
        await with_client((first) => with_client(async (second) => {
            for (let turn = 0; turn < 5; ++turn) {
                for (const [client, text] of [[first, 'first'], [second, 'second']]) {
                    const { rows } = await client.query({ name: 'same', text: `select '${text}' as said` });
                    assert.equal(rows[0].said, text);
                }
            }
        }));
    },

    async errors() {
        await with_client(async (client) => {
            const wrong = [['select 1/0', '22012'], ['selec 1', '42601'], ['select * from nowhere', '42P01'],
                           [`insert into ${table} values (1, 'twice')`, '23505']];
            for (const [text, code] of wrong) {
                await assert.rejects(client.query(text), (error) => error.code === code);
                await assert.rejects(client.query({ text, values: [], name: `wrong ${code}` }),
                                     (error) => error.code === code);
                assert.equal((await client.query('select 1 as a')).rows[0].a, 1);
            }
        });
    },

    async transactions() {
        await with_client(async (client) => {
            await client.query('begin');
            await client.query(`insert into ${table} values (100, 'gone')`);
            await client.query('rollback');
            await client.query('begin');
            await client.query(`insert into ${table} values (101, 'kept')`);
            await client.query('commit');
            const { rows } = await client.query(`select id from ${table} where id >= 100`);
            assert.deepEqual(rows, [{ id: 101 }]);
        });
    },

    async cancel() {
        await with_client(async (client) => {
            const asked = client.query('select pg_sleep(60), txid_current()').then(() => null, (error) => error.code);
            // node-postgres: cancel() opens a connection of its own and sends the key there.
            const watcher = new pg.Client();
            await watcher.connect();
            let there = false;
            while (!there) {
                const { rows } = await watcher.query(
                    "select count(*)::int as n, txid_current() from pg_stat_activity " +
                    "where query = 'select pg_sleep(60), txid_current()' and state = 'active'");
                there = rows[0].n > 0;
            }
            await watcher.end();
            const canceller = new pg.Client();
            canceller.cancel(client, client.activeQuery);
            assert.equal(await asked, '57014');
            assert.equal((await client.query('select 2 as a')).rows[0].a, 2);
        });
    },

    async pool_of_twenty() {
        const pool = new pg.Pool({ max: 20 });
        const answers = await Promise.all(Array.from({ length: 400 }, (_, number) =>
            pool.query(number % 2 ? 'select $1::int as n' : { name: 'n', text: 'select $1::int as n' },
                       [number])));
        assert.deepEqual(answers.map(({ rows }) => rows[0].n), Array.from({ length: 400 }, (_, n) => n));
        await pool.end();
    },

    async pool_of_writers() {
        const pool = new pg.Pool({ max: 20 });
        await Promise.all(Array.from({ length: 200 }, (_, number) =>
            pool.query(`insert into ${table} values ($1, $2)`, [1000 + number, 'pooled'])));
        await pool.end();
        await with_client(async (client) => {
            await client.query('begin');  // at the primary
            const { rows } = await client.query(`select count(*)::int as n from ${table} where word = 'pooled'`);
            await client.query('commit');
            assert.equal(rows[0].n, 200);
        });
    },

    async cursor() {
        await with_client(async (client) => {
            const cursor = client.query(new Cursor('select i from generate_series(1, 1000) i'));
            let sum = 0, rows;
            while ((rows = await cursor.read(90)).length > 0) {
                sum += rows.reduce((a, { i }) => a + i, 0);
            }
            await cursor.close();
            assert.equal(sum, 500500);
            assert.equal((await client.query('select 3 as a')).rows[0].a, 3);
        });
    },

    async several_statements() {
        await with_client(async (client) => {
            const results = await client.query(`select 1 as a; select 2 as a; update ${table} set word = word`);
            assert.deepEqual(results.map(({ command }) => command), ['SELECT', 'SELECT', 'UPDATE']);
            assert.equal(results[2].rowCount, 10);
        });
    },

    async notifications() {
        await with_client((listener) => with_client(async (speaker) => {
            const heard = new Promise((resolve) => listener.once('notification', resolve));
            await listener.query('listen node_channel');
            await speaker.query("notify node_channel, 'hello'");
            assert.equal((await heard).payload, 'hello');
        }));
    },

    async reads_own_writes() {
        await with_client(async (client) => {
            for (let number = 2000; number < 2100; ++number) {
                await client.query(`insert into ${table} values ($1, 'own')`, [number]);
                const { rows } = await client.query(`select id from ${table} where id = $1`, [number]);
                assert.deepEqual(rows, [{ id: number }]);
            }
        });
    },
};

if (process.argv[2] === '--list') {
    console.log(JSON.stringify(Object.keys(cases)));
} else {
    await cases[process.argv[2]]();
}
