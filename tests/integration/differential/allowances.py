"""The differences that docs/differences.md gives a reason for. There are no others."""
import dataclasses
import re


@dataclasses.dataclass(frozen=True)
class Allowance:
    reason: str      # a sentence of docs/differences.md
    direct: str      # patterns of the two lines that may stand in for each other; groups are equal
    weir: str
    ends: bool       # the sessions go different ways from there: what follows is not compared
    step: str = ""   # pattern of the step that it is an answer to

    def fits(self, one, other, step):
        ours, theirs = re.match(self.direct, one), re.match(self.weir, other)
        return bool(ours and theirs) and ours.groups() == theirs.groups() and bool(re.match(self.step, step))


# Of a NOTICE or an error: what stands before and behind the name of a function, and the name alone.
_IN_FUNCTION = r"([NE] .* W='.*?PL/pgSQL function )(?:\"?\w+\"?\.)?\"?(\w+)\"?(\(.*)$"
_CONDITION = r"D \[b' +(?:->)?[ \w]*(?:Cond|Filter|Key|Output): "
_NO_TEMPORARY = r"E .*C='(?:3F000|42P01|42883)' .*pg_temp"

ALL = (
    Allowance("Errors about `currval` and `lastval` carry a hint of Weir's.",
              r"E .*C='55000' M='(?:lastval|currval of sequence .*) is not yet defined in this session'$",
              r"E .*C='55000' M='(?:lastval|currval of sequence .*) is not yet defined in this session' H=",
              False),
    Allowance("`currval` and `lastval` outside the transaction that drew may be refused with 55000.",
              r"", r"E .*C='55000' .*sequences = \"keep\"", True),
    Allowance("A connection may have its temporary schema from before: for `pg_temp` 3F000 becomes 42P01 or"
              " 42883, or the other way round.", _NO_TEMPORARY, _NO_TEMPORARY, False),
    Allowance("The `statement` that pg_prepared_statements shows for a PREPARE among others in one Query is"
              " that PREPARE alone.", r"D \[(b'[^']*'), b['\"].*;.*['\"], (b'\{.*\}', b'(?:t|\\x01)')\]$",
              r"D \[(b'[^']*'), b['\"] *PREPARE .*['\"], (b'\{.*\}', b'(?:t|\\x01)')\]$", False),
    Allowance("`pg_settings` shows `application_name` as set in the session, whose `reset_val` is empty",
              r"D \[(b['\"].*['\"]), b'(?:diff|reader)'\]$", r"D \[(b['\"].*['\"]), b''\]$", False),
    Allowance("DISCARD ALL and RESET show '' for it until the end of their transaction.",
              r"D \[b'(?:diff|reader)', b'(?:diff|reader)'\]$", r"D \[b'', b''\]$", False),
    Allowance("A READ ONLY transaction that goes on at the primary has left its portals behind",
              r"E .*C='42P03'", r"2$", True),
    Allowance("What was prepared to EXECUTE a statement that was not there yet gives its rows later",
              r"C SELECT \d|n$", r"[DT] ", True, r"(?s).*sql_inside"),
    Allowance("pg_prepared_statements does not list what cannot be prepared any more",
              r"D \[b'[^']*', b['\"].*(?:b't'|b'f'|b'\\x0[01]')\]$", r"C SELECT \d|D ", True,
              r"(?s).*from pg_prepared_statements order by name"),
    Allowance("CONTEXT lines may name the function with or without its schema and quotes.",
              _IN_FUNCTION, _IN_FUNCTION, False),
    Allowance("What names a statement that its connection does not have yet is refused with 25P02 there,"
              " whatever else is wrong with it.", r"E .*C='08P01' M='bind message ", r"E .*C='25P02'", False),
    Allowance("What names a statement that its connection does not have yet is refused with 25P02 there,"
              " whatever else is wrong with it.", r"t \[", r"E .*C='25P02'", True),
    Allowance("A statement of PREPARE whose table has changed or gone since, and whose rows the client was never"
              " told, gives the new rows", r"E .*C='0A000' M='cached plan must not change result type'",
              r"(?!E )", True),
    Allowance("or its failure comes earlier in the cycle",
              r"1$|t \[|E .*C='42P05'|E .*C='08P01' M='bind message ", r"E .*C='(?:42703|42P01)'", True),
    Allowance("SET TRANSACTION behind it in the same implicit transaction may be refused with 25001.",
              r"C SET$|E .*C='25001'",
              r"E .*C='25001' M='SET TRANSACTION ISOLATION LEVEL must be called before any query'", True),
    Allowance("'' that is set behind them counts as RESET", r"S application_name=$",
              r"S application_name=(?:diff|reader)$", True),
    Allowance("A DEALLOCATE that Weir has answered can be run once more from its portal",
              r"E .*C='55000' M='portal .* cannot be run'", r"E .*C='26000'", True),
    Allowance("What Weir answers itself takes no snapshot at the server",
              r"E .*C='25001' M='.* must be (?:called|set) before any query'",
              r"C (?:SET|BEGIN|START TRANSACTION)$|E .*C='0A000' M='a snapshot-importing transaction"
              r"|E .*C='22023' M='invalid snapshot identifier", True),
    Allowance("A Query that begins with ROLLBACK finds there only what the connection has already.",
              r"", r"E .*C='26000' M='prepared statement ", True, r"Query\(sql=['\"]ROLLBACK[ \w]*;"),
    Allowance("A Query that begins with ROLLBACK finds there only what the connection has already.",
              r"D \[", r"D \[|C SELECT \d", True, r"(?s)Query\(sql=['\"]ROLLBACK[ \w]*;.*pg_prepared_statements"),
    Allowance("EXPLAIN EXECUTE may show the plan of a statement that has run more often, or less.",
              _CONDITION, _CONDITION, False, r"(?s).*EXPLAIN .*EXECUTE "),
    Allowance("Its name may be given again on a connection where it cannot be prepared any more.",
              r"E .*C='42P05'", r"C PREPARE$", True),
)


# "`pg_settings` and SHOW ALL may list `plpgsql.` settings": rows that are not compared.
_LOADED = "D [b'plpgsql."


def weigh(direct, weir, step=""):
    """(whether a line differs without a reason, whether the sessions part from here on)."""
    direct, weir = ([line for line in lines if not line.startswith(_LOADED)] for lines in (direct, weir))
    longest = max(len(direct), len(weir))
    for at in range(longest):
        one = direct[at] if at < len(direct) else ""
        other = weir[at] if at < len(weir) else ""
        if one == other:
            continue
        found = next((each for each in ALL if each.fits(one, other, step)), None)
        if not found:
            return True, False
        if found.ends:
            return False, True
    return False, False
