"""The demo from beginning to end."""
import os
import signal
import sys
import time

from . import programs, verdict
from .actions import WORDS, Actions
from .controls import Controls, send
from .observation import Counts, Observer
from .programs import Ended, Failure
from .stack import Stack
from .table import LiveTable

ALL_DAY_SECONDS = 24 * 3600
STEPS_PER_SECOND = 100  # of all shoppers together: a machine of two cores keeps something in hand
LAST_WORDS_SECONDS = 30  # shoppers look at all their orders before they leave


def main(arguments):
    if arguments:
        if len(arguments) == 1 and arguments[0] in WORDS:
            return send(arguments[0])
        print("usage: demo [ACTION]\n\nWithout an action: the demo. With one, of the demo that runs:\n"
              + "\n".join(f"  {name:<10}{words}" for name, words in WORDS.items()), file=sys.stderr)
        return 0 if arguments[0] in ("-h", "--help") else 2
    try:
        seconds = _seconds(os.environ.get("DEMO_SECONDS", ""))
    except ValueError:
        print("demo: DEMO_SECONDS must be a number of seconds above 0", file=sys.stderr)
        return 2
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, programs.end_on)
    try:
        programs.must_be_built()
        with Stack(_say) as stack:
            try:
                return _run(stack, seconds)
            except Ended as ended:
                _say("stopped before it had begun")
                return 128 + ended.args[0]
            finally:
                for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                    signal.signal(number, signal.SIG_IGN)
                _say("ending what was started")
    except Failure as failure:
        print(f"demo: {failure}", file=sys.stderr)
        return 1
    except Ended as ended:
        return 128 + ended.args[0]


def _seconds(text):
    """None: until somebody ends it."""
    if not text:
        return None
    if not 0 < float(text) < ALL_DAY_SECONDS:
        raise ValueError(text)
    return float(text)


def _run(stack, seconds):
    began = time.monotonic()
    stack.start()
    observer = Observer(stack)
    baseline = observer.counts()
    stack.start_shoppers(seconds or ALL_DAY_SECONDS, STEPS_PER_SECOND)
    _say(f"all is up after {time.monotonic() - began:.0f} s")
    print()
    for name, address in stack.addresses():
        print(f"  {name:<14}{address}")
    how = "Ctrl-C ends it" if seconds is None else f"it ends by itself after {seconds:g} s"
    actions = Actions(stack)
    with Controls(actions) as controls:
        print(f"\n  Eight shoppers browse and buy; {how}.\n  {controls.help()}\n", flush=True)
        try:
            _watch(stack, observer, baseline, seconds, controls)
        except Ended:
            print()
    return _close(stack, observer, baseline, actions.disturbed)


def _watch(stack, observer, baseline, seconds, controls):
    """Shows the table once a second until time is up or a signal comes."""
    table = LiveTable(stack)
    earlier, then = observer.counts(), time.monotonic()
    end = then + seconds if seconds else None
    while end is None or time.monotonic() < end:
        time.sleep(1)
        stack.must_run()
        if end is None or time.monotonic() < end - 1:
            stack.shoppers.must_run()
        counts, now = observer.counts(), time.monotonic()
        took = now - then
        rates = {name: Counts((counts[name].reads - earlier[name].reads) / took,
                              (counts[name].writes - earlier[name].writes) / took)
                 for name in counts if name in earlier}
        table.show(observer.weirs_view(), rates, _totals(counts, baseline), controls.said)
        earlier, then = counts, now


def _totals(counts, baseline):
    return {name: counts[name].since(baseline.get(name, Counts())) for name in counts}


def _close(stack, observer, baseline, disturbed):
    """The shoppers' last words, the nodes' last counts, and what they prove."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _say("the shoppers check their orders and leave")
    stack.shoppers.stop_within(LAST_WORDS_SECONDS)
    sentences, well = verdict.judge(_totals(observer.counts(), baseline), stack.shoppers.log(), disturbed)
    observer.close()
    print()
    for sentence in sentences:
        print("  " + sentence)
    print(flush=True)
    return 0 if well else 1


def _say(text):
    print(f"demo: {text}", flush=True)
