"""English, read on every side of an ocean."""
