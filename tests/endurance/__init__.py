"""What takes too long for the suite: kill, empty, stop, change each byte, and count (docs/endurance.md)."""
