"""The program is built so that a mistake in it is hard to use."""
import subprocess

import pytest

from support.places import WEIR


def told(*command):
    return subprocess.run([*command, str(WEIR)], capture_output=True, text=True, check=True).stdout


def test_it_is_hardened():
    if "asan" in str(WEIR) or "tsan" in str(WEIR):
        pytest.skip("only what is released is")
    assert "Type:                              DYN (Position-Independent Executable file)" in told("readelf", "-hW")
    assert "GNU_RELRO" in told("readelf", "-lW")
    assert "BIND_NOW" in told("readelf", "-dW") or "NOW" in told("readelf", "-dW")
    stack = [line for line in told("readelf", "-lW").splitlines() if "GNU_STACK" in line]
    assert stack and "RWE" not in stack[0], "no stack is executable"
    symbols = told("readelf", "--dyn-syms", "-W")
    assert "__stack_chk_fail" in symbols
    assert "_chk@" in symbols.replace("__stack_chk", ""), "with _FORTIFY_SOURCE"


def test_it_names_the_versions_of_its_libraries():
    said = subprocess.run([str(WEIR), "--version"], capture_output=True, text=True, check=True).stdout
    for library in ("OpenSSL", "libpq", "Boost"):
        assert library in said
