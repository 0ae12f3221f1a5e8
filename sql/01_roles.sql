-- The shop's roles. Run by a superuser in the database `shop`; a second run changes nothing.
--   shop_owner   owns the tables, cannot log in: the application can never change its own schema
--   shop         the application: reads and writes rows, nothing else
--   shop_report  a group for people and tools that only read
-- `-v shop_password=...` sets another password than `shop` when the role is first given one.
\set ON_ERROR_STOP on
\if :{?shop_password}
\else
    \set shop_password shop
\endif
SET client_min_messages = warning;

SELECT format('CREATE ROLE %I NOLOGIN', name)
FROM unnest(ARRAY['shop_owner', 'shop_report']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

SELECT 'CREATE ROLE shop LOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop')
\gexec

-- Only a role without a password gets one: each ALTER would draw a new salt, and one that an
-- operator has chosen must stay.
SELECT format('ALTER ROLE shop PASSWORD %L', :'shop_password')
FROM pg_authid
WHERE rolname = 'shop' AND rolpassword IS NULL
\gexec

-- PostgreSQL 13 and 14 let everybody create objects in public.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO shop, shop_report;
GRANT USAGE, CREATE ON SCHEMA public TO shop_owner;
