"""Each judge of the harness: specimens in, a Verdict of each out."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.matrix.harness import MANY, Harness, answer
from tests.matrix.site import Site
from tests.matrix.specimens import BASE, HOSTED, PDF, RECEIPT, SITE, Form, Specimen, Verdict

AT_A_TIME = 10  # for one process of Node, which takes its time to begin
BROKE_OFF = {"the judge": "broke off"}


@dataclass(frozen=True)
class Court:
    """Who judges what is on the site; `folder` takes the files."""

    harness: Harness
    site: Site
    folder: Path

    def by_node(self, form: Form, some: Sequence[Specimen]) -> list[Verdict]:
        """JSON, JWT, PNG and SVG by verify.mjs, many in one process."""
        asked = {one.address + form.ending: one for one in some}
        printed = self.harness.node(str(MANY), str(self.harness.place), self.site.rewrite, *asked)
        answers = {said.get("address"): said for said in map(answer, printed.splitlines())}
        return [Verdict(one, form, failed(answers.get(url, {}))) for url, one in asked.items()]

    def by_python(self, form: Form, one: Specimen) -> list[Verdict]:
        """The same forms by other libraries."""
        asked = (one.address + form.ending, "--rewrite", self.site.rewrite, "--json")
        return [Verdict(one, form, failed(answer(self.harness.python("py/verify_py.py", *asked))))]

    def hosted(self, one: Specimen) -> list[Verdict]:
        asked = (one.assertion, "--rewrite", self.site.rewrite, "--email", one.email, "--json")
        said = answer(self.harness.python_38("ob2/verify_ob2.py", *asked))
        found = {item["name"]: item["result"] for item in said.get("messages", [])} if said else BROKE_OFF
        return [Verdict(one, HOSTED, found)]

    def stands(self, one: Specimen) -> list[Verdict]:
        """What the site serves beside a credential: DID documents, the status list, the page."""
        where = ("--did", one.did, "--did", "did:web:badges.example")
        where += ("--status", one.status_list, "--credential", f"{one.address}/")
        said = answer(self.harness.node("site.mjs", BASE, "--rewrite", self.site.rewrite, *where, "--json"))
        return [Verdict(one, SITE, failed(said))]

    def certificate(self, one: Specimen) -> list[Verdict]:
        """The PDF, drawn for the first who asks, and the credential inside it."""
        served, pdf = self.folder / f"{one.identifier}.json", self.folder / f"{one.identifier}.pdf"
        try:
            served.write_bytes(self.site.get(f"{one.address}.json"))
            while not (drawn := self.drawn(one)).startswith(b"%PDF"):
                if time.monotonic() > self.harness.deadline:
                    return [Verdict(one, PDF, {"drawing": "took too long"})]
                time.sleep(0.5)
        except OSError as refused:
            return [Verdict(one, PDF, {"the site": str(refused)})]
        pdf.write_bytes(drawn)
        signed = ("--need-signature", "--trust", str(self.site.root))
        return [Verdict(one, PDF, self.of_pdf(pdf, "--credential", str(served), *signed))]

    def drawn(self, one: Specimen) -> bytes:
        """The certificate, or the page that waits for it."""
        return self.site.get(f"{one.address}/certificate.pdf")

    def receipt(self, one: Specimen) -> list[Verdict]:
        pdf = self.folder / f"receipt-{one.identifier}.pdf"
        try:
            pdf.write_bytes(self.site.get(f"{BASE}/verify/receipt.pdf", q=f"{one.address}/"))
        except OSError as refused:
            return [Verdict(one, RECEIPT, {"the site": str(refused)})]
        found = self.of_pdf(pdf)
        found.pop("credential.embedded", "")  # a receipt carries none, and is none
        return [Verdict(one, RECEIPT, found)]

    def of_pdf(self, pdf: Path, *more: str) -> dict[str, str]:
        """Judged as PDF/A-3a on purpose (docs/decisions/0006)."""
        asked = (str(pdf), "--flavour", "3a", "--need-ua", *more, "--json")
        return failed(answer(self.harness.python("pdf/verify_pdf.py", *asked)))


def failed(said: dict) -> dict[str, str]:
    if "items" not in said:
        return dict(BROKE_OFF)
    return {item["id"]: item["detail"] for item in said["items"] if item["status"] == "fail"}


def bundles(some: Sequence[Specimen]) -> list[Sequence[Specimen]]:
    return [some[start : start + AT_A_TIME] for start in range(0, len(some), AT_A_TIME)]
