"""SQLite that can be emptied between tests though triggers guard what is signed."""
