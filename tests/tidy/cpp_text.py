"""C++ text with comments, literals and preprocessor lines blanked out, each line where it was."""
import re

_TOKENS = re.compile(
    r"""//(?:[^\n\\]|\\.|\\\n)*            # comment to the end of the line
      | /\*.*?(?:\*/|\Z)                   # comment
      | (?:u8|[uUL])?R"(?P<raw>[^()\\\s]{0,16})\((?:.*?)\)(?P=raw)"
      | (?:u8|[uUL])?"(?:[^"\\\n]|\\.)*"   # string
      | (?<![0-9a-fA-F])'(?:[^'\\\n]|\\.)+'  # character; 1'000'000 is none
      | ^[ \t]*\#(?:[^\n\\]|\\\n|\\.)*     # preprocessor line with its continuations
    """, re.VERBOSE | re.DOTALL | re.MULTILINE)


def blanked(text):
    """Same length and same line breaks. Strings keep their quotes, so that they still are operands."""
    return _TOKENS.sub(_blank, text)


def without_comments(text):
    """As blanked(), but literals and preprocessor lines stay."""
    return _TOKENS.sub(lambda m: _blank(m) if m.group().startswith(("//", "/*")) else m.group(), text)


def _blank(match):
    token = match.group()
    spaces = re.sub(r"[^\n]", " ", token)
    if token.lstrip("u8ULR")[:1] in ('"', "'"):
        return '"' + spaces[1:-1] + '"' if len(token) > 1 else spaces
    return spaces


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1
