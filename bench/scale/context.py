"""What the goals share: running sites and peers, how thorough the run is, and the outcome of a goal."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.scale import peers, sites
from bench.scale.sites import RunningSite, free_port


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of the table. ``met`` is None where it could not be measured; ``measured`` then says why."""

    id: str
    what: str
    goal: str
    measured: str
    met: bool | None


def ratio_of(
    above: Sequence[float], below: Sequence[float], *, most: float | None = None, least: float | None = None
) -> tuple[str, bool]:
    """The median over the rounds of one measure divided by another's in the same round, with its range in words, and
    whether it is at most or at least the limit."""
    ratios = [a / b for a, b in zip(above, below, strict=True)]
    middle = statistics.median(ratios)
    met = middle <= most if most is not None else middle >= (least or 0.0)
    return f"{middle:.3g} × ({min(ratios):.3g}–{max(ratios):.3g})", met


@dataclass
class Context:
    """``sizes`` rise. Sites and peers are started when a goal first asks for them, and stopped with the stack."""

    sizes: Sequence[int]
    rounds: int
    seconds: float
    load_seconds: float
    minutes: float
    stack: ExitStack
    rounds_folder: Path | None = None
    checker: Path | None = None
    full: bool = False
    notes: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    _sites: dict[int, RunningSite] = field(default_factory=dict)
    _plain: dict[int, int] = field(default_factory=dict)
    _datasette: dict[int, list[int]] = field(default_factory=dict)

    @property
    def largest(self) -> int:
        return self.sizes[-1]

    @property
    def smallest(self) -> int:
        return self.sizes[0]

    def site(self, results: int) -> RunningSite:
        """The site with that many results."""
        if results not in self._sites:
            self._sites[results] = self.stack.enter_context(sites.running(results))
        return self._sites[results]

    def stop_sites(self) -> None:
        """Stop every server, so that what follows has the machine for itself."""
        self.stack.close()
        for held in (self._sites, self._plain, self._datasette):
            held.clear()

    def plain(self, site: RunningSite) -> int:
        """The port of the plain peer over the rows of ``site``."""
        if site.results not in self._plain:
            peers.make_plain_tables(site.url)
            port = free_port()
            self.stack.enter_context(peers.plain(port, site.url))
            self._plain[site.results] = port
        return self._plain[site.results]

    def datasette(self, site: RunningSite) -> list[int]:
        """The ports of as many Datasette processes over the rows of ``site`` as the site has workers."""
        if site.results not in self._datasette:
            path = site.folder / f"{site.results}.db"
            peers.make_sqlite(site.url, path)
            ports = [free_port() for _ in range(peers.WORKERS)]
            for port in ports:
                self.stack.enter_context(peers.datasette(port, path))
            self._datasette[site.results] = ports
        return self._datasette[site.results]

    def nginx(self, body: bytes) -> int | None:
        """The port of an nginx that holds ``body`` at /page.json; None where nginx is not installed."""
        folder = Path(self.site(self.largest).folder) / "nginx"
        (folder / "static").mkdir(parents=True, exist_ok=True)
        (folder / "static" / "page.json").write_bytes(body)
        port = free_port()
        server = peers.nginx(port, folder.resolve())
        if server is None:
            return None
        self.stack.enter_context(server)
        return port

    def note(self, title: str, values: Mapping[str, list[float]]) -> None:
        """Keep the medians behind an outcome, for the report."""
        self.notes[title] = dict(values)
        print(
            f"  {title}: "
            + ", ".join(f"{name} {statistics.median(own):.4g}" for name, own in values.items()),
            flush=True,
        )
