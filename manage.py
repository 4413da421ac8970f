#!/usr/bin/env python3
"""Run any command of the product, after installing what it needs."""

import sys

# Old Python versions run this file too, so check the version before importing anything newer.
if not (3, 11) <= sys.version_info[:2] <= (3, 14):
    sys.exit(
        "This needs Python 3.11, 3.12, 3.13 or 3.14, and this is Python "
        + sys.version.split()[0]
        + ". Install one of them and call it by its name, as in: python3.13 manage.py demo"
    )

if __name__ == "__main__":
    from trafficking_plan import bootstrap

    bootstrap.run(sys.argv)
