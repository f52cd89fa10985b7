"""Have peers judge what we issue, and say what they found.

    python -m tests.matrix          # a sample of each kind, standing and form: what .ci/run does
    python -m tests.matrix --all    # everything, for half an hour and more

The harness of ../shared/conformance is a tool beside the project; its packages are kept outside the clone.
Exit 0: as it has to be, or not judged (one line says why); 1: a peer came to another verdict.
"""

import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.matrix import harness, site
from tests.matrix.judging import Court, bundles
from tests.matrix.specimens import (
    DEMO,
    FORMS,
    HOSTED,
    JSON,
    JWT,
    MATRIX,
    PNG,
    SECOND,
    STANDINGS,
    SVG,
    Form,
    Specimen,
    Verdict,
)

SECONDS = {False: 300, True: 3600}  # for the sample; for all
AT_ONCE = 2
Job = Callable[[], list[Verdict]]


def main() -> int:
    whole = "--all" in sys.argv[1:]
    deadline = time.monotonic() + SECONDS[whole]
    try:
        verdicts, late, left_out = judged(deadline, whole)
    except harness.NotJudged as why:
        print(f"Not judged by peers: {why}")
        return 0
    except subprocess.TimeoutExpired as slow:
        print(f"Not judged by peers: {slow.cmd[0]} took longer than the {SECONDS[whole]} s there are.")
        return 0
    if not verdicts:
        print(f"Not judged by peers: nothing was ready in the {SECONDS[whole]} s there are.")
        return 0
    if whole:
        print_tables(verdicts)
    faults = [one for one in verdicts if one.outcome == "fault"]
    print_summary(verdicts, faults, late, left_out)
    return 1 if faults else 0


def judged(deadline: float, whole: bool) -> tuple[list[Verdict], int, str]:
    """The verdicts, how many jobs there was no time for, and why Open Badges 2.0 was left out."""
    place = harness.found()
    with tempfile.TemporaryDirectory(prefix="testamur-peers-") as folder, site.begun(Path(folder)) as here:
        peers = harness.prepared(place, deadline)
        here.wait(deadline)
        court = Court(peers, here, Path(folder))
        jobs = (everything if whole else sample)(court, here.specimens())
        with ThreadPoolExecutor(AT_ONCE) as pool:
            done = list(pool.map(partial(in_time, deadline), jobs))
    verdicts = [verdict for found in done if found is not None for verdict in found]
    return verdicts, done.count(None), peers.left_out


def in_time(deadline: float, job: Job) -> list[Verdict] | None:
    """None if there was no time left."""
    if time.monotonic() > deadline:
        return None
    try:
        return job()
    except subprocess.TimeoutExpired:
        return None


# What is judged


def everything(court: Court, made: Sequence[Specimen]) -> list[Job]:
    """Each credential in each form; of the demo, which is what visitors see, the JSON and the site."""
    own = [one for one in made if one.about != DEMO]
    special = [one for one in own if one.about != MATRIX]
    return [
        *by_node(court, JSON, made),
        *(job for form in (JWT, PNG, SVG) for job in by_node(court, form, own)),
        *(job for form in (JSON, JWT, PNG, SVG) for job in by_python(court, form, own)),
        *(partial(court.certificate, one) for one in own),
        *(partial(court.receipt, one) for one in special),
        *hosted(court, own),
        *(partial(court.stands, one) for one in one_of_each(made, "issuer")),
    ]


