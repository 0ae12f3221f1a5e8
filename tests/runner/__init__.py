"""The test runner: builds what a suite needs, runs it, counts. Standard library only."""
