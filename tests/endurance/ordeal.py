"""While a roster is awarded and mailed, workers die, the queue is emptied, the database is stopped hard."""

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import Error, connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from config.children import Children  # noqa: E402
from config.management.commands.up import commands  # noqa: E402
from credentials import awarding, integrity, tasks  # noqa: E402
from credentials.models import Award, Batch, Delivery, Rendering, Row  # noqa: E402
from credentials.rendering import shelf  # noqa: E402
from tests.conftest import empty_queue  # noqa: E402
from tests.endurance.places import Place, children_of  # noqa: E402
from tests.factories import make_person, make_version, owner_of  # noqa: E402

WORKER, SWEEPER = "Celery worker", "sweeper"
DRAWN = 20  # certificates that are asked for
LONGEST_REST = 0.6  # seconds between two blows, so that they fall on any step


class GaveUp(RuntimeError):
    """It did not come to an end in the time that it had."""


@dataclass
class Ordeal:
    place: Place
    asked: object
    batch: Batch
    workers: Children
    ends: float
    chance: random.Random

    def blows(self) -> list[str]:
        """What happens, in an order that the seed decides."""
        asked = self.asked
        several = ["a worker"] * (asked.kills - asked.kills // 2) + ["all workers"] * (asked.kills // 2)
        several += ["the queue"] * asked.empties + ["the database"] * asked.stops
        self.chance.shuffle(several)
        return several

    def strike(self, what: str) -> None:
        if what == "a worker":
            self.kill_one_of_the_pool()
        elif what == "the queue":
            empty_queue()
        else:
            self.kill_all()
            if what == "the database":
                self.place.stop_database()
                connection.close()
            start(self.workers)
        patiently(let_time_pass)

    def kill_one_of_the_pool(self) -> None:
        pool = children_of(self.workers.running[WORKER].pid)
        if pool:
            os.kill(self.chance.choice(pool), signal.SIGKILL)

    def kill_all(self) -> None:
        """Workers and sweeper in one moment; on SQLite that is all that has the database open."""
        for process in self.workers.running.values():
            os.killpg(process.pid, signal.SIGKILL)
        for process in self.workers.running.values():
            process.wait()

    def wait_until(self, true) -> None:
        while not patiently(true):
            if time.monotonic() > self.ends:
                raise GaveUp(f"It stands at {patiently(done)} of {self.expected()}.")
            if dead := self.workers.ended():
                raise GaveUp(f"The {dead[0]} ended by itself (exit code {dead[1]}).")
            patiently(free_what_was_left)
            time.sleep(0.05)

    def expected(self) -> int:
        return 2 * self.asked.rows + DRAWN


def run(place: Place, asked) -> int:
    """The whole ordeal; 0 if nothing was lost and nothing doubled."""
    began = time.monotonic()
    call_command("migrate", verbosity=0)
    version = make_version()
    people = [make_person(line=number + 1) for number in range(asked.rows)]
    batch = ordered(version, people)
    workers, ends = Children(), began + 60 * asked.minutes
    ordeal = Ordeal(place, asked, batch, workers, ends, random.Random(asked.seed))
    try:
        start(workers)
        struck = strike_all(ordeal)
        twice = order_twice_at_once(ordeal)
    except GaveUp as reason:
        print(f"{place.title}: given up. {reason}")
        return 1
    finally:
        workers.stop(patience=1)
    told = {"blows": dict(struck)} | counted(batch, asked.rows) | twice
    told |= {"findings": [one for part in integrity.parts() for several in part.look() for one in several]}
    return report(place.title, told, time.monotonic() - began)


def strike_all(ordeal: Ordeal) -> Counter:
    """One blow after another, each after the site came a step further; then wait until all is done."""
    struck, step = Counter(), 0
    tasks.award_batch.ring(ordeal.batch.pk)
    ordeal.wait_until(lambda: Award.objects.count() >= DRAWN)
    for award in Award.objects.select_related("version__achievement__issuer")[:DRAWN]:
        patiently(lambda award=award: shelf.ask(award))
    for what in ordeal.blows():
        ordeal.wait_until(lambda step=step: done() > step or done() >= ordeal.expected())
        step = patiently(done)
        if step >= ordeal.expected():
            break  # too few rows for so many blows; the report says how many fell
        time.sleep(ordeal.chance.uniform(0, LONGEST_REST))
        ordeal.strike(what)
        struck[what] += 1
    ordeal.wait_until(lambda: done() >= ordeal.expected())
    return struck


def order_twice_at_once(ordeal: Ordeal) -> dict:
    """The same roster for another version, ordered by two people at once, awarded by all workers."""
    version = make_version(ordeal.batch.version.achievement.issuer)
    people = [make_person(line=number + 1) for number in range(ordeal.asked.rows)]
    begin, batches = threading.Barrier(2), []

    def order() -> None:
        begin.wait()
        batches.append(ordered(version, people))
        tasks.award_batch.ring(batches[-1].pk)
        connection.close()

    threads = [threading.Thread(target=order) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = Row.objects.filter(batch__in=batches)
    ordeal.wait_until(lambda: not rows.filter(state=Row.State.WAITING).exists())
    states = Counter(rows.values_list("state", flat=True))
    distinct = version.awards.values("recipient_email").distinct().count()
    return {"ordered twice": dict(states), "of them distinct": distinct}


def counted(batch: Batch, rows: int) -> dict:
    """What there is, against what there has to be."""
    awards = Award.objects.filter(row__batch=batch)
    sent = Counter(
        json.loads(path.read_text(encoding="utf-8"))["to"][0]
        for path in settings.OUTBOX_FOLDER.glob("*.json")
    )
    wanted = {row["data"]["email"] for row in batch.rows.values("data")}
    held = Counter(awards.values_list("recipient_email", flat=True))
    places = Award.objects.values("status_list", "status_index").distinct().count()
    drawn = Rendering.objects.filter(state="done")
    files = list((settings.MEDIA_ROOT / "renderings").glob("*"))
    return {
        "rows": rows,
        "awards lost": len(wanted - set(held)),
        "awards doubled": sum(number - 1 for number in held.values()),
        "places shared": Award.objects.count() - places,
        "messages lost": len(wanted - set(sent)),
        "messages sent twice": sum(sent[address] - 1 for address in wanted if sent[address] > 1),
        "certificates lost": DRAWN - drawn.count(),
        "files too many or too few": abs(len(files) - DRAWN),
    }


def report(title: str, told: dict, seconds: float) -> int:
    """Print it, and judge it. A message may come twice: its worker can die after sending it."""
    print(f"{title}: {seconds:.0f} seconds")
    for name, value in told.items():
        print(f"  {name}: {value}")
    rows = told["rows"]
    faults = [
        told[name]
        for name in ("awards lost", "awards doubled", "places shared", "messages lost", "certificates lost",
                     "files too many or too few", "findings")
    ]  # fmt: skip
    twice = told["ordered twice"] == {"awarded": rows, "held": rows} and told["of them distinct"] == rows
    return 0 if twice and not any(faults) else 1


def ordered(version, people) -> Batch:
    owner = owner_of(version.achievement.issuer)
    return awarding.order(version, people=people, roster_name="endurance.csv", by=owner)


def start(workers: Children) -> None:
    workers.running.clear()
    for name, command in commands("127.0.0.1", 0).items():
        if name in (WORKER, SWEEPER):
            quiet = ["CRITICAL" if word == "WARNING" else word for word in command]  # deaths are expected
            workers.start(name, quiet, os.environ)


def done() -> int:
    """Awards, messages and certificates that are finished."""
    return sum(
        (
            Row.objects.filter(batch=Batch.objects.earliest("pk"), state=Row.State.AWARDED).count(),
            Delivery.objects.filter(state="done").count(),
            Rendering.objects.filter(state="done").count(),
        )
    )


def let_time_pass() -> None:
    """As if the leases of the dead had ended: waiting for it would take minutes after each blow."""
    now = timezone.now()
    Row.objects.filter(state=Row.State.WAITING, lease_until__gt=now).update(lease_until=now)
    for jobs in (Delivery, Rendering):
        jobs.objects.filter(state="waiting", lease_until__gt=now).update(lease_until=now)


_seen = {"step": -1, "at": 0.0}


def free_what_was_left() -> None:
    """If nothing moved for a while, whoever held the rest is dead: its leases end."""
    step = done()
    if step != _seen["step"]:
        _seen.update(step=step, at=time.monotonic())
    elif time.monotonic() - _seen["at"] > 15:
        let_time_pass()
        Delivery.objects.filter(state="waiting").update(not_before=timezone.now())
        Rendering.objects.filter(state="waiting").update(not_before=timezone.now())
        _seen["at"] = time.monotonic()


def patiently(ask, within: float = 60):
    """The answer of the database, which may be away for a moment."""
    deadline = time.monotonic() + within
    while True:
        try:
            return ask()
        except Error:
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