def sample(court: Court, made: Sequence[Specimen]) -> list[Job]:
    """Each kind and standing as JSON, each form of each kind, and a word of every judge."""
    matrix = one_of_each([one for one in made if one.about == MATRIX], "kind", "standing")
    special = one_of_each([one for one in made if one.about not in (MATRIX, DEMO)], "about", "standing")
    valid = [one for one in matrix if one.standing == "valid"]
    of_one_kind = [one for one in matrix if one.kind == matrix[0].kind]
    printed = [*valid, *(one for one in special if one.about == "hostile texts")]
    for one in printed:
        court.drawn(one)  # so that it is drawn meanwhile
    return [
        partial(court.receipt, special[0]),  # first: with it the site has a key, and so a DID document
        *by_node(court, JSON, [*matrix, *special, *one_of_each(made, "issuer", about=DEMO)]),
        *by_node(court, JWT, [*valid, *special]),
        *(job for form in (PNG, SVG) for job in by_node(court, form, valid)),
        *(job for form in (JSON, JWT, PNG, SVG) for job in by_python(court, form, valid[:1])),
        *hosted(court, of_one_kind),
        *(partial(court.stands, one) for one in one_of_each(special, "issuer")),
        *(partial(court.certificate, one) for one in printed),
    ]


def one_of_each(some: Sequence[Specimen], *names: str, about: str = "") -> list[Specimen]:
    """The first with each combination of these."""
    asked = [one for one in some if about in ("", one.about)]
    first = {tuple(getattr(one, name) for name in names): one for one in reversed(asked)}
    return list(reversed(first.values()))


def by_node(court: Court, form: Form, some: Sequence[Specimen]) -> list[Job]:
    return [partial(court.by_node, form, bundle) for bundle in bundles(with_form(form, some))]


def by_python(court: Court, form: Form, some: Sequence[Specimen]) -> list[Job]:
    return [partial(court.by_python, SECOND[form], one) for one in with_form(form, some)]


def with_form(form: Form, some: Sequence[Specimen]) -> list[Specimen]:
    return [one for one in some if one.has_token or form is not JWT]


def hosted(court: Court, some: Sequence[Specimen]) -> list[Job]:
    return [] if court.harness.left_out else [partial(court.hosted, one) for one in some]


# What is said


def print_summary(verdicts: Sequence[Verdict], faults: Sequence[Verdict], late: int, left_out: str) -> None:
    counts = Counter(one.form for one in verdicts)
    said = ", ".join(f"{form.name} {counts[form]}" for form in FORMS if counts[form])
    print(f"Judged by peers: {said}: {f'{len(faults)} faults' if faults else 'all as it has to be'}.")
    if left_out:
        print(f"{HOSTED.name} was left out: {left_out}.")
    if late:
        print(f"For {late} more jobs there was no time left.")
    for fault in faults:
        print(f"  {fault}")


def print_tables(verdicts: Sequence[Verdict]) -> None:
    """Form by standing of what is ordinary; what is rare, line by line."""
    ordinary = [one for one in verdicts if one.specimen.about in (MATRIX, DEMO)]
    standings = [one for one in STANDINGS if any(said.specimen.standing == one for said in ordinary)]
    rows = [["", *(one.replace("_", " ") for one in standings)]]
    for form in FORMS:
        of_form = [said for said in ordinary if said.form == form]
        if of_form:
            cells = [[said for said in of_form if said.specimen.standing == one] for one in standings]
            rows.append([form.name, *map(cell, cells)])
    print_rows(rows)
    rare = [one for one in verdicts if one not in ordinary]
    places = dict.fromkeys((one.specimen.about, one.specimen.standing) for one in rare)
    rows = [[f"{about} ({standing})", *outcomes(rare, about, standing)] for about, standing in places]
    print_rows([["", "accepted as", "refused as it has to be as", "FAULTS"], *rows])


def cell(some: Sequence[Verdict]) -> str:
    counts = Counter(one.outcome for one in some)
    faults = [f"{counts['fault']} FAULTS"] if counts["fault"] else []
    return ", ".join([*(f"{counts[one]} {one}" for one in ("accepted", "refused") if counts[one]), *faults])


def outcomes(rare: Sequence[Verdict], about: str, standing: str) -> list[str]:
    mine = [one for one in rare if (one.specimen.about, one.specimen.standing) == (about, standing)]
    return [
        ", ".join(dict.fromkeys(one.form.name for one in mine if one.outcome == outcome))
        for outcome in ("accepted", "refused", "fault")
    ]


def print_rows(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    print()


if __name__ == "__main__":
    sys.exit(main())
