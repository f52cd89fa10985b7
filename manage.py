#!/usr/bin/env python3
"""The door to every command: `python3 manage.py up`, `python3 manage.py test`, …"""

import os
import sys

from config import bootstrap


def main() -> None:
    bootstrap.ensure(sys.argv[1] if len(sys.argv) > 1 else "")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("TESTAMUR_DEVELOPMENT", "true")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
