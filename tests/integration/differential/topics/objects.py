"""What belongs to a session and no other: temporary objects, channels, locks, sequences, descriptors."""

_TEMPORARY = [
    "create temp table tt (a int, b text)", "create temp table tt (a int, b text)",
    "create temp table if not exists tt (a int, b text)", "insert into tt values (1, 'x'), (2, 'y')",
    "select * from tt order by a", "update tt set b = b || '+' returning a, b", "drop table tt",
    "create temp table gone (a int) on commit drop", "insert into gone values (1)", "table gone",
    "create temp table emptied (a int) on commit delete rows", "insert into emptied values (7)",
    "table emptied", "create temp view tv as select 1 as one", "select * from tv", "drop view tv",
    "select 5 as five into temp table into_temp", "select * from pg_temp.into_temp", "DISCARD TEMP",
    "create temp sequence ts", "select nextval('ts')", "alter table tt add column c int default 3",
    "create function pg_temp.f() returns int language sql as 'select 8'", "select pg_temp.f()",
    "create temp table items (id int, word text)", "select * from items",
    "select count(*) from pg_class where relnamespace = pg_my_temp_schema()",
]
_CHANNELS = [
    "LISTEN ch424242", "LISTEN ch424242", "NOTIFY ch424242", "NOTIFY ch424242, 'pay load'", "UNLISTEN ch424242",
    "UNLISTEN *", "select pg_notify('ch424242', 'by function')", "LISTEN \"Other424242\"",
    "NOTIFY \"Other424242\", 'x'", "select * from pg_listening_channels() order by 1",
    "NOTIFY ch424242, 'a'; NOTIFY ch424242, 'b'; NOTIFY ch424242, 'a'",
]
_LOCKS = [
    "select pg_advisory_lock(424242)", "select pg_advisory_lock(1, 424242)", "select pg_advisory_unlock(424242)",
    "select pg_try_advisory_lock(424242)", "select pg_advisory_lock_shared(424242)",
    "select pg_advisory_unlock_shared(424242)", "select pg_advisory_unlock_all()",
    "select pg_advisory_xact_lock(424242)", "select pg_try_advisory_xact_lock(424242)",
    "select pg_catalog.pg_advisory_lock(424242)",
    "select classid, objid, mode, granted from pg_locks where locktype = 'advisory'"
    " and pid = pg_backend_pid() order by 1, 2, 3",
]
_SEQUENCES = [
    "select nextval('d424242.seq')", "select nextval('d424242.seq')", "select currval('d424242.seq')",
    "select lastval()", "select setval('d424242.seq', {n})", "select setval('d424242.seq', {n}, false)",
    "select last_value, is_called from d424242.seq", "insert into d424242.events(note) values ('seq')",
    "select currval('d424242.events_id_seq')", "DISCARD SEQUENCES",
    "select nextval('d424242.seq'), currval('d424242.seq'), lastval()",
    "alter sequence d424242.seq restart with {n}",
]
_LARGE = [
    "select lo_create(1424242)", "select lo_from_bytea(1424242, 'some bytes')", "select lo_get(1424242)",
    "select lo_put(1424242, 3, 'XYZ')", "select lo_unlink(1424242)", "select lo_open(1424242, 393216)",
    "select loread(0, 5)", "select lowrite(0, 'written')", "select lo_lseek(0, 0, 0)", "select lo_close(0)",
    "begin; select lo_open(1424242, 131072); select loread(0, 4); select lo_close(0); commit",
]
_LIBRARIES = ["LOAD 'nosuch'", "select 1 from pg_extension where extname = 'plpgsql'"]


def _filled(texts):
    return lambda g: g.choice(texts).replace("{n}", str(g.number(10, 60)))


CHOICES = [(5, _filled(_TEMPORARY)), (4, _filled(_CHANNELS)), (3, _filled(_LOCKS)), (4, _filled(_SEQUENCES)),
           (1, _filled(_LARGE)), (0.2, _filled(_LIBRARIES))]
