"""The levels of a rubric as people type them, one a line: name | level | points | what it takes | address."""

import re

from django.core.exceptions import ValidationError

EXAMPLE = (
    "Novice | 1 | 0 | Follows a written procedure.\nProficient | 2 | 5 | Works alone, and explains each step."
)
MOST = 30
LONGEST = {"name": 100, "level": 60, "points": 20, "description": 1_000, "url": 300}  # characters
CALLED = {
    "name": "name",
    "level": "level",
    "points": "points",
    "description": "description",
    "url": "address",
}

_BAR = re.compile(r"(?<!\\)\|")
_POINTS = re.compile(r"\d+(?:[.,]\d+)?(?: ?[-–] ?\d+(?:[.,]\d+)?)?", re.ASCII)
_ADDRESS = re.compile(r"https?://\S+\Z")


def read(text: str) -> list[dict[str, str]]:
    """The levels from low to high, each with what is said of it. ValidationError with each wrong line."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    levels = [(number, _level(line)) for number, line in lines]
    complaints = [f"Line {number}: {said}" for number, level in levels if (said := _complaint(level))]
    first: dict[str, int] = {}
    for number, level in levels:
        earlier = first.setdefault(level.get("name", ""), number)
        if earlier != number and "name" in level:
            complaints.append(f"Line {number}: “{level['name']}” stands on line {earlier} too.")
    if len(levels) > MOST:
        complaints.append(f"These are {len(levels)} levels; a rubric has room for {MOST}.")
    if complaints:
        raise ValidationError(complaints)
    return [level for _, level in levels]


def write(levels: list[dict[str, str]]) -> str:
    """The levels as `read` reads them."""
    return "\n".join(_line(level) for level in levels)


def _level(line: str) -> dict[str, str]:
    name, level, points, rest = [*_BAR.split(line, maxsplit=3), "", "", ""][:4]
    parts = _BAR.split(rest)
    url = parts.pop().strip() if _ADDRESS.match(parts[-1].strip()) else ""
    said = {"name": name, "level": level, "points": points, "description": "|".join(parts), "url": url}
    tidied = {key: " ".join(text.replace("\\|", "|").split()) for key, text in said.items()}
    return {key: text for key, text in tidied.items() if text}


def _line(level: dict[str, str]) -> str:
    parts = [level.get(key, "").replace("|", "\\|") for key in CALLED]
    while parts and not parts[-1]:
        parts.pop()
    return " | ".join(parts)


def _complaint(level: dict[str, str]) -> str:
    """Why it is no level, or ""."""
    if "name" not in level:
        return "the level has no name. Write its name first, then a bar (|), then the rest."
    for key, text in level.items():
        if len(text) > LONGEST[key]:
            return f"the {CALLED[key]} has {len(text):,} characters; {LONGEST[key]:,} fit. Shorten it."
    if "points" in level and not _POINTS.fullmatch(level["points"]):
        return (
            f"“{level['points'][:40]}” are no points, such as 4, 2.5 or 10-12. The points stand third; leave "
            "their place empty if there are none."
        )
    return ""
