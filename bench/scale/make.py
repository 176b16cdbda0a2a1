"""Make one data set: `python -m bench.scale.make RESULTS`, in the folder of TINYSITE_DATA. Called by bench.scale."""

from __future__ import annotations

import os
import sys
import time


def main(count: int) -> None:
    from tinysite.commandline import _bring_up_to_date
    from tinysite.embedded.paths import DataFolder
    from tinysite.embedded.servers import postgres_for_command

    folder = DataFolder.from_environment(__import__("pathlib").Path.cwd())
    with postgres_for_command(folder, "bench"):
        _bring_up_to_date()
        from bench.scale.data import Shape, prepare_catalogue, publications
        from results.models import LeaderboardEntry
        from results.services.bulk import store

        held = LeaderboardEntry.objects.filter(round__startswith="v2.").count()
        if held:
            print(f"{count}: {held} results are there already")
            return
        shape = Shape(count)
        prepare_catalogue(shape)
        began = time.monotonic()
        real = LeaderboardEntry.objects.count()
        stored = store(publications(count - real))
        print(f"{count}: {stored} results stored in {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    os.environ |= {"DJANGO_SETTINGS_MODULE": "tinysite.settings", "TINYSITE_RUN_TASKS_AT_ONCE": "true"}
    main(int(sys.argv[1]))
