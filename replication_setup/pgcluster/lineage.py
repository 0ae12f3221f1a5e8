"""Which timelines of which nodes are the same. Numbers alone do not tell: two promoted replicas can
both be timeline 2, even from the same position, and pg_rewind would take one for the other."""
import glob
import os


def begin_branch(cluster, node, timeline):
    """The node was promoted: this timeline of this number is its own."""
    cluster.branches_begun += 1
    node.branches[str(timeline)] = cluster.branches_begun


def adopt(node, upstream):
    """The node follows: its history is its upstream's."""
    node.branches = dict(upstream.branches)


def may_rewind(cluster, node, primary, timeline):
    """Whether pg_rewind would find the true point where the node left the primary's history."""
    if any(primary.branches.get(number, branch) != branch
           for number, branch in node.branches.items()):
        return False
    # A promotion by other means than this tool was not recorded.
    return node.upstream == primary.name or _timeline_on_disk(cluster, node) < timeline


def _timeline_on_disk(cluster, node):
    """Timelines leave a history file wherever they were begun or followed, but for the first."""
    with cluster.owner.acting():
        found = glob.glob(os.path.join(glob.escape(cluster.data_dir(node)), "pg_wal", "*.history"))
    return max([1, *(int(os.path.basename(path).split(".")[0], 16) for path in found)])
