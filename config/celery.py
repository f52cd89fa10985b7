"""The Celery application: workers and the site find it here."""

from celery import Celery

app = Celery("testamur")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
