"""A real cluster under load in which one thing after the other goes wrong: what clients see, and what is lost."""
import os
import random

import pytest

import faults
import play
import world
from support.places import measured, seed, sized

ROUNDS = sized(5, 40)


def order(dice, count):
    """Each fault once before one comes again. WEIR_CHAOS_FAULTS names those to play."""
    named = os.environ.get("WEIR_CHAOS_FAULTS")
    if named:
        known = {each.name: each for each in faults.ALL}
        return [known[name] for name in named.split(",")]
    chosen = []
    while len(chosen) < count:
        chosen += dice.sample(faults.ALL, len(faults.ALL))
    return chosen[:count]


@pytest.mark.deadline(sized(300, 2400))
def test_what_breaks_is_lived_through():
    chosen = seed()
    dice = random.Random(chosen)
    with world.made(dice, chosen) as made:
        tally = play.play(made, order(dice, ROUNDS), print)
        for line in tally.lines():
            measured(f"measured: {line}")
        measured(f"measured: seed {chosen}")
        assert not tally.findings, f"{len(tally.findings)} findings:\n" + "\n".join(tally.findings[:40])
