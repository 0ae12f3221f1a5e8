"""Which folder of proxy/ may include what: the arrows of docs/ARCHITECTURE.md, and the libraries."""
import re

from cpp_text import line_of, without_comments

# base may be used by all.
ARROWS = {
    "base": set(),
    "wire": set(),
    "auth": set(),
    "catalog": set(),
    "cluster": set(),
    "query": {"catalog"},
    "routing": {"query", "cluster"},
    "pool": {"cluster"},
    "session": {"auth", "wire", "query", "routing", "cluster"},
    "config": {"auth", "routing", "pool", "cluster"},
    "status": {"routing", "cluster", "pool"},
    "admin": {"status", "config", "routing", "cluster", "pool"},
    "net": {"auth", "session", "pool", "cluster", "routing", "query", "catalog", "wire", "config", "status"},
    "cli": {"net", "session", "config", "wire", "query", "catalog", "routing"},
    "main": {"cli", "net", "admin", "config"},
}
# Those that may ask the machine; all others are without sockets, clocks and loggers.
SHELL = {"net", "cli", "main"}
PURE = set(ARROWS) - SHELL

# Pattern of an include -> the folders that may have it. The first that matches decides.
LIBRARIES = (
    (r"pg_query", {"query"}),
    (r"openssl/(evp|hmac|rand|sha|md5|crypto|kdf|err|core_names|params)\.h", {"wire", "query", "net"}),
    (r"openssl/", {"net"}),
    (r"(libpq-fe|libpq/|postgres)", {"net"}),
    (r"spdlog/|fmt/", {"net"}),
    (r"toml\+\+|toml\.hpp", {"config"}),
    (r"re2/", {"auth", "routing"}),
    (r"CLI/", {"cli"}),
    (r"boost/system/", set(ARROWS)),
    (r"boost/json", {"base", "admin", "net"}),
    (r"boost/", {"net"}),
    (r"(arpa/inet\.h|sys/un\.h|filesystem)$", {"base", "auth", "config", "routing"} | SHELL),  # forms of addresses, paths
    (r"(sys/|netinet/|arpa/|netdb|unistd|fcntl|poll|pthread|signal\.h|csignal|dirent|grp|pwd|sched|termios)",
     SHELL),
    (r"mutex$", {"pool"} | SHELL),  # the ledger is one for all workers
    (r"(thread|shared_mutex|condition_variable|future|coroutine|fstream|iostream)$",
     SHELL),
    (r"[a-z_0-9]+(\.h)?$", set(ARROWS)),  # the standard library
)

# What a pure folder must be given instead of asking for it.
_AMBIENT = re.compile(r"\b(?:system|steady|high_resolution)_clock\s*::\s*now\b|\brandom_device\b"
                      r"|\b(?:s?rand|gettimeofday|clock_gettime|getenv)\s*\("
                      r"|\btime\s*\(\s*(?:nullptr|NULL|0|&)")
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def folder_of(name):
    """proxy/wire/x.hpp -> wire; proxy/main.cpp -> main."""
    parts = name.split("/")
    return parts[1] if len(parts) > 2 else "main"


def offences(name, text):
    """Sentences about the includes of one file under proxy/."""
    folder = folder_of(name)
    if folder not in ARROWS:
        return [f"{name}: the folder '{folder}' is not one of {', '.join(ARROWS)}"]
    found = []
    code = without_comments(text)
    for match in _INCLUDE.finditer(code):
        reason = _judge(folder, match.group(1) == '"', match.group(2))
        if reason:
            found.append(f"{name}:{line_of(code, match.start())}: {reason}")
    if folder in PURE:
        for match in _AMBIENT.finditer(code):
            found.append(f"{name}:{line_of(code, match.start())}: {match.group().strip('( ')}: time, "
                         "randomness and the environment are passed in")
    return found


def _judge(folder, quoted, path):
    if quoted:
        target = path.split("/")[0]
        if "/" not in path or ".." in path:
            return f'"{path}" is not written from proxy/'
        if target not in {folder, "base"} | ARROWS[folder]:
            return f"no arrow leads from {folder} to {target} (\"{path}\")"
        return None
    for pattern, allowed in LIBRARIES:
        if re.match(pattern, path):
            return None if folder in allowed else f"{folder} may not include <{path}>"
    return f"<{path}> is of no library that the checks know"
