"""`collectstatic`, after the web fonts are cut from their packages: the style sheets name them."""

from django.contrib.staticfiles.management.commands import collectstatic

from config import fonts


class Command(collectstatic.Command):
    def handle(self, **options):
        fonts.prepare(say=self.stdout.write)
        return super().handle(**options)
