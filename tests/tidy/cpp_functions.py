"""Where functions begin and end in C++ text, by matching braces: no compiler, no preprocessor."""
import dataclasses
import re

from cpp_text import blanked, line_of

_OPENERS = {"{": "}", "(": ")", "[": "]"}
_SCOPE = re.compile(r"^\s*(?:(?:export|inline|typedef|static|constexpr|const)\s+)*"
                    r"(?:namespace|class|struct|union|enum|extern\s*\")", re.DOTALL)
_NAME = re.compile(r"([~\w:]+(?:\s*operator\s*[^\s(]+)?)\s*\(")


@dataclasses.dataclass
class Function:
    name: str
    line: int   # where its declaration begins, 1-based
    lines: int  # from there to its closing brace


def functions(text):
    """All outermost function bodies: free ones, members, and lambdas that initialise a variable."""
    clean = blanked(text)
    found = []
    _scan(clean, 0, len(clean), found)
    return found


def _scan(text, at, end, found):
    """Walks the declarations of one namespace, class or file."""
    begin = at
    while at < end:
        mark = text[at]
        if mark in ";}":
            begin = at + 1
        elif mark == "(" or mark == "[":
            at = _closing(text, at, end)
        elif mark == "{":
            closing = _closing(text, at, end)
            header = text[begin:at]
            if _opens_a_scope(header):
                _scan(text, at + 1, closing, found)
                begin = closing + 1
            elif not _continues(header):
                if ")" in header and not header.rstrip().endswith("="):
                    found.append(_function(text, begin, header, closing))
                begin = closing + 1
            at = closing
        elif mark == ":" and _is_access(text[begin:at]):
            begin = at + 1
        at += 1


def _continues(header):
    """True where the brace initialises a member in a constructor's list, so that the body follows."""
    list_begin = re.search(r"\)[^:()]*:(?!:)", header)
    return bool(list_begin) and re.search(r"[\w>]\s*$", header) is not None and \
        re.search(r"\b(?:try|const|noexcept|override|final)\s*$", header) is None


def _opens_a_scope(header):
    """A namespace, class or the like. `struct point make(int x) {` is a function all the same."""
    header = _without_template(re.sub(r"\[\[.*?\]\]|alignas\s*\([^)]*\)", " ", header, flags=re.DOTALL))
    ends_as_function = re.search(r"\)\s*(?:const|noexcept|override|final|try|->.*)?\s*$", header, re.DOTALL)
    return _SCOPE.match(header) is not None and ends_as_function is None


def _without_template(header):
    """Without its leading template<...>, however nested, and requires(...)."""
    while re.match(r"\s*template\s*<", header):
        depth = 0
        for at, mark in enumerate(header):
            depth += {"<": 1, ">": -1}.get(mark, 0)
            if mark == ">" and depth == 0:
                break
        header = header[at + 1:]
    return re.sub(r"^\s*requires\s*\(.*?\)\s*", " ", header, flags=re.DOTALL)


def _is_access(text):
    return re.search(r"(?:^|\s)(?:public|private|protected)\s*$", text) is not None


def _function(text, begin, header, closing):
    first = begin + len(header) - len(header.lstrip())
    name = _NAME.search(_without_template(header))
    line = line_of(text, first)
    return Function(name.group(1) if name else header.strip()[:40], line,
                    line_of(text, closing) - line + 1)


def _closing(text, at, end):
    """The offset of the bracket that closes the one at `at`; the end of the text where none does."""
    stack = []
    while at < end:
        mark = text[at]
        if mark in _OPENERS:
            stack.append(_OPENERS[mark])
        elif stack and mark == stack[-1]:
            stack.pop()
            if not stack:
                return at
        at += 1
    return end
