"""The whole site in one terminal: web server, Celery worker, sweeper, and demo data at the first start."""

import importlib
import importlib.util
import os
import signal
import socket
import sys
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError

from config import bootstrap
from config.children import Children

DEMO = (
    ("registrar@demo.example", "a university: degrees"),
    ("certs@demo.example", "a software vendor: role certifications and micro-certifications"),
    ("badges@demo.example", "a training association: badges"),
    ("ada@demo.example", "an earner with credentials of all three, and a portfolio at /@ada/"),
    ("auditor@demo.example", "reads only"),
)
READY_WITHIN = 60.0  # seconds for the web server to answer


class Command(BaseCommand):
    help = "Bring up the site: database, demo data, web server, Celery worker and sweeper. Ctrl+C stops it."
    requires_system_checks: list[str] = []  # the web server runs them; here they would only cost time

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 to be reached from other machines")

    def handle(self, *, port, host, **options):
        refuse_busy_port(host, port)
        issue_for(port)
        prepare(self.stdout.write)
        raise SystemExit(run(host, port, self.stdout.write))


def refuse_busy_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise CommandError(
                f"Port {port} cannot be used ({problem.strerror}). Stop what runs there, or choose another: "
                f"python3 manage.py up --port {port + 1}"
            ) from None


def issue_for(port: int) -> None:
    """The name that credentials are issued for: PUBLIC_BASE_URL, else this machine at this port.

    Kept in var/, so that `award` in another terminal issues for the same name.
    """
    base = os.environ.setdefault("PUBLIC_BASE_URL", f"http://127.0.0.1:{port}").rstrip("/")
    if base != settings.PUBLIC_BASE_URL:
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, *sys.argv])  # settings are read once: begin again
    if settings.DEVELOPMENT:
        settings.BASE_URL_FILE.write_text(settings.PUBLIC_BASE_URL)


def prepare(say) -> None:
    """Database, fonts and, on an empty development site, the demo."""
    call_command("migrate", verbosity=0, interactive=False)
    if importlib.util.find_spec("config.fonts"):
        importlib.import_module("config.fonts").prepare()
    if settings.DEVELOPMENT and "demo" in get_commands() and not get_user_model().objects.exists():
        say("Loading the demo …")
        call_command("demo")


def run(host: str, port: int, say) -> int:
    """Run everything until a signal comes or one part ends; the exit code."""
    children = Children()
    asked_to_stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, frame: asked_to_stop.append(number))
    try:
        for name, command in commands(host, port).items():
            children.start(name, command, os.environ)
        greeted, started = False, time.monotonic()
        while not asked_to_stop:
            if dead := children.ended():
                say(f"The {dead[0]} ended by itself (exit code {dead[1]}), so everything stops.")
                return 1
            if not greeted and (greeted := answers(port, host)):
                greet(port, say)
            if not greeted and time.monotonic() - started > READY_WITHIN:
                say(f"The web server did not answer within {READY_WITHIN:.0f} s, so everything stops.")
                return 1
            time.sleep(0.1)
        say("Stopping …")
        return 0
    finally:
        children.stop()


def commands(host: str, port: int) -> dict[str, list[str]]:
    python = [sys.executable]
    return {
        "web server": [
            *python, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
            "--workers", "1", "--blocking-threads", "4", "--log-level", "warning", "--no-ws",
            "--workers-kill-timeout", "3", "config.wsgi:application",
        ],
        # Celery warns of root because of pickle; only JSON is accepted here.
        "Celery worker": [
            *python, "-W", "ignore:You're running the worker with superuser", "-m", "celery", "--quiet",
            "-A", "config.celery", "worker", "--pool", "prefork", "--concurrency", "2",
            "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING",
        ],
        "sweeper": [*python, str(settings.BASE_DIR / "manage.py"), "sweep"],
    }  # fmt: skip


def answers(port: int, host: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1" if host == "0.0.0.0" else host, port), timeout=1):  # noqa: S104
            return True
    except OSError:
        return False


def greet(port: int, say) -> None:
    here = f"http://127.0.0.1:{port}"
    say(f"\n  Open {here}/")
    if urlsplit(settings.PUBLIC_BASE_URL).netloc != f"127.0.0.1:{port}":
        say(f"  Credentials are issued for {settings.PUBLIC_BASE_URL}")
    if settings.DEVELOPMENT:
        say("\n  Sign in as (password for all: demo)")
        for address, what in DEMO:
            say(f"    {address:<24} {what}")
        say(f"\n  Mail is not sent; read it at {here}/outbox/")
    if missing := bootstrap.missing_for_certificates():
        say(f"  PDF certificates need: apt-get install {' '.join(missing)}")
    say("  Ctrl+C stops everything.\n")
    sys.stdout.flush()
