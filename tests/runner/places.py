"""Where things are in the tree."""
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
BUILD = ROOT / "build"
RESULTS = BUILD / "test-results"
