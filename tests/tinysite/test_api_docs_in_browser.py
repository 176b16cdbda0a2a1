import pytest


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("path", "drawn"),
    [("/api/v1/docs/", ".swagger-ui .opblock"), ("/api/v1/redoc/", ".redoc-wrap [role=menu]")],
)
def test_the_documentation_of_the_api_is_drawn_from_this_site_alone(page, live_server, path, drawn):
    answered, errors = [], []
    # Redoc asks for its maker's logo; the policy refuses, so that the request never leaves the browser.
    page.on("response", lambda response: answered.append(response.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path)
    page.locator(drawn).first.wait_for()
    page.wait_for_load_state("networkidle")
    assert [url for url in answered if not url.startswith((live_server.url, "data:", "blob:"))] == []
    assert errors == []
