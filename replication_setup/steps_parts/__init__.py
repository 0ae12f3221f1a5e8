"""The parts of `steps`. Standard library only."""
