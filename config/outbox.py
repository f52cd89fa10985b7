"""Mail of a development site: kept as files instead of sent, and read at /outbox/."""

import json
import secrets
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

SHOWN = 200


class OutboxBackend(BaseEmailBackend):
    """Writes each message as one JSON file; its name sorts by the time of sending."""

    def send_messages(self, email_messages) -> int:
        folder = Path(settings.OUTBOX_FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            now = datetime.now(UTC)
            name = f"{now:%Y%m%d-%H%M%S-%f}-{secrets.token_hex(4)}"
            passing = folder / f".{name}.part"
            passing.write_text(json.dumps(_as_dict(message, now), ensure_ascii=False), encoding="utf-8")
            passing.replace(folder / f"{name}.json")
        return len(email_messages)


def _as_dict(message, now: datetime) -> dict:
    html = [body for body, kind in getattr(message, "alternatives", []) if kind == "text/html"]
    return {
        "sent_at": now.isoformat(),
        "from": message.from_email,
        "to": message.recipients(),
        "subject": message.subject,
        "text": message.body,
        "html": html[0] if html else "",
        "attachments": [_name_of(attachment) for attachment in message.attachments],
    }


def _name_of(attachment) -> str:
    filename = attachment[0] if isinstance(attachment, tuple) else attachment.get_filename()
    return filename or "without a name"


def sent(limit: int = SHOWN) -> list[dict]:
    """The last messages, newest first, each with the `id` of its page."""
    files = sorted(Path(settings.OUTBOX_FOLDER).glob("*.json"), reverse=True)[:limit]
    return [_read(path) for path in files]


def _read(path: Path) -> dict:
    kept = json.loads(path.read_text(encoding="utf-8"))
    return kept | {"id": path.stem, "sent_at": datetime.fromisoformat(kept["sent_at"])}


@never_cache
@require_safe
def messages(request):
    return render(request, "outbox/messages.html", {"mails": sent()})


@never_cache
@require_safe
def message(request, message):
    path = Path(settings.OUTBOX_FOLDER) / f"{message}.json"
    if not path.is_file():
        raise Http404("There is no such message.")
    return render(request, "outbox/message.html", {"mail": _read(path)})
