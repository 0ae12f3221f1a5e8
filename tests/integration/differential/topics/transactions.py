"""Transactions and savepoints in all their forms."""

BEGINS = ["BEGIN", "BEGIN", "BEGIN", "START TRANSACTION", "BEGIN READ ONLY", "BEGIN WORK",
          "BEGIN ISOLATION LEVEL REPEATABLE READ", "BEGIN ISOLATION LEVEL SERIALIZABLE",
          "START TRANSACTION READ ONLY, ISOLATION LEVEL REPEATABLE READ",
          "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE", "BEGIN READ WRITE",
          "START TRANSACTION ISOLATION LEVEL READ UNCOMMITTED", "begin transaction read only"]
ENDS = ["COMMIT", "COMMIT", "COMMIT", "ROLLBACK", "ROLLBACK", "END", "ABORT", "COMMIT AND CHAIN",
        "ROLLBACK AND CHAIN", "COMMIT WORK", "END TRANSACTION", "COMMIT AND NO CHAIN"]


def begin(g):
    return g.choice(BEGINS)


def end(g):
    return g.choice(ENDS)


def _savepoint(g):
    name = g.choice(["one", "two", "\"Three x\""])
    return g.choice(["SAVEPOINT {}", "SAVEPOINT {}", "ROLLBACK TO {}", "ROLLBACK TO SAVEPOINT {}",
                     "RELEASE {}", "RELEASE SAVEPOINT {}"]).format(name)


def _mode(g):
    return "SET TRANSACTION " + g.choice([
        "READ ONLY", "READ WRITE", "ISOLATION LEVEL REPEATABLE READ", "ISOLATION LEVEL SERIALIZABLE",
        "ISOLATION LEVEL READ COMMITTED, READ ONLY", "DEFERRABLE", "NOT DEFERRABLE",
        "SNAPSHOT 'nosuch'"])


def _show(g):
    return g.choice(["show transaction_isolation", "show transaction_read_only",
                     "select current_setting('transaction_read_only')",
                     "select pg_is_in_recovery()", "select now() = now()",
                     "select current_setting('transaction_isolation'), 1 as one"])


def _constraints(g):
    return g.choice([
        "SET CONSTRAINTS ALL DEFERRED", "SET CONSTRAINTS ALL IMMEDIATE",
        "insert into d424242.later values (1, 99)", "insert into d424242.later values (2, 1)",
        "LOCK TABLE d424242.items IN SHARE MODE", "LOCK d424242.events"])


def _two_phase(g):
    return g.choice(["PREPARE TRANSACTION 'g424242'", "PREPARE TRANSACTION 'g424242'",
                     "COMMIT PREPARED 'g424242'", "ROLLBACK PREPARED 'g424242'",
                     "select gid from pg_prepared_xacts where gid = 'g424242'"])


CHOICES = [(8, begin), (5, end), (8, _savepoint), (2, _mode), (3, _show), (2, _constraints),
           (0.7, _two_phase)]
