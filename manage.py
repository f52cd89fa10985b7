#!/usr/bin/env python3
"""The door to every command of Testamur: `python3 manage.py up`, `python3 manage.py test`, …"""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("TESTAMUR_DEVELOPMENT", "true")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
