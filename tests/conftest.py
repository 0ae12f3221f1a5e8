"""Puts the folders whose modules tests import on the path."""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
for folder in (HERE, HERE / "tidy", HERE / "integration"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
