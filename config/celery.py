"""The Celery application: workers and the site find it here."""

import os
import resource

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("testamur")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

MOST_MEMORY = 3 * 2**30  # bytes of address space; drawing certificates takes about a third of it


@worker_process_init.connect
def limit_memory(**kwargs) -> None:
    """A text that makes the renderer ask for ever more memory ends in an error, not in the machine's end."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MOST_MEMORY if hard == resource.RLIM_INFINITY else min(MOST_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
