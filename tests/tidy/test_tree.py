"""The checks applied to the tree. Each test lists every offence that it found."""
import os
import re

import coroutine_forms
import cpp_functions
import doc_paths
import include_arrows
import pytest
import python_functions
import sources
import text_rules

LONGEST_FILE = 400
LONGEST_FUNCTION = 70
CODE = ("proxy", "shop_app", "tests", "replication_setup", "cmake")

TRACKED = sources.tracked()
CPP = sources.with_suffix(sources.under(TRACKED, CODE), sources.CPP_SUFFIXES)
PYTHON = sources.python_files(sources.under(TRACKED, CODE))
SCRIPTS = sources.with_suffix(sources.under(TRACKED, CODE), sources.SCRIPT_SUFFIXES)
DOCUMENTS = [name for name in TRACKED
             if name.endswith(".md") and name.split("/")[0] in ("README.md", "docs")]


def none_of(offences):
    offences = list(offences)
    if offences:
        pytest.fail(f"{len(offences)} offences:\n" + "\n".join(offences), pytrace=False)


def over_all(names, check):
    for name in names:
        text = sources.read(name)
        if text is not None:
            yield from check(name, text)


def test_the_checks_see_the_tree():
    assert "tests/tidy/test_tree.py" in PYTHON and "tests/run" in PYTHON
    assert any(name.startswith("proxy/base/") for name in CPP)


def test_no_file_is_too_long():
    def check(name, text):
        lines = text.count("\n")
        if lines > LONGEST_FILE:
            yield f"{name}: {lines} lines; {LONGEST_FILE} at most"

    none_of(over_all(sorted({*CPP, *PYTHON, *SCRIPTS}), check))


def test_no_function_is_too_long():
    def check(name, text):
        measure = python_functions if name in PYTHON else cpp_functions
        for function in measure.functions(text):
            if function.lines > LONGEST_FUNCTION:
                yield (f"{name}:{function.line}: {function.name} has {function.lines} lines; "
                       f"{LONGEST_FUNCTION} at most")

    none_of(over_all([*CPP, *PYTHON], check))


def test_includes_follow_the_arrows():
    none_of(over_all(sources.under(CPP, ("proxy",)), include_arrows.offences))


def test_no_forbidden_coroutine_form():
    none_of(over_all(CPP, coroutine_forms.offences))


def test_no_clock_that_jumps():
    """Waits, lags and deadlines go by the monotonic clock: setting a machine's time changes nothing. When something was,
    people are told by the chronicle alone."""
    def check(name, text):
        if name == "proxy/net/chronicle.cpp":
            return
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(r"system_clock|gettimeofday|CLOCK_REALTIME|\btime\((nullptr|NULL|0)\)", line):
                yield f"{name}:{number}: reads the wall clock"

    none_of(over_all(sources.under(CPP, ("proxy",)), check))


def test_headers_begin_with_what_they_are():
    def check(name, text):
        if not text.startswith("//"):
            yield f"{name}: does not begin with a sentence that says what it is"
        if "#pragma once" not in text:
            yield f"{name}: has no #pragma once"

    none_of(over_all(sources.with_suffix(sources.under(CPP, ("proxy", "shop_app")), (".hpp",)), check))


def test_paths_named_in_documents_exist():
    none_of(over_all(DOCUMENTS, lambda name, text: doc_paths.offences(name, text, sources.ROOT)))


def test_tests_do_not_sleep():
    reviewed = text_rules.reviewed_files(sources.read("tests/tidy/reviewed_sleeps.txt"))
    names = [name for name in sources.under([*CPP, *SCRIPTS], ("tests",))
             if not name.startswith("tests/tidy/")]
    none_of(over_all(names, lambda name, text: text_rules.sleeps(name, text, reviewed)))


def test_reviewed_files_exist():
    reviewed = text_rules.reviewed_files(sources.read("tests/tidy/reviewed_sleeps.txt"))
    none_of(f"{name}: reviewed, and not there" for name in reviewed if name not in TRACKED)


def test_nothing_is_unfinished():
    none_of(over_all([*CPP, *SCRIPTS], text_rules.unfinished))


def test_no_path_of_one_machine_and_no_registry_host():
    def check(name, text):
        yield from text_rules.machine_paths(name, text)
        yield from text_rules.registries(name, text)

    names = [name for name in TRACKED if not name.startswith("tests/tidy/")]
    none_of(over_all(names, check))


def test_nobody_ends_processes_by_name():
    none_of(over_all(SCRIPTS, text_rules.broad_kills))


def test_scripts_have_the_execute_bit_and_sources_do_not():
    def check(name, text):
        executable = os.access(sources.ROOT / name, os.X_OK)
        yield from text_rules.execute_bit(name, text, executable)

    none_of(over_all(TRACKED, check))
