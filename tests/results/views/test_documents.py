"""Pages of running text."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "url", ["/method/", "/comparability/", "/api/", "/accessibility/", "/projections/about/"]
)
def test_a_document_of_the_repository_is_a_page(client: Client, url: str) -> None:
    response = client.get(url)
    page = response.content.decode()
    assert response.status_code == 200
    assert page.count("<h1>") == 1
    assert "style=" not in page


def test_the_api_page_leads_to_the_schema_and_the_trial_page(client: Client) -> None:
    page = client.get("/api/").content.decode()
    for name in ("schema", "docs"):
        assert f'href="/api/v1/{name}/"' in page
