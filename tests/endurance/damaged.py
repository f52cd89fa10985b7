"""Damaged files, brought to a running site: each gets an answer in time, with a reason, for little memory."""

import contextlib
import http.client
import io
import math
import os
import random
import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import django

django.setup()

import qrcode  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart  # noqa: E402
from openpyxl import Workbook  # noqa: E402

from config.children import Children  # noqa: E402
from config.management.commands.up import answers, commands  # noqa: E402
from credentials.models import Award  # noqa: E402
from credentials.openbadges import baking  # noqa: E402
from credentials.rendering import certificate, shelf  # noqa: E402
from tests.endurance.damage import damaged  # noqa: E402
from tests.endurance.places import children_of  # noqa: E402
from tests.factories import make_award, make_version, owner_of  # noqa: E402

LONGEST = 5.0  # seconds for an answer
MOST_MEMORY = 512 * 2**20  # of the web server and all that it starts, together
SHARES = {"JSON": 3, "JWT": 3, "picture": 3, "PDF": 1, "CSV": 3, "XLSX": 3}  # a PDF takes a second of work
TOKEN = "a" * 32  # against forged requests: the cookie and the field only have to be alike
VECTORS = Path(__file__).parents[1] / "vectors"
ROSTERS = ("CSV", "XLSX")
REASONS = (
    ("refused", re.compile(r'<div class="form_errors".*?<ul>(.*?)</ul>', re.S)),
    ("refused", re.compile(r'<p class="field__error">.*?<span>(.*?)</span>', re.S)),
    ("rows checked", re.compile(r"<p>Nothing has been awarded yet\. (.*?)</p>", re.S)),
    ("", re.compile(r'<p class="notice__title">(.*?</p><div class="notice__text">.*?)</div>', re.S)),
)


@dataclass
class Told:
    """What the site answered to one file, over all the pages that it took."""

    kind: str
    way: str
    number: int
    statuses: list[int] = field(default_factory=list)
    seconds: float = 0
    word: str = ""
    reason: str = ""

    @property
    def faults(self) -> list[str]:
        return [
            what
            for what, true in (
                ("5xx", max(self.statuses) >= 500),
                ("slow", self.seconds > LONGEST),
                ("no reason", not self.reason),
            )
            if true
        ]


@dataclass(frozen=True)
class Site:
    port: int
    roster: str  # the address where rosters of the version are brought
    session: str

    def ask(self, told: Told, method: str, address: str, body: bytes = b"") -> tuple[int, str, str]:
        """Status, body, and where a redirect leads; noted in what is told."""
        headers = {"Cookie": f"sessionid={self.session}; csrftoken={TOKEN}"}
        headers |= {"Content-Type": MULTIPART_CONTENT} if body else {}
        began = time.monotonic()
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            asked.request(method, address, body or None, headers)
            answer = asked.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as broken:
            told.statuses.append(599)
            told.word = f"broken off: {broken!r}"
            return 599, "", ""
        finally:
            asked.close()
        told.statuses.append(answer.status)
        told.seconds = max(told.seconds, time.monotonic() - began)
        return answer.status, text, answer.getheader("Location", "")

    def bring(self, told: Told, name: str, data: bytes) -> Told:
        """A roster goes on to where its rows are checked, with the columns as they were guessed."""
        address = self.roster if told.kind in ROSTERS else "/verify/"
        status, text, to = self.ask(told, "POST", address, _form(file=Upload(data, name)))
        matched = False
        while to and len(told.statuses) < 8:
            address = to
            status, text, to = self.ask(told, "GET", address)
            if not matched and "<h1>Match columns</h1>" in text:
                matched = True
                status, text, to = self.ask(told, "POST", address, _form(**chosen(text)))
        told.word, told.reason = reason_in(text) if status < 500 else (told.word or str(status), "")
        return told


class Upload(io.BytesIO):
    def __init__(self, data: bytes, name: str):
        super().__init__(data)
        self.name = name


def _form(**fields) -> bytes:
    return encode_multipart(BOUNDARY, fields | {"csrfmiddlewaretoken": TOKEN})


class Fields(HTMLParser):
    """What a form would send, untouched."""

    def __init__(self):
        super().__init__()
        self.values: dict[str, str] = {}
        self.select = ""

    def handle_starttag(self, tag, attributes):
        said = dict(attributes)
        if tag == "select":
            self.select = said.get("name", "")
        elif tag == "option" and self.select and ("selected" in said or self.select not in self.values):
            self.values[self.select] = said.get("value", "")
        elif tag == "input" and said.get("type") in ("hidden", "text") and said.get("name"):
            self.values[said["name"]] = said.get("value", "")


def chosen(page: str) -> dict[str, str]:
    fields = Fields()
    fields.feed(page)
    return fields.values


def reason_in(page: str) -> tuple[str, str]:
    """What became of it, and the sentence that says so."""
    for word, form in REASONS:
        if found := form.search(page):
            title, _, sentence = found[1].partition("</p>")
            return word or _plain(title), _plain(sentence or title)
    return "nothing said", ""


def _plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# What is damaged


