// Drizzle on node-postgres and on postgres.js: migrations, CRUD, relations, transactions. See
// harness.mjs.
import {asc, count, eq, gt, relations, sql, sum} from 'drizzle-orm';
import {drizzle as over_pg} from 'drizzle-orm/node-postgres';
import {migrate} from 'drizzle-orm/node-postgres/migrator';
import {integer, jsonb, numeric, pgSchema, serial, text, timestamp} from 'drizzle-orm/pg-core';
import {drizzle as over_postgres} from 'drizzle-orm/postgres-js';
import assert from 'node:assert/strict';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import pg from 'pg';
import postgres from 'postgres';

import {run_all, sqlstate_of} from './harness.mjs';

// Tables of one client, in a schema of their own: Drizzle qualifies every name.
function tables_of(number) {
    const schema = pgSchema(`drizzle${number}`);
    const authors = schema.table('authors', {
        id: serial('id').primaryKey(),
        name: text('name').notNull().unique(),
        about: jsonb('about'),
        tags: text('tags').array(),
        worth: numeric('worth', {precision: 10, scale: 2}),
        seen: timestamp('seen', {withTimezone: true})
    });
    const books = schema.table('books', {
        id: serial('id').primaryKey(),
        title: text('title').notNull(),
        author: integer('author').notNull().references(() => authors.id)
    });
    const authors_relations = relations(authors, ({many}) => ({books: many(books)}));
    const books_relations = relations(
        books,
        ({one}) => ({writer: one(authors, {fields: [books.author], references: [authors.id]})}));
    return {schema, authors, books, authors_relations, books_relations};
}

function made(number) {
    return `drop schema if exists drizzle${number} cascade; create schema drizzle${number};
        create table drizzle${
        number}.authors (id serial primary key, name text not null unique, about jsonb,
            tags text[], worth numeric(10, 2), seen timestamptz);
        create table drizzle${number}.books (id serial primary key, title text not null,
            author integer not null references drizzle${number}.authors);`;
}

// work(db, tables) over one session of each driver, one after the other, each time with new tables.
async function with_both(number, work) {
    const tables = tables_of(number);
    // A client and no pool: pg's pool ends a client at an error, and Weir's promise is to the session.
    const one = new pg.Client();
    one.on('error', () => {});
    await one.connect();
    try {
        await one.query(made(number));
        await work(over_pg(one, {schema: tables}), tables);
    } finally {
        await one.end();
    }
    const client = postgres({max: 1, connect_timeout: 60, onnotice: () => {}});
    try {
        await client.unsafe(made(number));
        await work(over_postgres(client, {schema: tables}), tables);
        await client.unsafe(`drop schema drizzle${number} cascade`);
    } finally {
        await client.end({timeout: 5});
    }
}

