"""Words and forms that have no place in the tree, found line by line."""
import re

# Written so that this file does not contain what it looks for.
_UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|HA" r"CK|not yet imple" r"mented)\b")
_MACHINE_PATH = re.compile(r"(?<![\w.~/$}-])/(?:root|home|work|Users)/[\w.]")
_REGISTRY = re.compile(r"registry\.(?:npm|yarn)|deb\.debian\.org|archive\.ubuntu\.com|proxy\.golang")
_SLEEP = re.compile(r"\bsleep_(?:for|until)\b|\btime\.sleep\s*\(|\bu?sleep\s*\(|\bnanosleep\b"
                    r"|\basyncio\.sleep\s*\(|^\s*sleep\s+[\d$]|\bsetTimeout\s*\(\s*resolve")
_BROAD_KILL = re.compile(r"\b(?:p" r"kill|kill" r"all|p" r"grep)\b")

SLEEP_MARK = "reviewed pause"


def unfinished(name, text):
    return _lines(name, text, _UNFINISHED, "is not finished")


def machine_paths(name, text):
    return _lines(name, text, _MACHINE_PATH, "names a path of one machine")


def registries(name, text):
    return _lines(name, text, _REGISTRY, "names the host of a package registry")


def broad_kills(name, text):
    return _lines(name, text, _BROAD_KILL, "ends processes by name: only what one started, by its id")


def sleeps(name, text, reviewed):
    """A test waits for a condition. A pause between two looks is allowed in the reviewed files, on
    a line that says so."""
    found = []
    for offence in _lines(name, text, _SLEEP, "sleeps: wait for a condition with a deadline"):
        line = text.split("\n")[int(offence.split(":")[1]) - 1]
        if name not in reviewed or SLEEP_MARK not in line:
            found.append(offence)
    return found


def reviewed_files(text):
    """Lines `path: why`; # begins a comment."""
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return {line.split(":", 1)[0].strip() for line in lines if line}


def execute_bit(name, text, executable):
    """A script has the bit, a source does not."""
    script = text.startswith("#!")
    if script and not executable:
        return [f"{name}: begins with #! and has no x bit"]
    if executable and not script:
        return [f"{name}: has the x bit and no #! line"]
    return []


def _lines(name, text, pattern, why):
    return [f"{name}:{number}: {match.group().strip()}: {why}"
            for number, line in enumerate(text.split("\n"), 1)
            for match in [pattern.search(line)] if match]
