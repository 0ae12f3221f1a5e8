"""What a contender's processes have used up to now: CPU, context switches, memory, system calls."""
import contextlib
import pathlib
import re
import shutil
import subprocess

from support.waiting import wait_until


def family(pid):
    """The process and all below it."""
    found, new = [], [pid]
    while new:
        found += new
        new = [int(child) for parent in new for child in _children(parent)]
    return found


def _children(pid):
    try:
        return [child for task in pathlib.Path(f"/proc/{pid}/task").iterdir()
                for child in (task / "children").read_text().split()]
    except OSError:
        return []


def cpu_microseconds(pid):
    """User and system time of all threads (schedstat counts nanoseconds; /proc/PID/stat hundredths of a second)."""
    return sum(int(text.split()[0]) for text in _of_tasks(pid, "schedstat")) / 1000


def switches(pid):
    """Context switches, wanted or not."""
    return sum(int(count) for text in _of_tasks(pid, "status")
               for count in re.findall(r"voluntary_ctxt_switches:\s+(\d+)", text))


def pss_bytes(pid):
    """Resident memory, what is shared by n processes as its nth part."""
    total = 0
    for each in family(pid):
        with contextlib.suppress(OSError):
            text = pathlib.Path(f"/proc/{each}/smaps_rollup").read_text()
            total += int(re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE).group(1)) * 1024
    return total


def _of_tasks(pid, name):
    for each in family(pid):
        for task in pathlib.Path(f"/proc/{each}/task").glob("*"):
            with contextlib.suppress(OSError):
                yield (task / name).read_text()


@contextlib.contextmanager
def counted_calls(pid):
    """[calls], filled in at the end: system calls of the processes meanwhile. Slows them down a lot."""
    counted = []
    strace = shutil.which("strace")
    if not strace:
        raise SystemExit("bench: there is no strace: make bench installs it")
    attached = [option for each in family(pid) for option in ("-p", str(each))]
    tracer = subprocess.Popen([strace, "-c", "-f", "-q", *attached], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: not any("TracerPid:\t0\n" in text for text in _of_tasks(pid, "status")),
               "strace traces it (as root, or with kernel.yama.ptrace_scope = 0)")
    try:
        yield counted
    finally:
        tracer.terminate()
        said = tracer.communicate()[1]
    total = re.search(r"^100\.00\s+\S+\s+\d+\s+(\d+)\s.*total$", said, re.MULTILINE)
    if not total:
        raise SystemExit(f"bench: strace said: {said}")
    counted.append(int(total.group(1)))
