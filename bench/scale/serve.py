"""The servers of the site as its supervisor runs them, without those that no page needs: `python -m bench.scale.serve`.

With `--tasks` the worker and beat run as well, with `--prepare` the database is brought up to date first. A patient start: several sites share the machine.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    import django

    django.setup()
    from django.conf import settings

    from tinysite.embedded.lock import OwnerLock
    from tinysite.embedded.postgres import Postgres
    from tinysite.embedded.servers import uses_embedded_postgres, uses_embedded_valkey
    from tinysite.embedded.valkey import Valkey
    from tinysite.management.commands import up
    from tinysite.supervisor import Stopped, Supervisor, stopping_on_signals

    lock = OwnerLock(settings.DATA.owner_lock)
    supervisor = Supervisor(print)
    try:
        with stopping_on_signals():
            settings.DATA.create()
            if not lock.claim(command="bench", address=f"http://127.0.0.1:{settings.PORT}/"):
                raise lock.refusal()
            if uses_embedded_postgres():
                supervisor.start(Postgres(settings.DATA))
            if uses_embedded_valkey():
                supervisor.start(Valkey(settings.DATA))
            if "--prepare" in sys.argv:
                up._prepare_database()
            for program in [up.web(), *([up.beat(), up.worker()] if "--tasks" in sys.argv else [])]:
                program.deadline_s = 300
                supervisor.start(program)
            (settings.DATA.root / "bench-ready").touch()
            supervisor.watch()
    except Stopped:
        pass
    finally:
        (settings.DATA.root / "bench-ready").unlink(missing_ok=True)
        supervisor.stop()
        lock.release()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinysite.settings")
    main()
