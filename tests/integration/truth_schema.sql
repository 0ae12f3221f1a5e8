-- What the statements of tests/cases/features_*.tsv read. Every kind of column, few rows, no triggers.
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE pair AS (x integer, y text);
CREATE TABLE dept (id integer PRIMARY KEY, name text NOT NULL, place point, feeling mood);
INSERT INTO dept VALUES (1, 'sales', '(1,2)', 'ok'), (2, 'works', '(3,4)', 'happy'), (3, 'none', NULL, NULL);
CREATE TABLE emp (id integer PRIMARY KEY, name text, dept_id integer REFERENCES dept, salary numeric(10, 2),
    hired date, boss integer REFERENCES emp, tags text[], doc jsonb);
INSERT INTO emp VALUES
    (1, 'Ann', 1, 5000, '2015-03-01', NULL, '{lead,old}', '{"age": 50, "langs": ["en", "nl"]}'),
    (2, 'Bob', 1, 3000, '2018-06-15', 1, '{new}', '{"age": 31, "langs": ["en"]}'),
    (3, 'Cid', 2, 4000, '2017-01-09', 1, '{}', '{"age": 42, "langs": []}'),
    (4, 'Dee', 2, 3500, '2020-11-30', 3, NULL, NULL),
    (5, 'Eve', NULL, NULL, NULL, 3, '{new,part}', '{"age": 27, "address": {"city": "Ghent"}}');
CREATE INDEX ON emp (dept_id);
CREATE INDEX ON emp USING gin (doc);
CREATE TABLE reading (at timestamptz PRIMARY KEY, sensor integer, value double precision);
INSERT INTO reading SELECT '2024-01-01'::timestamptz + n * interval '7 minutes', n % 3, sin(n)
    FROM generate_series(1, 500) AS n;
CREATE TABLE shape (id integer PRIMARY KEY, pt point, bx box, pa path, po polygon, ci circle, se lseg, li line);
INSERT INTO shape VALUES
    (1, '(1,1)', '((0,0),(2,2))', '((0,0),(1,1),(2,0))', '((0,0),(0,2),(2,2))', '<(0,0),2>',
        '[(0,0),(2,2)]', '{1,-1,0}'),
    (2, '(5,5)', '((4,4),(6,6))', '[(0,0),(3,3)]', '((4,4),(6,4),(5,6))', '<(5,5),1>',
        '[(0,2),(2,0)]', '{0,1,-1}');
CREATE TABLE net (id integer PRIMARY KEY, addr inet, block cidr, mac macaddr, mac8 macaddr8);
INSERT INTO net VALUES (1, '192.168.1.5/24', '192.168.0.0/16', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05'),
    (2, '::1', '2001:db8::/32', '08:00:2b:aa:bb:cc', '08:00:2b:ff:fe:01:02:03');
CREATE TABLE span (id integer PRIMARY KEY, i int4range, n numrange, t tstzrange, d daterange, m int4multirange);
INSERT INTO span VALUES
    (1, '[1,5)', '[0.5,2.5]', '[2024-01-01,2024-02-01)', '[2024-01-01,2024-01-31]', '{[1,3),[7,9)}'),
    (2, '[4,9)', '(1,9)', '[2024-01-15,)', 'empty', '{[2,8)}');
CREATE TABLE page (id integer PRIMARY KEY, title text, body text, words tsvector);
INSERT INTO page SELECT n, t, b, to_tsvector('english', t || ' ' || b) FROM (VALUES
    (1, 'Rivers', 'A weir parts the river in two channels'),
    (2, 'Cats', 'The fat cat sat on a mat and ate a rat')) AS v (n, t, b);
CREATE INDEX ON page USING gin (words);
CREATE TABLE kinds (a smallint, b integer, c bigint, d real, e double precision, f numeric, g money, h bytea,
    i bit(4), k bit varying(8), l uuid, m xml, n interval, o time, p timetz, q timestamp, r char(3),
    s varchar(10), u boolean, v oid, w pair, x mood, y pg_lsn, z jsonpath);
INSERT INTO kinds VALUES (1, 2, 3, 1.5, 2.5, 12.34, 5, '\xdeadbeef', B'1010', B'101',
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '<a b="1"><c>x</c></a>', '1 day 02:03', '10:11:12',
    '10:11:12+02', '2024-02-29 10:11:12', 'ab', 'word', true, 23, ROW (1, 'one'), 'ok', '0/16B3748', '$.a');
CREATE TABLE sale (day date NOT NULL, region text, product text, amount numeric) PARTITION BY RANGE (day);
CREATE TABLE sale_2023 PARTITION OF sale FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE sale_2024 PARTITION OF sale FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO sale SELECT '2023-06-01'::date + n * 3, ('{north,south,east}'::text[])[1 + n % 3],
    ('{tea,cake}'::text[])[1 + n % 2], n FROM generate_series(1, 150) AS n;
CREATE VIEW emp_view AS SELECT e.id, e.name, d.name AS dept FROM emp e LEFT JOIN dept d ON d.id = e.dept_id;
CREATE MATERIALIZED VIEW dept_total AS SELECT dept_id, sum(salary) AS total FROM emp GROUP BY dept_id;
CREATE TABLE edge (from_id integer, to_id integer, weight integer);
INSERT INTO edge VALUES (1, 2, 3), (2, 3, 1), (1, 3, 9), (3, 4, 2), (4, 1, 5);
CREATE SEQUENCE s;
-- The tables of the other cases.
CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer, c integer, d text, word text);
INSERT INTO t SELECT n, n, n + 1, n + 2, 'd' || n, 'word ' || n FROM generate_series(1, 10) AS n;
CREATE TABLE u (id integer PRIMARY KEY, a integer, b integer, c integer, d text, word text);
INSERT INTO u SELECT n, n, n + 1, n + 2, 'd' || n, 'word ' || n FROM generate_series(1, 10) AS n;
