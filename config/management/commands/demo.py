"""`manage.py demo`: load the demo data. Running it again changes nothing."""

from django.core.management.base import BaseCommand

from config.demonstration import loading


class Command(BaseCommand):
    help = "Load three issuers, their achievements, some sixty awards and a portfolio, for looking around."

    def handle(self, *args, **options):
        made = loading.load()
        self.stdout.write(f"Demo data: {made} issuers made." if made else "The demo data is there already.")
