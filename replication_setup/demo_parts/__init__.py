"""The parts of `demo`. Standard library only."""
