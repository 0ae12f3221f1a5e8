"""Nested dicts -> TOML. Only what a configuration of Weir holds."""
import json


def render(document):
    lines = []
    _table(document, (), lines)
    return "\n".join(lines) + "\n"


def merged(base, overrides):
    """A copy of base with the leaves of overrides put in; None takes a key out."""
    result = dict(base)
    for key, value in overrides.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        else:
            result[key] = value
    return result


def _table(table, path, lines):
    plain = {key: value for key, value in table.items() if not _is_table(value)}
    if path and (plain or not table):
        lines.append(f"[{_dotted(path)}]")
    lines.extend(f"{_key(key)} = {_value(value)}" for key, value in plain.items())
    for key, value in table.items():
        if isinstance(value, dict):
            _table(value, (*path, key), lines)
        elif _is_table(value):
            for entry in value:
                lines.append(f"[[{_dotted((*path, key))}]]")
                lines.extend(f"{_key(name)} = {_value(part)}" for name, part in entry.items())


def _is_table(value):
    return isinstance(value, dict) or \
        (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _dotted(path):
    return ".".join(_key(part) for part in path)


def _key(key):
    return key if key.replace("_", "").replace("-", "").isalnum() else json.dumps(key)


def _value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(part) for part in value) + "]"
    return json.dumps(str(value), ensure_ascii=False)
