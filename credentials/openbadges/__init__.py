"""Open Badges 3.0 as pure functions: no Django, no network, no clock, nothing else of ours."""
