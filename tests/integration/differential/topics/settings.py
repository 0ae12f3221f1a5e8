"""Settings in all the ways in which they are set, undone and shown."""
from ..messages import Bind, Execute, Parse

VALUES = {
    "work_mem": ["'3MB'", "7654", "'64kB'", "'1'", "'abc'", "-1", "'2 MB'"],
    "datestyle": ["'German'", "'ISO, MDY'", "'SQL, DMY'", "postgres", "iso, ymd", "'wrong'"],
    "timezone": ["'Pacific/Apia'", "'UTC'", "'Nowhere/Land'", "3", "'America/New_York'"],
    "intervalstyle": ["iso_8601", "'sql_standard'", "postgres", "'no'"],
    "extra_float_digits": ["0", "3", "-15", "99"],
    "bytea_output": ["'escape'", "hex"],
    "search_path": ["d424242, public", "''", "'no such', pg_catalog", "d424242", "\"$user\", d424242"],
    "application_name": ["'x y'", "''", "'diff'", "'quote '' and \\'"],
    "client_encoding": ["'UTF8'", "'LATIN1'", "'nope'", "'SQL_ASCII'"],
    "standard_conforming_strings": ["on", "off", "on", "on"],
    "escape_string_warning": ["off", "on"],
    "default_transaction_isolation": ["'repeatable read'", "'read committed'", "serializable"],
    "default_transaction_read_only": ["on", "off", "off"],
    "default_transaction_deferrable": ["on", "off"],
    "transaction_read_only": ["on", "off"],
    "transaction_isolation": ["'repeatable read'", "'read committed'", "'serializable'"],
    "client_min_messages": ["error", "'debug1'", "notice", "warning", "notice", "log", "error"],
    "statement_timeout": ["'60s'", "60000", "'2min'", "0"],
    "lock_timeout": ["'9s'", "9000"],
    "idle_in_transaction_session_timeout": ["'60s'", "0"],
    "enable_seqscan": ["off", "on", "maybe"],
    "array_nulls": ["off", "on"],
    "transform_null_equals": ["on", "off"],
    "check_function_bodies": ["off", "on"],
    "row_security": ["off", "on"],
    "force_parallel_mode": ["off"],
    "session_replication_role": ["replica"],
    "log_statement": ["'all'"],
    "nosuch": ["1"],
    "server_version": ["'9.6'"],
    "app.x": ["'one'", "2", "'t w o'", "''"],
    "app.y": ["'yes'", "on"],
    "app.deep.name": ["1.5"],
    "\"app.no-good\"": ["1"],
    "role": ["diff_reader", "'none'", "'nobody here'"],
}
CARRIED = ["work_mem", "datestyle", "timezone", "search_path", "app.x", "application_name",
           "intervalstyle", "extra_float_digits", "bytea_output"]
RESET_STRINGS = [
    "SELECT pg_advisory_unlock_all(); CLOSE ALL; UNLISTEN *; RESET ALL;",   # asyncpg
    "DISCARD ALL",                                                          # Npgsql, PgBouncer
    "SELECT pg_advisory_unlock_all()", "CLOSE ALL", "UNLISTEN *", "RESET ALL",
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED",  # pgjdbc
    "SET client_min_messages TO 'warning'; SET standard_conforming_strings = on;"
    " SET SESSION timezone TO 'UTC'",                                       # Rails
    "SET client_encoding TO 'UTF8'",
    "DEALLOCATE ALL", "RESET SESSION AUTHORIZATION", "RESET ROLE",
    "SELECT current_schema()", "show standard_conforming_strings",
    "show transaction isolation level",                                     # SQLAlchemy, psycopg
]


def _name(g):
    return g.choice(CARRIED) if g.chance(0.6) else g.choice(sorted(VALUES))


def _plain(value):
    return value[1:-1] if value.startswith("'") else value


def _set(g):
    name = _name(g)
    form = g.choice(["SET {} = {}", "SET {} TO {}", "SET SESSION {} = {}", "SET LOCAL {} = {}",
                     "set local {} to {}"])
    return form.format(name, g.choice([*VALUES[name], *VALUES[name], "DEFAULT"]))


