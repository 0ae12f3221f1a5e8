#!/usr/bin/python3
"""Reads a running PostgreSQL 15 and writes builtin_names.tsv. With --check it writes nothing and says
what the tables lack or have too much for that server, of any version. Functions are judged by people:
this script only names them. A function that says IMMUTABLE and is not so may be judged, too.

    generate_builtins.py [--check] [psql arguments, such as -h /tmp -p 5432 -U postgres]
"""
import pathlib
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
NAMES = FOLDER / "builtin_names.tsv"
JUDGED = FOLDER / "builtin_functions.tsv"
OTHER = FOLDER / "builtin_functions_other.tsv"
VERSION = 15  # of the server that builtin_names.tsv is written from
GONE = {"!"}  # operators that only older servers have: what is not known goes to the primary

HEAD = """# Names of pg_catalog that run nothing but IMMUTABLE code, or hold the same rows on every node.
# Written by generate_builtins.py from PostgreSQL 15; sorted by bytes within each kind.
#kind\tname
"""

# Views whose rows come from the replicated catalog alone. All other views of pg_catalog show the node,
# the session or its settings; they are left out and so are taken for different on every node.
CATALOG_VIEWS = """pg_group pg_indexes pg_matviews pg_policies pg_publication_tables pg_roles pg_rules
pg_seclabels pg_shadow pg_stats pg_stats_ext pg_stats_ext_exprs pg_tables pg_user pg_user_mappings
pg_views""".split()

QUERIES = {
    "function": """select proname from pg_proc where pronamespace = 'pg_catalog'::regnamespace
        group by 1 having bool_and(provolatile = 'i')""",
    # Every built-in operator's function is IMMUTABLE or STABLE; check() sees to it.
    "operator": """select distinct oprname from pg_operator
        where oprnamespace = 'pg_catalog'::regnamespace""",
    "relation": """select relname from pg_class where relnamespace = 'pg_catalog'::regnamespace
        and (relkind = 'r' or relname = any (string_to_array('%s', ' ')))""" % " ".join(CATALOG_VIEWS),
    "type": """select typname from pg_type where typnamespace = 'pg_catalog'::regnamespace
        and typtype in ('b', 'r', 'm', 'd') and typname !~ '^_'""",
}
NOT_IMMUTABLE = """select proname from pg_proc where pronamespace = 'pg_catalog'::regnamespace
    group by 1 having bool_or(provolatile <> 'i')"""
ALL_FUNCTIONS = """select distinct proname from pg_proc
    where pronamespace = 'pg_catalog'::regnamespace"""
VOLATILE_OPERATORS = """select oprname from pg_operator o join pg_proc p on p.oid = o.oprcode
    where oprnamespace = 'pg_catalog'::regnamespace and provolatile = 'v'"""


def ask(arguments, sql):
    command = ["psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", *arguments, "-c", sql]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return sorted(answer.split("\n")[:-1], key=lambda name: name.encode())


def rows(table):
    return [row.split("\t") for row in table.read_text().splitlines() if row[:1] != "#"]


def by_bytes(names):
    return sorted(names, key=lambda name: name.encode())


def made_names(arguments, judged):
    lines = [f"{kind}\t{name}\n" for kind, sql in QUERIES.items() for name in ask(arguments, sql)
             if kind != "function" or name not in judged]
    return HEAD + "".join(lines)


def faults_in_tables():
    """What is wrong with them whatever the server is."""
    judged, other = [[row[0] for row in rows(table)] for table in (JUDGED, OTHER)]
    known = {row[1] for row in rows(NAMES) if row[0] == "function"} | set(judged)
    wrong = [f"{table.name} is not sorted by bytes, or has a name twice"
             for table, names in ((JUDGED, judged), (OTHER, other)) if names != by_bytes(set(names))]
    wrong += [f"of other versions, but also of {VERSION}: {name}" for name in other if name in known]
    wrong += [f"no reason: {row[0]}" for row in rows(JUDGED) + rows(OTHER)
              if len(row) != 5 or row[4] in ("", "-")]
    return wrong


def faults_for(arguments):
    """What the tables do not know of this server, or know wrongly."""
    version = int(ask(arguments, "select current_setting('server_version_num')::int / 10000")[0])
    judged = {row[0] for row in rows(JUDGED)}
    other = {row[0] for row in rows(OTHER)}
    names = {kind: {row[1] for row in rows(NAMES) if row[0] == kind} for kind in QUERIES}
    wrong = [f"not judged: {name}" for name in ask(arguments, NOT_IMMUTABLE)
             if name not in judged | other]
    wrong += [f"volatile operator: {name}" for name in ask(arguments, VOLATILE_OPERATORS)]
    present = ask(arguments, ALL_FUNCTIONS)
    if version == VERSION:
        wrong += [f"judged, but not on the server: {name}" for name in judged - set(present)]
        wrong += [f"of {VERSION} after all: {name}" for name in other & set(present)]
    known = names["function"] | judged | other
    wrong += [f"function not known: {name}" for name in present if name not in known]
    for kind in ("operator", "type"):
        wrong += [f"{kind} not known: {name}" for name in ask(arguments, QUERIES[kind])
                  if name not in names[kind] | GONE]
    return wrong


def main():
    arguments = sys.argv[1:]
    check = "--check" in arguments
    arguments = [a for a in arguments if a != "--check"]
    judged = {row[0] for row in rows(JUDGED)}
    if not check:
        NAMES.write_text(made_names(arguments, judged))
    wrong = faults_in_tables() + faults_for(arguments)
    of_15 = ask(arguments, "show server_version_num")[0].startswith(str(VERSION))
    if of_15 and NAMES.read_text() != made_names(arguments, judged):
        wrong.append(f"{NAMES.name} differs from what the server says")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
