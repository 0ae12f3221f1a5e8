"""Paths that documents name must exist."""
import posixpath
import re

TOP_LEVEL = ("proxy", "shop_app", "sql", "replication_setup", "tests", "docs", "cmake", ".ci")
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")
_PATH = re.compile(r"(?<![\w/.$-])((?:" + "|".join(re.escape(top) for top in TOP_LEVEL) +
                   r")/[\w./*{},<>+-]*)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def named_paths(document, text):
    """(path from the root, line) of inline code, of fenced code and of relative links."""
    found = []
    for pattern in (_INLINE, _FENCE):
        for match in pattern.finditer(text):
            body = match.group(1) if pattern is _INLINE else match.group()
            start = match.start(1) if pattern is _INLINE else match.start()
            for path in _PATH.finditer(body):
                found.append((re.sub(r"<\w*>", "*", path.group(1)).rstrip(".,"), _line(text, start + path.start())))
    for match in _LINK.finditer(text):
        if "://" not in match.group(1) and not match.group(1).startswith("mailto:"):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(document), match.group(1)))
            found.append((path, _line(text, match.start())))
    return found


def offences(document, text, root):
    missing = []
    for path, line in named_paths(document, text):
        for plain in _alternatives(path):
            if "*" in plain:
                there = any(root.glob(plain))
            else:
                there = _is_kept(root / plain)
            if not there:
                missing.append(f"{document}:{line}: {plain} does not exist")
    return missing


def _is_kept(path):
    """An empty folder is in no clone: it does not count."""
    return any(path.iterdir()) if path.is_dir() else path.exists()


def _alternatives(path):
    """a/{b,c} -> a/b, a/c."""
    match = re.search(r"\{([^{}]*)\}", path)
    if not match:
        return [path]
    return [plain for choice in match.group(1).split(",")
            for plain in _alternatives(path[:match.start()] + choice + path[match.end():])]


def _line(text, offset):
    return text.count("\n", 0, offset) + 1
