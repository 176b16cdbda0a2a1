#!/usr/bin/env python3
"""TinySite's command line; `manage.py up` starts the site, `manage.py help` lists the commands."""

import os
import sys

from tinysite.commandline import run


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinysite.settings")
    run(sys.argv)


if __name__ == "__main__":
    main()