def originals(award: Award) -> dict[str, list[tuple[str, bytes]]]:
    """Good files of each kind: of this site, of others, of both generations."""
    document, png = bytes(award.document), _drawn(qrcode.make("x" * 300))
    pictures = [baking.bake(png, document.decode()), _drawn(qrcode.make(award.url))]
    pictures += [_drawn(qrcode.make(award.url), form) for form in ("JPEG", "WEBP")]
    return {
        "JSON": [("own.json", document), *_vectors("json")],
        "JWT": _vectors("jwt"),
        "picture": [*((f"own.{number}", data) for number, data in enumerate(pictures)), *_vectors("png"),
                    *_vectors("svg")],
        "PDF": [("own.pdf", certificate.render(shelf.face_of(award), document=document))],
        "CSV": [(f"{code}.csv", _roster_text().encode(code)) for code in ("utf-8", "utf-16", "cp1252")],
        "XLSX": [("own.xlsx", _roster_book())],
    }  # fmt: skip


def _vectors(ending: str) -> list[tuple[str, bytes]]:
    return [(path.name, path.read_bytes()) for path in sorted(VECTORS.glob(f"*.{ending}"))]


def _drawn(picture, form: str = "PNG") -> bytes:
    file = io.BytesIO()
    getattr(picture, "get_image", lambda: picture)().convert("RGB").save(file, form)
    return file.getvalue()


def _roster() -> list[list[str]]:
    head = ["name", "email", "awarded_on", "evidence_url"]
    return [head] + [
        [
            f"Zoë Müller {n}",
            f"zoe{n}@example.org",
            f"2026-06-{n % 28 + 1:02}",
            f"https://evidence.example/{n}",
        ]
        for n in range(40)
    ]


def _roster_text() -> str:
    return "\n".join(",".join(row) for row in _roster())


def _roster_book() -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in _roster():
        book.active.append(row)
    book.save(file)
    return file.getvalue()


# The run


class Memory(threading.Thread):
    """The most that a process and all below it held at one moment, looked at fifty times a second."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.pid, self.most, self.ended = pid, 0, threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.02):
            self.most = max(self.most, sum(map(resident, family(self.pid))))


def family(pid: int) -> Iterator[int]:
    yield pid
    with contextlib.suppress(OSError):  # it may end while it is looked at
        for child in children_of(pid):
            yield from family(child)


def resident(pid: int) -> int:
    """Bytes of a process in memory; what it shares with another counts for both."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


@contextlib.contextmanager
def served() -> Iterator[tuple[int, Memory]]:
    port = int(settings.PUBLIC_BASE_URL.rpartition(":")[2])
    children = Children()
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.endurance.unlimited"}
    children.start("web server", commands("127.0.0.1", port)["web server"], env)
    try:
        while not answers(port, "127.0.0.1"):
            if children.ended():
                raise RuntimeError("The web server did not start.")
            time.sleep(0.1)
        memory = Memory(children.running["web server"].pid)
        memory.start()
        yield port, memory
        memory.ended.set()
        memory.join()
    finally:
        children.stop()


def run(asked) -> int:
    """0 if every answer was in time, with a reason, and no failure of the site."""
    call_command("migrate", verbosity=0)
    award = make_award(make_version())
    client = Client()
    client.force_login(owner_of(award.issuer))
    achievement = award.version.achievement
    goods = originals(award)
    cases = [
        (kind, number, *chance.choice(files), chance)
        for kind, files in goods.items()
        for number in range(math.ceil(asked.files * SHARES[kind] / sum(SHARES.values())))
        for chance in [random.Random(f"{asked.seed} {kind} {number}")]
    ]
    with served() as (port, memory):
        roster = f"/dashboard/{achievement.issuer.slug}/{achievement.slug}/roster/"
        site = Site(port, roster, client.cookies["sessionid"].value)
        connection.close()
        say_how_long_good_ones_take(site, goods)
        told = [one(site, *case) for case in cases]
    return report(told, memory.most)


def say_how_long_good_ones_take(site: Site, goods: dict[str, list[tuple[str, bytes]]]) -> None:
    """What the machine can do just now; the first of all also loads what the server needs."""
    site.bring(Told("JSON", "as it was", 0), *goods["JSON"][0])
    for kind, files in goods.items():
        seconds = [site.bring(Told(kind, "as it was", 0), name, data).seconds for name, data in files]
        print(f"{kind}, undamaged: {max(seconds):.2f} s at most")


def one(site: Site, kind: str, number: int, name: str, data: bytes, chance: random.Random) -> Told:
    way, bad = damaged(data, chance)
    return site.bring(Told(kind, f"{name}, {way}", number), name, bad)


def report(told: list[Told], memory: int) -> int:
    by_kind = defaultdict(list)
    for answer in told:
        by_kind[answer.kind].append(answer)
    line = "{:<8} {:>6} {:>4} {:>9} {:>10} {:>8}  {}"
    print(line.format("kind", "files", "5xx", "over 5 s", "no reason", "longest", "answers"))
    for kind, several in by_kind.items():
        faults = Counter(fault for answer in several for fault in answer.faults)
        longest = f"{max(answer.seconds for answer in several):.2f} s"
        words = ", ".join(f"{n:,} {word}" for word, n in Counter(one.word for one in several).most_common())
        counts = (faults[name] for name in ("5xx", "slow", "no reason"))
        print(line.format(kind, f"{len(several):,}", *counts, longest, words))
    faulty = [answer for answer in told if answer.faults]
    for answer in faulty[:20]:
        said = f"{', '.join(answer.faults)}; {answer.statuses}, {answer.seconds:.1f} s, {answer.word}"
        print(f"! {answer.kind} {answer.number} ({answer.way}): {said}")
    print(f"Memory of the web server and its programs, at most: {memory / 2**20:.0f} MB")
    return 1 if faulty or memory > MOST_MEMORY else 0
