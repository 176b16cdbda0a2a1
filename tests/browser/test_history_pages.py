"""Pages of what happens after publication: readable on phone and desk, in both themes, and without a fault for axe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client

from results.services import changes
from tests.results.makers import aggregate, make_run
from tests.results.views.detail_data import RESULT, make_world
from tests.submissions.objections.people import account, objection, reviewer

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)


def world() -> str:
    """A result with a reproduction and an objection, and a removed one; the address of the objection."""
    run, removed = make_world(), make_run("kws", public_id="removed-one")
    changes.link_reproduction(run, make_run(submitter="two", public_id="again"), actor="Two")
    made = objection(run, account("ann"))
    changes.remove(removed, actor="reviewer", text="The log is of another board.")
    aggregate()
    return made.get_absolute_url()


def log_in(page: Page, address: str) -> None:
    client = Client()
    client.force_login(reviewer())
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_fit_and_have_no_fault(page: Page, live_server, width: int, theme: str) -> None:
    addresses = ["/changes/", "/objections/", world(), f"/results/{RESULT}/object/", "/results/removed-one/"]
    log_in(page, live_server.url)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    wrong = []
    for address in [*addresses, f"/results/{RESULT}/"]:
        page.goto(address)
        wrong += [(address, found["id"]) for found in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append((address, "scrolls sideways"))
    assert wrong == []
