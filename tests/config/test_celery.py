"""What a worker may use up: a text that makes the renderer ask for ever more ends in an error."""

import subprocess
import sys

from django.conf import settings

from config import celery
from credentials import tasks

CODE = """
import resource
from config import celery
celery.limit_memory()
print(resource.getrlimit(resource.RLIMIT_AS)[0])
try:
    bytearray(4 * 2**30)
except MemoryError:
    print("refused")
"""


def test_a_worker_may_not_take_more_memory_than_drawing_needs():
    done = subprocess.run([sys.executable, "-c", CODE], cwd=settings.BASE_DIR, capture_output=True, text=True)

    assert done.stdout.split() == [str(celery.MOST_MEMORY), "refused"], done.stderr


def test_each_worker_process_is_limited_when_it_begins():
    from celery.signals import worker_process_init

    assert celery.limit_memory in [receiver() for _, receiver in worker_process_init.receivers]


def test_drawing_and_going_out_end_after_a_while():
    for task in (tasks.render, tasks.renew_domain):
        assert (task.soft_time_limit, task.time_limit) == (60, 75)


def test_a_task_that_its_worker_did_not_finish_is_not_taken_for_done():
    conf = celery.app.conf

    assert (conf.task_acks_late, conf.task_reject_on_worker_lost) == (True, True)
    assert (conf.worker_prefetch_multiplier, conf.accept_content) == (1, ["json"])
