#!/usr/bin/python3
"""Reads a running PostgreSQL 15 and writes builtin_names.tsv; checks that builtin_functions.tsv judges
every function that is not IMMUTABLE. Functions are judged by people: this script only names them. A
function that says IMMUTABLE and is not so may be judged there, too.

    generate_builtins.py [--check] [psql arguments, such as -h /tmp -p 5432 -U postgres]
"""
import pathlib
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
NAMES = FOLDER / "builtin_names.tsv"
JUDGED = FOLDER / "builtin_functions.tsv"

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


def main():
    arguments = sys.argv[1:]
    check = "--check" in arguments
    arguments = [a for a in arguments if a != "--check"]
    judged = [row.split("\t")[0] for row in JUDGED.read_text().splitlines() if row[:1] != "#"]
    lines = [f"{kind}\t{name}\n" for kind, sql in QUERIES.items() for name in ask(arguments, sql)
             if kind != "function" or name not in judged]
    made = HEAD + "".join(lines)
    wrong = []
    if not check:
        NAMES.write_text(made)
    elif NAMES.read_text() != made:
        wrong.append(f"{NAMES.name} differs from what the server says")
    wrong += [f"not judged: {name}" for name in ask(arguments, NOT_IMMUTABLE) if name not in judged]
    present = ask(arguments, ALL_FUNCTIONS)
    wrong += [f"judged, but not on the server: {name}" for name in judged if name not in present]
    if judged != sorted(judged, key=lambda name: name.encode()):
        wrong.append(f"{JUDGED.name} is not sorted by bytes")
    wrong += [f"volatile operator: {name}" for name in ask(arguments, VOLATILE_OPERATORS)]
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
