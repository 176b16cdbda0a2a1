"""Addresses that stand beside a number."""

from results.domain.links import public_file_address, public_tree_address, rule_address

REPOSITORY = "mlcommons/tiny_results_v1.1"


def test_a_line_is_addressed_at_its_commit() -> None:
    address = public_file_address(
        REPOSITORY, "c32ef94", "closed/Acme/results/board/kws/performance/results.txt", 27
    )
    assert address == (
        "https://github.com/mlcommons/tiny_results_v1.1/blob/c32ef94/"
        "closed/Acme/results/board/kws/performance/results.txt#L27"
    )


def test_a_span_of_lines_is_addressed_from_first_to_last() -> None:
    assert public_file_address(REPOSITORY, "c32ef94", "a.txt", 44, 45).endswith("a.txt#L44-L45")


def test_a_span_of_one_line_is_a_line() -> None:
    assert public_file_address(REPOSITORY, "c32ef94", "a.txt", 44, 44).endswith("a.txt#L44")


def test_a_whole_file_has_no_line() -> None:
    assert public_file_address(REPOSITORY, "c32ef94", "a.txt").endswith("/a.txt")


def test_spaces_and_parentheses_of_folder_names_are_quoted() -> None:
    address = public_file_address(REPOSITORY, "c32ef94", "closed/A Platform (RISC-V)/log.txt", 1)
    assert address.endswith("/closed/A%20Platform%20%28RISC-V%29/log.txt#L1")


def test_without_a_commit_there_is_no_address() -> None:
    assert public_file_address(REPOSITORY, "", "a.txt", 1) == ""
    assert public_tree_address("", "c32ef94") == ""


def test_a_folder_is_addressed_as_a_tree() -> None:
    assert public_tree_address(REPOSITORY, "c32ef94", "closed/Acme") == (
        "https://github.com/mlcommons/tiny_results_v1.1/tree/c32ef94/closed/Acme"
    )


def test_a_rule_is_addressed_by_its_code() -> None:
    assert rule_address("closed.accuracy-below-target") == "/rules/#closed.accuracy-below-target"
