"""A live site, a real worker beside it, and visitors with browsers of their own."""

import pytest
from playwright.sync_api import expect

from config import fonts
from tests import services
from tests.browser import CHROMIUM_ARGUMENTS, Watch

PATIENCE = 30_000  # ms, for a worker to start and for everything on a busy machine
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": services.chromium(), "args": CHROMIUM_ARGUMENTS}


@pytest.fixture(scope="session")
def typefaces():
    """The web fonts, as `up` prepares them."""
    fonts.prepare()


@pytest.fixture
def site(typefaces, live_server, settings) -> str:
    """The address of the running site, which issues for this very address and keeps its mail."""
    settings.PUBLIC_BASE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    settings.EMAIL_BACKEND = "config.outbox.OutboxBackend"
    for kept in settings.OUTBOX_FOLDER.glob("*.json"):
        kept.unlink()
    return live_server.url


@pytest.fixture
def process_environment(site, process_environment) -> dict[str, str]:
    """The worker of a journey issues for the address of the running site."""
    return process_environment | {"PUBLIC_BASE_URL": site}


@pytest.fixture
def visitor(browser, site):
    """Make visitors: each call opens a page in a browser context of its own, without anybody's cookies.

    A console error or a breach of the content policy on any of their pages fails the test.
    """
    contexts, watches = [], []

    def visit(**options):
        context = browser.new_context(base_url=site, accept_downloads=True, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        watches.append(Watch(context))
        return context.new_page()

    yield visit
    for context in contexts:
        context.close()
    problems = [problem for watch in watches for problem in watch.problems()]
    assert problems == []


@pytest.fixture
def page(visitor):
    """The page of one visitor."""
    return visitor()
