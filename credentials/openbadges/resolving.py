"""What a verifier asks others for: keys, lists, newer copies; and that it asks twice for nothing.

Everything that is fetched comes through a Resolver. What it cannot get is unreachable, and so unknown.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Protocol, TypeVar

from .keys import PublicKey
from .report import Outcome

MAX_QUESTIONS = 24
Answer = TypeVar("Answer")


class Unreachable(Exception):
    """What was needed could not be had. The message, if there is one, is a sentence."""


class NotTheirKey(Exception):
    """The key is not, or no longer, one that the issuer vouches for. The message is a sentence."""


class Gone(Unreachable):
    """The address answers that what stood there was taken back (410). `.document` is what it says."""

    def __init__(self, document: dict):
        super().__init__("It was taken back.")
        self.document = document


class Resolver(Protocol):
    """Where keys, lists and hosted documents come from. Each method may raise Unreachable."""

    def verification_key(self, verification_method: str, controller: str) -> PublicKey:
        """Raises NotTheirKey."""

    def issuer_keys(self, controller: str) -> Sequence[PublicKey]:
        """All keys with which the issuer asserts something."""

    def status_list(self, url: str) -> dict | str:
        """The status list at an address: a document, or a compact JWT."""

    def refreshed(self, url: str) -> dict | str:
        """The newest copy of a credential, at the address of its refresh service."""

    def hosted(self, url: str) -> dict:
        """A document of Open Badges 2.0 at its own address. Raises Gone."""

    def know_issuer(self, issuer_id: str) -> tuple[Outcome, str]:
        """The third answer and its sentence."""


class Once:
    """A Resolver that asks another one each question once, and not more questions than are honest.

    A document can name any number of addresses; it must not make us knock on all of them.
    """

    def __init__(self, resolver: Resolver, most: int = MAX_QUESTIONS):
        self.resolver, self.left = resolver, most
        self._answers: dict[Hashable, tuple[object, Exception | None]] = {}

    def verification_key(self, verification_method: str, controller: str) -> PublicKey:
        return self._ask(self.resolver.verification_key, verification_method, controller)

    def issuer_keys(self, controller: str) -> Sequence[PublicKey]:
        return self._ask(self.resolver.issuer_keys, controller)

    def status_list(self, url: str) -> dict | str:
        return self._ask(self.resolver.status_list, url)

    def refreshed(self, url: str) -> dict | str:
        return self._ask(self.resolver.refreshed, url)

    def hosted(self, url: str) -> dict:
        return self._ask(self.resolver.hosted, url)

    def know_issuer(self, issuer_id: str) -> tuple[Outcome, str]:
        return self.resolver.know_issuer(issuer_id)

    def _ask(self, question: Callable[..., Answer], *about: str) -> Answer:
        asked = (question.__name__, *about)
        if asked not in self._answers:
            if self.left <= 0:
                raise Unreachable("It refers to more addresses than are asked for one credential.")
            self.left -= 1
            self._answers[asked] = self._answer(question, *about)
        answer, error = self._answers[asked]
        if error is not None:
            raise error
        return answer  # type: ignore[return-value]  # each question has answers of its own kind

    @staticmethod
    def _answer(question: Callable[..., Answer], *about: str) -> tuple[object, Exception | None]:
        try:
            return question(*about), None
        except (Unreachable, NotTheirKey) as error:
            return None, error
