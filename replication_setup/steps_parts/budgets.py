"""How much of a core each server may use, by control groups of either version (cpu.max, cpu.cfs_quota_us), and how much it
has used. Where there are none that we may write, all servers share the machine, and a note says so."""
import os
import pathlib

PERIOD_US = 20_000  # short, so that a server that has used its part waits for a few milliseconds and not for a hundred
SMALLEST_QUOTA_US = 1_000  # the kernel's
ROOTS = ((2, pathlib.Path("/sys/fs/cgroup")), (1, pathlib.Path("/sys/fs/cgroup/cpu")))


class Budgets:
    """One folder for all; use it in a `with` statement, around what is started."""

    def __init__(self, name):
        self.version, self.folder, self.groups = self._find(name)
        self.note = None if self.folder else \
            "no control groups that we may write: servers have no budgets, and the figures say how they share this machine"

    @staticmethod
    def _find(name):
        for version, root in ROOTS:
            folder = root / name
            try:
                if version == 2 and "cpu" not in (root / "cgroup.controllers").read_text().split():
                    continue
                folder.mkdir()
                if version == 2:
                    (root / "cgroup.subtree_control").write_text("+cpu")
                    (folder / "cgroup.subtree_control").write_text("+cpu")
                elif not (folder / "cpu.cfs_quota_us").exists():
                    folder.rmdir()
                    continue
                return version, folder, []
            except OSError:
                if folder.exists():
                    folder.rmdir()
        return 0, None, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for group in self.groups:
            group.remove()
        if self.folder:
            self.folder.rmdir()

    def group(self, name, percent):
        """percent of one core; None: as much as there is."""
        made = Group(self, name, percent)
        self.groups.append(made)
        return made

    def release(self, group):
        self.groups.remove(group)
        group.remove()


class Group:
    """One server: all of its processes, those that they start later, too."""

    def __init__(self, budgets, name, percent):
        self.name, self.percent = name, percent
        self.version = budgets.version
        self.members = []
        self.folder = budgets.folder / name if budgets.folder else None
        if not self.folder:
            return
        self.folder.mkdir()
        self.limit(True)

    def limit(self, is_on):
        """Without its limit a server may use as much as there is."""
        if not self.folder or self.percent is None:
            return
        period, quota = PERIOD_US, int(PERIOD_US * self.percent / 100)
        if quota < SMALLEST_QUOTA_US:
            period, quota = int(period * SMALLEST_QUOTA_US / quota), SMALLEST_QUOTA_US
        if self.version == 2:
            (self.folder / "cpu.max").write_text(f"{quota if is_on else 'max'} {period}")
        else:
            (self.folder / "cpu.cfs_period_us").write_text(str(period))
            (self.folder / "cpu.cfs_quota_us").write_text(str(quota if is_on else -1))

    def add(self, pid):
        """The process and all that it has started."""
        self.members.append(pid)
        if self.folder:
            for each in (pid, *descendants(pid)):
                try:
                    (self.folder / "cgroup.procs").write_text(str(each))
                except ProcessLookupError:
                    pass  # it has ended meanwhile

    def seconds(self):
        """CPU time of what is running now; what has ended is not in it."""
        return sum(cpu_seconds(each) for pid in self.members for each in (pid, *descendants(pid)))

    def remove(self):
        if not self.folder or not self.folder.exists():
            return
        for pid in (self.folder / "cgroup.procs").read_text().split():
            try:
                (self.folder.parent.parent / "cgroup.procs").write_text(pid)
            except OSError:
                pass
        self.folder.rmdir()


def cpu_seconds(pid):
    """Of a process, with the children that it has waited for: a server's ended connections are in it."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return sum(int(fields[at]) for at in (11, 12, 13, 14)) / os.sysconf("SC_CLK_TCK")


def descendants(pid):
    """All below it, by what the kernel lists as its children."""
    found, left = [], [pid]
    while left:
        parent = left.pop()
        try:
            tasks = list(pathlib.Path(f"/proc/{parent}/task").iterdir())
            children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
        except OSError:
            continue
        found += children
        left += children
    return found
