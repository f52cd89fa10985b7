"""Run the ordeals one after the other, each in a process of its own, and say how each ended."""

import argparse
import os
import subprocess
import sys

from tests import services

ORDEALS = ("sqlite", "postgresql", "bytes", "damaged")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.endurance", description=__doc__)
    parser.add_argument("ordeals", nargs="*", choices=[*ORDEALS, []], help="only these; without any, all")
    parser.add_argument("--rows", type=int, default=10_000, help="people in the roster")
    parser.add_argument("--kills", type=int, default=50, help="how often workers are killed")
    parser.add_argument("--empties", type=int, default=4, help="how often the queue is emptied")
    parser.add_argument("--stops", type=int, default=5, help="how often the database is stopped hard")
    parser.add_argument("--files", type=int, default=2_400, help="damaged files that are brought")
    parser.add_argument("--minutes", type=float, default=40, help="after which an ordeal gives up")
    parser.add_argument("--seed", type=int, default=1, help="of the order in which it all happens")
    parser.add_argument("--inside", choices=ORDEALS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        return run(asked)
    codes = [
        subprocess.run([sys.executable, "-m", "tests.endurance", "--inside", name, *sys.argv[1:]]).returncode
        for name in asked.ordeals or ORDEALS
    ]
    return max(codes)


def run(asked) -> int:
    """One ordeal, in this process: what it imports reads the settings that it sets."""
    if asked.inside == "bytes":
        from tests.endurance import changed_bytes

        return changed_bytes.run()
    from tests.endurance import places

    if asked.inside == "damaged":
        with places.site("sqlite", os.environ):
            os.environ["PUBLIC_BASE_URL"] = (
                f"http://127.0.0.1:{services.free_port()}"  # its own keys are found
            )
            from tests.endurance import damaged

            return damaged.run(asked)
    with places.site(asked.inside, os.environ) as place:
        from tests.endurance import ordeal

        return ordeal.run(place, asked)


if __name__ == "__main__":
    sys.exit(main())