const cases = {
    async migrations({number}) {
        const folder = mkdtempSync(join(tmpdir(), 'weir-drizzle-'));
        const client = new pg.Client();
        await client.connect();
        try {
            mkdirSync(join(folder, 'meta'));
            const entries = [];
            const add = (tag, statements) => {
                writeFileSync(
                    join(folder, `${tag}.sql`), statements.join('--> statement-breakpoint\n'));
                entries.push({
                    idx: entries.length,
                    version: '7',
                    when: 1700000000000 + entries.length,
                    tag,
                    breakpoints: true
                });
                writeFileSync(
                    join(folder, 'meta', '_journal.json'),
                    JSON.stringify({version: '7', dialect: 'postgresql', entries}));
            };
            const settings = {migrationsFolder: folder, migrationsSchema: `migrated${number}`};
            const db = over_pg(client);
            await client.query(`drop schema if exists migrated${number} cascade`);
            add('0000_first', [
                `create table migrated${number}.it (id serial primary key, word text);\n`,
                `insert into migrated${
                    number}.it (word) select 'w' || i from generate_series(1, 20) i;\n`
            ]);
            await migrate(db, settings);
            add('0001_second',
                [`alter table migrated${number}.it add column more int default 5;\n`]);
            await migrate(db, settings);
            await migrate(db, settings);  // nothing left to do
            const {rows} = await db.execute(sql.raw(
                `select count(*)::int as n, sum(more)::int as s from migrated${number}.it`));
            assert.deepEqual(rows, [{n: 20, s: 100}]);
            await client.query(`drop schema migrated${number} cascade`);
        } finally {
            await client.end();
            rmSync(folder, {recursive: true});
        }
    },

    async create_read_update_delete({number}) {
        await with_both(number, async (db, {authors}) => {
            const seen = new Date(Date.UTC(2024, 1, 29));
            const [{id}] = await db.insert(authors)
                               .values({
                                   name: 'Ürsula',
                                   about: {k: [1, null]},
                                   tags: ['a', 'b'],
                                   worth: '12.50',
                                   seen
                               })
                               .returning({id: authors.id});
            assert.deepEqual(await db.select().from(authors).where(eq(authors.id, id)), [
                {id, name: 'Ürsula', about: {k: [1, null]}, tags: ['a', 'b'], worth: '12.50', seen}
            ]);
            await db.update(authors)
                .set({worth: sql`${authors.worth} * 2`})
                .where(eq(authors.id, id));
            assert.equal((await db.select({worth: authors.worth}).from(authors))[0].worth, '25.00');
            await db.insert(authors).values({name: 'Ürsula', worth: '1'}).onConflictDoUpdate({
                target: authors.name,
                set: {worth: '2'}
            });
            assert.equal(await db.$count(authors), 1);
            await db.delete(authors).where(eq(authors.id, id));
            assert.deepEqual(await db.select().from(authors), []);
        });
    },

    async relations({number}) {
        await with_both(number, async (db, {authors, books}) => {
            const found = await db.insert(authors)
                              .values(['a', 'b', 'c'].map((name) => ({name})))
                              .returning();
            await db.insert(books).values(Array.from(
                {length: 30}, (_, at) => ({title: `book ${at}`, author: found[at % 3].id})));
            const nested = await db.query.authors.findMany({
                with: {books: {orderBy: (book) => asc(book.id), limit: 2}},
                orderBy: (author) => asc(author.id)
            });
            assert.deepEqual(
                nested.map((author) => author.books.map(({title}) => title)),
                [['book 0', 'book 3'], ['book 1', 'book 4'], ['book 2', 'book 5']]);
            const counted = await db.select({name: authors.name, n: count(books.id)})
                                .from(authors)
                                .leftJoin(books, eq(books.author, authors.id))
                                .groupBy(authors.name)
                                .orderBy(authors.name);
            assert.deepEqual(counted, [{name: 'a', n: 10}, {name: 'b', n: 10}, {name: 'c', n: 10}]);
            assert.equal(
                (await db.select({s: sum(books.id)}).from(books).where(gt(books.id, 28)))[0].s,
                '59');
        });
    },

    async prepared({number}) {
        await with_both(number, async (db, {authors}) => {
            await db.insert(authors).values(
                Array.from({length: 10}, (_, at) => ({name: `n${at}`})));
            const by_name = db.select({name: authors.name})
                                .from(authors)
                                .where(eq(authors.name, sql.placeholder('name')))
                                .prepare('by_name');
            for (let at = 0; at < 10; ++at) {
                assert.deepEqual(await by_name.execute({name: `n${at}`}), [{name: `n${at}`}]);
            }
        });
    },

    async transactions({number}) {
        await with_both(number, async (db, {authors}) => {
            assert.equal(
                await sqlstate_of(() => db.transaction(async (own) => {
                    await own.insert(authors).values({name: 'gone'});
                    await own.execute(sql`select 1/0`);
                })),
                '22012');
            await db.transaction(async (own) => {
                await own.insert(authors).values({name: 'kept'});
                await own.transaction((inner) => inner.insert(authors).values({name: 'kept'}))
                    .catch(() => 'rolled back to its savepoint');
                assert.equal(await own.$count(authors), 1);
            }, {isolationLevel: 'repeatable read'});
            assert.deepEqual((await db.select().from(authors)).map(({name}) => name), ['kept']);
            await assert.rejects(db.transaction(
                (own) => own.insert(authors).values({name: 'no'}), {accessMode: 'read only'}));
        });
    },

    async errors({number}) {
        await with_both(number, async (db, {authors}) => {
            assert.equal(await sqlstate_of(() => db.execute(sql`select * from nowhere`)), '42P01');
            await db.insert(authors).values({name: 'once'});
            assert.equal(
                await sqlstate_of(() => db.insert(authors).values({name: 'once'})), '23505');
            assert.equal(await sqlstate_of(() => db.insert(authors).values({about: {}})), '23502');
            assert.equal((await db.select().from(authors)).length, 1);
        });
    },

    async reads_own_writes({number}) {
        await with_both(number, async (db, {authors}) => {
            for (let at = 0; at < 15; ++at) {
                const [{id}] = await db.insert(authors).values({name: `own ${at}`}).returning();
                const seen = await db.select().from(authors).where(eq(authors.id, id));
                assert.equal(seen[0].name, `own ${at}`);
            }
        });
    },
};

// REPLICAS says whether there are any to read from: straight at the primary there are none.
const at_rest = {
    async reads_of_old_rows({table}) {
        const counted = `select count(*)::int as n from ${table}`;
        // first_of(text) is the first value of the first row.
        const read_until_replica = async (first_of) => {
            assert.equal(await first_of(counted), 10);
            if (process.env.REPLICAS === '0') {
                return;
            }
            await first_of('select pg_is_in_recovery()');  // asked of the primary only
            const primary = await first_of('show weir.node');
            const deadline = Date.now() + 30000;
            do {
                assert.ok(Date.now() < deadline, 'no read ran on a replica in 30 s');
                assert.equal(await first_of(counted), 10);
            } while (await first_of('show weir.node') === primary);
        };
        const one = new pg.Client();
        await one.connect();
        try {
            await read_until_replica(
                async (text) =>
                    Object.values((await over_pg(one).execute(sql.raw(text))).rows[0])[0]);
        } finally {
            await one.end();
        }
        const client = postgres({max: 1, connect_timeout: 60, onnotice: () => {}});
        try {
            await read_until_replica(
                async (text) =>
                    Object.values((await over_postgres(client).execute(sql.raw(text)))[0])[0]);
        } finally {
            await client.end({timeout: 5});
        }
    },
};

await run_all(cases, at_rest);
