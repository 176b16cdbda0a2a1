"""Documents of the repository as pages."""

import os
import re
from pathlib import Path

from results.documents import read_document, render_document


def test_the_first_heading_is_the_title_and_not_repeated() -> None:
    document = render_document("# The method\n\nText.\n")
    assert document.title == "The method"
    assert document.body_html == "<p>Text.</p>"


def test_headings_of_level_two_are_the_contents() -> None:
    document = render_document("# T\n\n## Scores & ratios\n\n### Detail\n\n## Fronts\n")
    assert [(heading.id, heading.text) for heading in document.contents] == [
        ("scores-ratios", "Scores & ratios"),
        ("fronts", "Fronts"),
    ]


def test_a_table_scrolls_by_itself_and_carries_no_inline_style() -> None:
    html = render_document("## Limits\n\n| rule | s |\n|---|--:|\n| window | 10 |\n").body_html
    assert '<div aria-label="Limits" class="scroll" role="region" tabindex="0"><table class="t">' in html
    assert "style=" not in html
    assert '<td class="n">10</td>' in html
    assert '<th scope="col">rule</th>' in html


def test_two_tables_under_one_heading_have_different_names() -> None:
    table = "| a |\n|---|\n| 1 |\n"
    html = render_document(f"## Limits\n\n{table}\nand\n\n{table}").body_html
    assert re.findall(r'aria-label="([^"]+)"', html) == ["Limits", "Limits, table 2"]


def test_links_between_documents_lead_to_pages() -> None:
    html = render_document(
        "[rules](rules.md#energy) [method](../docs/method.md) [far](https://example.org/)"
    ).body_html
    assert 'href="/rules/#energy"' in html
    assert 'href="/method/"' in html
    assert 'href="https://example.org/"' in html


def test_a_link_to_a_file_that_is_no_page_becomes_plain_text() -> None:
    html = render_document("see [operations](operations.md)").body_html
    assert "href" not in html
    assert "operations" in html


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("# One\n")
    assert read_document(path).title == "One"
    path.write_text("# Two\n")
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))
    assert read_document(path).title == "Two"


def test_a_block_of_code_can_be_reached_by_keyboard() -> None:
    html = render_document("```\ncurl https://example.org/\n```\n").body_html
    assert '<pre tabindex="0"><code>curl' in html
