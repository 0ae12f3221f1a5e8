"""The commands that README.md and docs/ show, and which test runs each."""
import re

from .places import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "replication_setup" / "README.md",
         ROOT / "shop_app" / "README.md"]
LIST = ROOT / "tests" / "integration" / "shown_commands.tsv"
COMMAND = re.compile(r"(?:[A-Z_]+=(?:\$\([^)]*\)|\S*) +)*(?:make|psql|weir|build/|tests/|replication_setup/|shop_app/|cmake/|apt|cd |mkdir|"
                     r"systemctl|valgrind|docker|curl|python3)")


def blocks(page, language):
    """The fenced examples in a page."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def plain(command):
    """Without its comment, in one line."""
    return " ".join(re.sub(r"\s+#.*", "", command).split())


def commands(page):
    """Those in blocks of the page, in their order."""
    text = page.read_text(encoding="utf-8")
    fenced = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
    shell = [body for language, body in fenced.findall(text) if language == "sh"]
    indented = re.findall(r"(?:^    .*\n)+", fenced.sub("", text), re.MULTILINE)
    found = []
    for body in shell + indented:
        for line in re.sub(r"\\\n\s*", " ", body).splitlines():
            if COMMAND.match(line.strip()) and not line.endswith("-->"):
                found.append(plain(line))
    return found


def known():
    """{command: who runs it}."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line and not line.startswith("#"))


def shown(command, page=ROOT / "README.md"):
    """The command, which the page must show."""
    assert command in " ".join(page.read_text(encoding="utf-8").replace("\\\n", " ").split()), \
        f"{page.name} does not show: {command}"
    return command
