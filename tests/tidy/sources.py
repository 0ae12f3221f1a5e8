"""The files of the tree that the checks look at: what git tracks or would track."""
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CPP_SUFFIXES = (".cpp", ".hpp", ".c", ".h")
SCRIPT_SUFFIXES = (".py", ".sh", ".js", ".mjs", "")
PRUNED = {"build", ".git", "node_modules", "__pycache__", ".cache", ".pytest_cache"}


def tracked(root=ROOT):
    """Paths relative to the root, as text, in order. Untracked files count unless they are ignored."""
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others",
         "--exclude-standard"], cwd=root, capture_output=True, check=False)
    if listing.returncode == 0:
        names = set(listing.stdout.decode().split("\0")) - {""}
    else:  # an unpacked archive
        names = {str(path.relative_to(root)) for path in root.rglob("*")
                 if not PRUNED & set(path.relative_to(root).parts)}
    return sorted(name for name in names if (root / name).is_file())


def under(names, folders):
    return [name for name in names if name.split("/")[0] in folders]


def with_suffix(names, suffixes):
    return [name for name in names if pathlib.PurePosixPath(name).suffix in suffixes]


def read(name, root=ROOT):
    """None for what is not text."""
    try:
        return (root / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def python_files(names, root=ROOT):
    """Files by suffix, and scripts without one whose first line names Python."""
    found = []
    for name in with_suffix(names, (".py", "")):
        text = read(name, root)
        if text is not None and (name.endswith(".py") or "python" in text.split("\n", 1)[0]):
            if name.endswith(".py") or text.startswith("#!"):
                found.append(name)
    return found
