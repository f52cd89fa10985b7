"""Every byte of a signed document changed in three ways, in each form in which it travels."""

import time
from collections import Counter
from collections.abc import Iterator

from credentials.openbadges import baking, jwt, verify
from credentials.openbadges.document import Malformed, parse, serialise
from tests.credentials.openbadges.samples import NOW, SIGNER, Resolver, full_degree, plain_badge, sign
from tests.credentials.openbadges.test_baking import PNG, SVG
from tests.credentials.openbadges.test_jwt import held_badge

CHANGES = (0x01, 0x20, 0x80)  # another letter, the other case, no letter at all
RESOLVER = Resolver()


def run() -> int:
    """0 if nothing was accepted that says something else than what was signed."""
    accepted = 0
    for name, data, read in forms():
        began = time.monotonic()
        original = judged(data, read)
        found = Counter(verdict_of(judged(changed, read), original) for changed in every_change(data))
        accepted += found["accepted"]
        said = ", ".join(f"{number:,} {what}" for what, number in sorted(found.items()))
        print(f"{name}: {len(data):,} bytes, {said}; {time.monotonic() - began:.0f} seconds")
    return min(accepted, 1)


def forms():
    """Name, bytes, and how the bytes become what is judged."""
    badge, degree = serialise(sign(plain_badge(recipient_name="Añ 🎓"))), serialise(sign(full_degree()))
    token = jwt.compose(held_badge(), SIGNER).encode()
    yield "badge as JSON", badge, parse
    yield "degree as JSON", degree, parse
    yield "badge as JWT", token, lambda data: data.decode()
    yield "badge in a PNG", baking.bake(PNG, badge.decode()), baked
    yield "badge in an SVG", baking.bake(SVG, badge.decode()), baked


def baked(data: bytes) -> dict:
    return parse((baking.unbake(data) or "").encode())


def every_change(data: bytes) -> Iterator[bytes]:
    for place in range(len(data)):
        for change in CHANGES:
            yield data[:place] + bytes([data[place] ^ change]) + data[place + 1 :]


def judged(data: bytes, read) -> verify.Report | None:
    """None if nothing that could be judged came out."""
    try:
        return verify.verify(read(data), RESOLVER, now=NOW)
    except (Malformed, baking.Unbakeable, UnicodeDecodeError):
        return None


def verdict_of(report: verify.Report | None, original: verify.Report) -> str:
    """A picture around an unchanged credential may change; what it says may not."""
    if report is None or report.verdict is not verify.Verdict.VALID:
        return "refused"
    return "still the same" if report.document == original.document else "accepted"
