"""GCC 12.2 miscompiles a lambda or an aggregate that is built inside a co_await expression: it is
destroyed twice. It gets a name on the line above and is moved in."""
import re

from cpp_text import blanked, line_of


def offences(name, text):
    found = []
    code = blanked(text)
    for match in re.finditer(r"\bco_await\b", code):
        what = _forbidden_in_expression(code, match.end())
        if what:
            found.append(f"{name}:{line_of(code, match.start())}: {what} inside a co_await expression: "
                         "name it on the line above")
    return found


def _forbidden_in_expression(code, at):
    """Reads on to the end of the expression: a semicolon, or the bracket that was open before it."""
    depth = 0
    while at < len(code):
        mark = code[at]
        if mark in "([":
            if mark == "[" and not re.search(r"[\w)\]]\s*$", code[:at][-80:]):
                return "a lambda"
            depth += 1
        elif mark == "{":
            return "an aggregate or a body in braces"
        elif mark in ")]}":
            depth -= 1
            if depth < 0:
                return None
        elif mark == ";":
            return None
        at += 1
    return None
