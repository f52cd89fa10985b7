"""The site as it is, but that one visitor may ask as often as it takes."""

from config.settings import *  # noqa: F403

LIMITS_COUNT = False
