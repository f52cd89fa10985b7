"""What is measured, each block beside its naive baseline. Benchmarks are not tests."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table: seconds for the same work done both ways, and the ratio that is aimed at."""

    block: str
    baseline: float
    ours: float
    target: float  # times faster than the baseline
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.baseline / self.ours if self.ours else float("inf")
