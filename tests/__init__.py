"""The tests mirror the modules; `tests/house/` keeps the laws, `tests/journeys/` walks in a real browser."""
