"""Whether the demo showed what it is there to show."""
import json


def judge(totals, said_by_shoppers, disturbed=False):
    """(sentences, whether all is well), from the nodes' own counts and the shoppers' summary. disturbed: servers were taken
    away, so that some have lost their counts, and a request that was under way may have failed."""
    sentences, well = [], True

    def check(condition, text):
        nonlocal well
        well = well and bool(condition)
        sentences.append(("yes  " if condition else "NO   ") + text)

    if disturbed:
        _judge_shoppers(said_by_shoppers, check, disturbed)
        return sentences, well
    replicas = [name for name in totals if name != "primary"]
    check(len(replicas) >= 2, f"{len(replicas)} replicas answer")
    for name in replicas:
        check(totals[name].reads > 0, f"reads ran on {name}: {totals[name].reads}")
        check(totals[name].writes == 0, f"no write ran on {name}")
    primary = totals.get("primary")
    check(primary and primary.writes > 0, f"writes ran on the primary: {primary.writes if primary else 0}")
    if primary and replicas:
        reads = primary.reads + sum(totals[name].reads for name in replicas)
        sentences.append(f"     {100 * (1 - primary.reads / max(1, reads)):.0f} % of {reads} reads were "
                         "kept away from the primary")
    _judge_shoppers(said_by_shoppers, check, disturbed)
    return sentences, well


def _judge_shoppers(said, check, disturbed):
    try:
        summary = json.loads(next(line for line in reversed(said.splitlines()) if line.startswith("{")))
    except (ValueError, StopIteration):
        check(False, f"the shoppers left no summary: {said[-300:]}")
        return
    check(summary["pages"] > 0, f"{summary['pages']} pages, {summary['pages_per_second']} a second; "
                                f"half of them within {summary['p50_ms']} ms, 99 % within "
                                f"{summary['p99_ms']} ms")
    check(summary["checkouts"] > 0, f"{summary['checkouts']} orders were placed")
    check(summary["stale_order_pages"] == 0,
          f"each of {summary['order_pages']} order pages showed the order just placed")
    check(summary["lost_orders"] == 0, "no acknowledged order was lost")
    books = summary["books"]
    check(books.get("unbalanced_products") == 0 and books.get("negative_stock") == 0,
          "stock, what is held and what was sold come to what was delivered, of every product")
    check(summary["errors"] == 0 or disturbed, f"shoppers met {summary['errors']} errors "
                                  f"{summary['examples'] if summary['errors'] else ''}".rstrip())
