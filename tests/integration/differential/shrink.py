"""Takes away from a session what is not needed for its difference to remain."""
import dataclasses
import time


def shrink(sides, script, difference, seconds=20.0):
    """(the smallest script found, its difference), or None where it shows no difference when it is
    played alone."""
    deadline = time.monotonic() + seconds
    wanted = difference.signature

    def still(candidate):
        if time.monotonic() > deadline or not all(step.is_safe() for step in candidate.steps):
            return None
        found = sides.differ(candidate)
        return found if found and found.signature == wanted else None

    script = script.with_steps(script.steps[:max(difference.step + 1, 0)])
    found = still(script)
    if not found:
        return None
    before = None
    while before != script:
        before = script
        for smaller in (_fewer_steps, _fewer_messages, _shorter_texts, _plain_login):
            script, found = smaller(script, found, still)
    return script, found


def _fewer_steps(script, found, still):
    size = max(len(script.steps) // 2, 1)
    while True:
        at, changed = 0, False
        while at < len(script.steps):
            candidate = script.with_steps(script.steps[:at] + script.steps[at + size:])
            again = still(candidate)
            if again:
                script, found, changed = candidate, again, True
            else:
                at += size
        if size == 1 and not changed:
            return script, found
        size = max(size // 2, 1)


def _fewer_messages(script, found, still):
    at = 0
    while at < len(script.steps):
        step, part = script.steps[at], 0
        while part < len(step.messages) and len(step.messages) > 1:
            kept = step.messages[:part] + step.messages[part + 1:]
            candidate = _replaced(script, at, dataclasses.replace(step, messages=kept))
            again = still(candidate)
            if again:
                script, found, step = candidate, again, candidate.steps[at]
            else:
                part += 1
        at += 1
    return script, found


def _shorter_texts(script, found, still):
    """Statements of a string with several."""
    for at, step in enumerate(script.steps):
        for part, message in enumerate(step.messages):
            pieces = getattr(message, "sql", "").split("; ")
            place = 0
            while len(pieces) > 1 and place < len(pieces):
                fewer = pieces[:place] + pieces[place + 1:]
                changed = dataclasses.replace(message, sql="; ".join(fewer))
                messages = (*step.messages[:part], changed, *step.messages[part + 1:])
                candidate = _replaced(script, at, dataclasses.replace(step, messages=messages))
                again = still(candidate)
                if again:
                    script, found, pieces, step = candidate, again, fewer, candidate.steps[at]
                else:
                    place += 1
    return script, found


def _plain_login(script, found, still):
    for user, startup in (("app", {}), ("app", script.startup), (script.user, {})):
        candidate = dataclasses.replace(script, user=user, startup=startup)
        again = still(candidate) if (user, startup) != (script.user, script.startup) else None
        if again:
            return candidate, again
    return script, found


def _replaced(script, at, step):
    return script.with_steps([*script.steps[:at], step, *script.steps[at + 1:]])
