"""A small field for tests of coverage: the shipped catalogue with a few results, and no count kept from before."""

from __future__ import annotations

from django.core.management import call_command

from tests.results.makers import aggregate, make_device, make_publication, make_run, make_system

BOARD = "nucleo-l4r5zi"


def make_field() -> None:
    """kws in two divisions and vww without energy on one board, ic on another, a board that only a submission names.

    An open result states no network; a result of ad was withdrawn.
    """
    call_command("load_catalogue", verbosity=0)
    system = make_system(make_publication("v1.1"), "one", device=BOARD)
    make_run("kws", energy_uj=900.0, system=system)
    make_run("kws", energy_uj=None, system=system, variant="b")
    make_run("vww", energy_uj=None, quality=None, system=system)
    make_run("ad", system=system, status="withdrawn", quality=0.9)
    make_run("kws", round_id="v0.7", division="open", device=BOARD, neural_model=None)
    make_run("ic", round_id="v1.0", device="zcu106")
    make_device("unheard-of")
    aggregate()
