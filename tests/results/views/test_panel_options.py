"""The options of the filter panel, which are written without a template each."""

from __future__ import annotations

from results.selectors.facets import FacetOption
from results.templatetags.panel import filter_options
from results.views.panel import OptionGroup


def written(name: str, *options: FacetOption, single: bool = False) -> str:
    return filter_options(OptionGroup(name, "Legend", options, (), single), options)


def test_what_submitters_wrote_is_text_and_no_markup():
    html = written("framework", FacetOption('a"<b>', 'a"<b>', "<script>x</script>", 3, False))
    assert "<script>" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;x&lt;/script&gt;" in html


def test_a_chosen_option_is_checked_and_one_without_results_stands_back():
    chosen, empty = written(
        "round",
        FacetOption("v1.1", "v1.1", "v1.1", 1234, True),
        FacetOption("v0.5", "v0.5", "v0.5", 0, False),
    ).splitlines()
    assert (" checked>" in chosen, 'class="opt zero"' in chosen) == (True, False)
    assert (" checked>" in empty, 'class="opt zero"' in empty) == (False, True)


def test_the_same_option_is_a_box_in_one_filter_and_a_button_in_another():
    option = FacetOption("measured", "measured", "measured", 1, False)
    assert 'type="radio"' in written("energy", option, single=True)
    assert 'type="checkbox"' in written("energy", option)
