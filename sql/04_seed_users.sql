-- 2,000 users, whose numbers the seeded orders have. One transaction, done only while there is no user: a second run
-- changes nothing. They have no usable password: nobody can log in as one of them.
\set ON_ERROR_STOP on
\set users 2000
SET client_min_messages = warning;

SELECT NOT EXISTS (SELECT FROM users) AS is_empty
\gset
\if :is_empty
BEGIN;
SET LOCAL ROLE shop_owner;
SET LOCAL synchronous_commit = off;

INSERT INTO users (id, email, name, password_hash, created_at)
SELECT n,
       format('shopper%s@example.org', n),
       format('Shopper %s', n),
       '!',
       timestamptz '2025-01-01 00:00+00' + n * interval '10 minutes'
FROM generate_series(1, :users) AS n;

SELECT setval(pg_get_serial_sequence('users', 'id'), (SELECT max(id) FROM users))
\g /dev/null
COMMIT;
VACUUM (ANALYZE) users;
\endif