def _reset(g):
    return g.choice(["RESET {}", "SET {} TO DEFAULT", "SET LOCAL {} TO DEFAULT"]).format(_name(g))


def _set_config(g):
    name = _name(g)
    value = _plain(g.choice(VALUES[name])).replace("'", "''")
    return f"select set_config('{_bare(name)}', '{value}', {g.choice(['false', 'true', 'false'])})"


def _set_config_bound(g):
    name = _name(g)
    values = (_bare(name), _plain(g.choice(VALUES[name])), g.choice("ft"))
    return [Parse("", "select set_config($1, $2, $3)"),
            Bind("", "", tuple(value.encode() for value in values)), Execute()]


def _set_config_of_rows(g):
    return "select set_config('app.x', id::text, false), current_setting('app.x')" \
           " from d424242.items order by id"


def _bare(name):
    return name.strip('"')


def _show(g):
    name = _bare(_name(g))
    form = g.choice(["show {}", "select current_setting('{}')", "select current_setting('{}', true)",
                     "select setting, reset_val from pg_settings where name = '{}'"])
    return form.format(f'"{name}"' if "-" in name and form.startswith("show") else name)


def _show_bound(g):
    return [Parse("", "select current_setting($1, true)"),
            Bind("", "", (_bare(_name(g)).encode(),)), Execute()]


def _effect(g):
    return g.choice([
        "select date '2024-02-03', timestamptz '2024-02-03 04:05:06+00', interval '1 day 2:03:04'",
        "select 0.1::float8 + 0.2::float8, 1e-7::float4, '\\xdeadbeef'::bytea",
        "select current_schemas(false)", "select id from items order by id",
        "select current_user, session_user, current_role", "select 'a\\b', E'a\\\\b', length('\\')",
        "select '{1,null}'::int[], null = null", "select 'é', length('é')",
        "select 'now'::text, '01/02/03'::date, to_char(timestamptz '2024-07-01 00:00+00', 'HH24 TZ')",
        "select '10:00'::timetz, 1234.5::float8, '2 months'::interval",
        "select count(*) from pg_settings where name like 'app.%'"])


def _characteristics(g):
    return "SET SESSION CHARACTERISTICS AS TRANSACTION " + g.choice([
        "ISOLATION LEVEL REPEATABLE READ", "ISOLATION LEVEL READ COMMITTED", "READ ONLY",
        "READ WRITE", "READ ONLY, ISOLATION LEVEL SERIALIZABLE, DEFERRABLE"])


def _who(g):
    return g.choice([
        "SET ROLE diff_reader", "SET ROLE NONE", "RESET ROLE", "SET LOCAL ROLE diff_reader",
        "SET ROLE nobody_here", "SET SESSION AUTHORIZATION app", "SET SESSION AUTHORIZATION DEFAULT",
        "RESET SESSION AUTHORIZATION", "SET LOCAL SESSION AUTHORIZATION app",
        "SET SESSION AUTHORIZATION postgres", "SET SESSION AUTHORIZATION diff_reader",
        "select current_user, session_user"])


def _zone(g):
    return g.choice(["SET TIME ZONE 'Europe/Rome'", "SET TIME ZONE LOCAL", "SET TIME ZONE DEFAULT",
                     "SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE", "SET NAMES 'UTF8'",
                     "SET NAMES 'LATIN1'", "SET SCHEMA 'd424242'", "SET XML OPTION DOCUMENT",
                     "select setseed(0.5), random()"])


CHOICES = [
    (10, _set), (3, _reset), (1, lambda g: "RESET ALL"), (4, _set_config), (2, _set_config_bound),
    (0.3, _set_config_of_rows), (8, _show), (2, _show_bound), (5, _effect), (1, _characteristics),
    (2, _who), (1, _zone), (2, lambda g: g.choice(RESET_STRINGS)),
    (1, lambda g: g.choice(["DISCARD ALL", "DISCARD PLANS", "DISCARD SEQUENCES", "DISCARD TEMP"])),
    (0.1, lambda g: "SHOW ALL"),
]
