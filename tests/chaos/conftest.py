"""A time limit for each test."""
from support.deadline import pytest_configure, pytest_runtest_protocol  # noqa: F401
