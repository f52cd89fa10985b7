"""No package below the version in which something that mattered to us was mended (TRUST.md, floors)."""

from importlib.metadata import version

import pytest
from packaging.version import Version

FLOORS = {
    "Django": "5.2.19",
    "WeasyPrint": "69",
    "Pillow": "12.3",
    "PyJWT": "2.15",
    "django-allauth": "65.16.1",
}


@pytest.mark.parametrize(("package", "floor"), FLOORS.items())
def test_a_package_is_not_older_than_it_may_be(package, floor):
    assert Version(version(package)) >= Version(floor)
