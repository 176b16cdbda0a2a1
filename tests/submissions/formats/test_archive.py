"""Opening folders and archives, the honest and the hostile ones."""

import gzip
import io
import os
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.formats import archive
from submissions.formats.archive import Limits, open_tree, read_manifest
from submissions.formats.packing import pack_deterministic
from tests.makers import make_submission, write

SMALL = {"closed/lab/a.txt": b"one\ntwo\r\n", "closed/lab/b/c.txt": b"three"}


def make_zip(path: Path, entries: dict[str, bytes] | list[tuple[zipfile.ZipInfo | str, bytes]]) -> Path:
    pairs = entries.items() if isinstance(entries, dict) else entries
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in pairs:
            packed.writestr(name, data)
    return path


def make_tar(
    path: Path, members: list[tuple[tarfile.TarInfo, bytes]] | dict[str, bytes], mode: str = "w:gz"
) -> Path:
    pairs = members
    if isinstance(members, dict):
        pairs = [(tarfile.TarInfo(name), data) for name, data in members.items()]
    with tarfile.open(path, mode) as packed:
        for member, data in pairs:
            member.size = len(data) if member.isreg() else 0
            packed.addfile(member, io.BytesIO(data))
    return path


def codes_of(path: Path, **options) -> tuple[list[str], list[str], bool]:
    with open_tree(path, **options) as tree:
        return sorted(tree.files), [finding.code for finding in tree.findings], tree.unreadable


def make_any(path: Path, kind: str) -> Path:
    if kind == "folder":
        for name, data in SMALL.items():
            target = path / "folder" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return path / "folder"
    if kind == "zip":
        return make_zip(path / "x.upload", SMALL)
    return make_tar(path / "x.upload", SMALL, "w" if kind == "tar" else "w:gz")


@pytest.mark.parametrize("kind", ["folder", "zip", "tar", "tar.gz"])
def test_a_folder_and_each_kind_of_archive_give_the_same_files(tmp_path, kind):
    with open_tree(make_any(tmp_path, kind)) as tree:
        assert list(tree.files) == ["closed/lab/a.txt", "closed/lab/b/c.txt"]
        assert tree.read_bytes("closed/lab/b/c.txt") == b"three"
        assert tree.read_lines("closed/lab/a.txt") == ["one", "two", ""]
        assert tree.sha256("closed/lab/a.txt") == tree.files["closed/lab/a.txt"].sha256
        assert tree.files["closed/lab/a.txt"].size_bytes == 9
        assert tree.findings == []


def test_a_top_folder_of_an_archive_is_descended_into_and_names_the_tree(tmp_path):
    entries = {
        "__MACOSX/x": b"",
        "tiny_results-main/lab/results/r.txt": b"",
        "tiny_results-main/lab/systems/s.json": b"",
    }
    with open_tree(make_zip(tmp_path / "up.zip", entries)) as tree:
        assert list(tree.files) == ["results/r.txt", "systems/s.json"]
        assert tree.name == "lab"


def test_a_folder_named_closed_is_not_descended_into(tmp_path):
    assert codes_of(make_zip(tmp_path / "up.zip", {"closed/lab/r.txt": b""}))[0] == ["closed/lab/r.txt"]


def test_an_archive_is_named_without_its_suffix(tmp_path):
    with open_tree(make_tar(tmp_path / "My Lab.tar.gz", {"results/a": b"", "systems/b": b""})) as tree:
        assert tree.name == "My Lab"


def test_version_control_in_a_folder_is_passed_over(tmp_path):
    write(tmp_path / ".git/config", "x")
    write(tmp_path / "results/a.txt", "x")
    write(tmp_path / "systems/a.json", "x")
    assert codes_of(tmp_path)[0] == ["results/a.txt", "systems/a.json"]


def test_files_that_a_copy_left_out_are_listed_and_not_here(tmp_path):
    write(tmp_path / "results/a.txt", "x")
    with open_tree(tmp_path, absent={"results/b.txt", "results/a.txt"}) as tree:
        assert [(file.path, file.here) for file in tree.files.values()] == [
            ("results/a.txt", True),
            ("results/b.txt", False),
        ]
        assert not tree.is_here("results/b.txt")


def test_the_manifest_names_what_one_round_left_out(tmp_path):
    manifest = write(tmp_path / "m.csv", "round,path,bytes,here\nv1,a,1,yes\nv1,b,,no\nv2,c,,no\n")
    assert read_manifest(manifest, "v1") == {"b"}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../evil.txt", "archive.traversal"),
        ("a/../../evil.txt", "archive.traversal"),
        ("a\\..\\evil.txt", "archive.traversal"),
        ("/etc/evil.txt", "archive.absolute-path"),
        ("C:/evil.txt", "archive.absolute-path"),
        ("a\nb.txt", "archive.control-character"),
        ("/".join(["d"] * 40), "archive.limit"),
        ("n" * 500, "archive.limit"),
    ],
)
@pytest.mark.parametrize("pack", [make_zip, make_tar])
def test_a_dangerous_path_is_refused_and_the_rest_is_read(tmp_path, pack, name, code):
    folder = tmp_path / "inner"
    folder.mkdir()
    files, codes, unreadable = codes_of(pack(folder / "x", {name: b"evil", "results/good.txt": b"good"}))
    assert (files, codes, unreadable) == (["results/good.txt"], [code], False)
    assert not list(tmp_path.glob("evil*"))


def test_a_nul_in_a_name_is_refused(tmp_path):
    path = make_zip(tmp_path / "x.zip", {"results/aXb.txt": b"1", "results/good.txt": b"2"})
    path.write_bytes(path.read_bytes().replace(b"aXb", b"a\x00b"))
    files, codes, _ = codes_of(path)
    assert files == ["results/good.txt"]
    assert codes == ["archive.control-character"]


def test_an_empty_folder_is_named_unless_the_copy_left_its_files_out(tmp_path):
    write(tmp_path / "results/a.txt", "x")
    (tmp_path / "results/empty").mkdir()
    assert codes_of(tmp_path) == (["results/a.txt"], ["layout.empty-folder"], False)
    assert codes_of(tmp_path, absent={"results/empty/b.txt"})[1] == []


def test_a_finding_never_carries_a_character_that_cannot_be_stored(tmp_path):
    empty = tarfile.TarInfo("results/\udc80\x07empty")
    empty.type = tarfile.DIRTYPE
    link = tarfile.TarInfo("results/\udc80link")
    link.type = tarfile.SYMTYPE
    path = make_tar(tmp_path / "x.tgz", [(empty, b""), (link, b""), (tarfile.TarInfo("results/\udc80"), b"")])
    with open_tree(path) as tree:
        assert len(tree.findings) == 3
        for finding in tree.findings:
            assert f"{finding.file}{finding.found}".isprintable()


def test_a_name_that_is_no_utf8_is_refused(tmp_path):
    (tmp_path / "results").mkdir()
    with open(os.fsencode(tmp_path) + b"/results/\xff.txt", "w"):
        pass
    assert codes_of(tmp_path) == ([], ["archive.control-character"], False)


def test_names_that_differ_in_case_only_are_refused_once(tmp_path):
    files, codes, _ = codes_of(make_zip(tmp_path / "x.zip", {"results/A.txt": b"1", "results/a.txt": b"2"}))
    assert (files, codes) == (["results/A.txt"], ["archive.case-collision"])


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_path_that_stands_twice_is_read_once(tmp_path):
    entries = [("results/a.txt", b"1"), ("results/a.txt", b"2"), ("results/a.txt/b", b"3")]
    with open_tree(make_zip(tmp_path / "x.zip", entries)) as tree:
        assert tree.read_bytes("results/a.txt") == b"1"
        assert [finding.code for finding in tree.findings] == ["archive.duplicate"] * 2


def test_a_file_where_a_folder_stands_is_refused(tmp_path):
    files, codes, _ = codes_of(make_zip(tmp_path / "x.zip", {"results/a/b.txt": b"1", "results/a": b"2"}))
    assert (files, codes) == (["results/a/b.txt"], ["archive.duplicate"])


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (tarfile.SYMTYPE, "archive.link"),
        (tarfile.LNKTYPE, "archive.link"),
        (tarfile.CHRTYPE, "archive.special-file"),
        (tarfile.FIFOTYPE, "archive.special-file"),
    ],
)
def test_links_and_devices_of_a_tar_are_refused(tmp_path, kind, code):
    odd = tarfile.TarInfo("results/odd")
    odd.type, odd.linkname = kind, "/etc/passwd"
    path = make_tar(tmp_path / "x.tgz", [(odd, b""), (tarfile.TarInfo("results/a.txt"), b"1")])
    assert codes_of(path) == (["results/a.txt"], [code], False)


def test_folders_of_archives_are_no_files(tmp_path):
    folder = tarfile.TarInfo("results")
    folder.type = tarfile.DIRTYPE
    assert codes_of(make_tar(tmp_path / "x.tgz", [(folder, b""), (tarfile.TarInfo("results/a"), b"")]))[
        0
    ] == ["results/a"]
    assert codes_of(make_zip(tmp_path / "x.zip", {"results/": b"", "results/a": b""}))[0] == ["results/a"]


def test_a_symbolic_link_of_a_zip_is_refused(tmp_path):
    link = zipfile.ZipInfo("results/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = make_zip(tmp_path / "x.zip", [(link, b"/etc/passwd"), ("results/a.txt", b"1")])
    assert codes_of(path) == (["results/a.txt"], ["archive.link"], False)


def test_links_and_pipes_of_a_folder_are_refused(tmp_path):
    write(tmp_path / "results/a.txt", "x")
    (tmp_path / "results/link").symlink_to("/etc/passwd")
    (tmp_path / "results/folder").symlink_to("/etc")
    os.mkfifo(tmp_path / "results/pipe")
    files, codes, _ = codes_of(tmp_path)
    assert files == ["results/a.txt"]
    assert sorted(codes) == ["archive.link", "archive.link", "archive.special-file"]


def test_an_encrypted_entry_is_refused(tmp_path):
    path = make_zip(tmp_path / "x.zip", {"results/secret.txt": b"1"})
    data = bytearray(path.read_bytes())
    data[6] |= 1  # flag of the local header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # flag of the central directory
    path.write_bytes(bytes(data))
    assert codes_of(path) == ([], ["archive.encrypted"], False)


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_a_truncated_archive_is_unreadable(tmp_path, kind):
    path = make_any(tmp_path, kind)
    data = path.read_bytes()
    path.write_bytes(data[:700] if kind == "tar" else data[: len(data) // 2])
    assert codes_of(path) == ([], ["archive.corrupt"], True)


def test_a_tar_with_a_damaged_header_in_the_middle_is_unreadable(tmp_path):
    path = make_any(tmp_path, "tar")
    data = bytearray(path.read_bytes())
    data[1024 + 148 : 1024 + 156] = b"notasum!"
    path.write_bytes(bytes(data))
    assert codes_of(path) == ([], ["archive.corrupt"], True)


def test_a_tar_header_of_absurd_size_is_unreadable(tmp_path):
    long_name = tarfile.TarInfo("x")
    long_name.type, long_name.size = tarfile.GNUTYPE_LONGNAME, 1 << 32
    path = tmp_path / "x.tar"
    path.write_bytes(long_name.tobuf(tarfile.GNU_FORMAT) + bytes(2048))
    assert codes_of(path) == ([], ["archive.corrupt"], True)


@pytest.mark.parametrize("content", [b"", b"hello", gzip.compress(b"hello")])
def test_other_content_is_unreadable(tmp_path, content):
    path = tmp_path / "x.upload"
    path.write_bytes(content)
    assert codes_of(path) == ([], ["archive.unknown-format"], True)


def test_a_path_that_does_not_exist_is_unreadable(tmp_path):
    assert codes_of(tmp_path / "nothing.zip") == ([], ["archive.corrupt"], True)


@pytest.mark.parametrize("kind", ["folder", "zip", "tar", "tar.gz"])
@pytest.mark.parametrize("limits", [Limits(total_bytes=10), Limits(file_bytes=6), Limits(files=1)])
def test_more_than_a_limit_makes_the_tree_unreadable(tmp_path, kind, limits):
    assert codes_of(make_any(tmp_path, kind), limits=limits) == ([], ["archive.limit"], True)


@pytest.mark.parametrize("pack", [make_zip, make_tar])
def test_a_bomb_is_unreadable(tmp_path, pack):
    path = pack(tmp_path / "x", {"results/zeros": bytes(4 << 20)})
    assert codes_of(path) == ([], ["archive.limit"], True)


def test_a_file_that_changes_after_it_was_read_gives_the_bytes_that_were_hashed(tmp_path):
    path = write(tmp_path / "results/a.txt", "before")
    with open_tree(tmp_path) as tree:
        path.write_text("after")
        assert tree.read_bytes(next(iter(tree.files))) == b"before"
        assert tree.findings == []


@pytest.mark.parametrize("bound", ["_KEPT_FILE_BYTES", "_KEPT_BYTES"])
def test_a_file_too_large_to_keep_that_changes_after_it_was_hashed_gives_no_bytes(
    tmp_path, monkeypatch, bound
):
    monkeypatch.setattr(archive, bound, 3)
    path = write(tmp_path / "results/a.txt", "before")
    with open_tree(tmp_path) as tree:
        path.write_text("after")
        name = next(iter(tree.files))
        assert tree.read_bytes(name) == b""
        path.unlink()
        assert tree.read_bytes(name) == b""
        assert {finding.code for finding in tree.findings} == {"archive.changed"}


def test_a_file_that_cannot_be_opened_is_a_finding(tmp_path, monkeypatch):
    write(tmp_path / "results/a.txt", "x")

    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(archive, "open", refuse, raising=False)
    assert codes_of(tmp_path) == ([], ["archive.changed"], False)


def test_text_that_is_not_utf8_is_read_and_noted_once_with_its_line(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfgood\nb\xe9d\x00\n")
    with open_tree(tmp_path) as tree:
        assert tree.read_lines("a.txt") == ["good", "b\ufffdd\ufffd", ""]
        tree.read_lines("a.txt")
        assert [(finding.code, finding.line) for finding in tree.findings] == [("file.not-utf8", 2)]


def test_packing_the_same_files_twice_gives_the_same_bytes(tmp_path):
    for root in ("one", "two"):
        make_submission(tmp_path / root, submitter="lab")
        make_submission(tmp_path / root, submitter="other")
    os.utime(tmp_path / "two/closed/lab/systems/example_board.json", (0, 0))
    hashes = set()
    for root in ("one", "two"):
        with open_tree(tmp_path / root, absent={"closed/lab/left-out.txt"}) as tree:
            hashes.add(pack_deterministic(tree, ["closed/lab"], tmp_path / f"{root}.tar.gz"))
    assert len(hashes) == 1
    with open_tree(tmp_path / "one.tar.gz") as packed:
        assert packed.findings == []
        assert all(path.startswith("closed/lab/") for path in packed.files)


def test_packing_everything_keeps_every_file(tmp_path):
    make_submission(tmp_path / "round")
    with open_tree(tmp_path / "round") as tree:
        pack_deterministic(tree, [""], tmp_path / "all.tar.gz")
        files = dict(tree.files)
    with open_tree(tmp_path / "all.tar.gz") as packed:
        assert dict(packed.files) == files


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", bytes(257) + b"ustar"]),
)
def test_arbitrary_bytes_never_raise(tmp_path_factory, data, magic):
    path = tmp_path_factory.mktemp("fuzz") / "x"
    path.write_bytes(magic + data)
    with open_tree(path) as tree:
        assert tree.files == {}
        assert tree.unreadable


@given(st.text(max_size=40))
def test_an_arbitrary_entry_name_never_raises(tmp_path_factory, name):
    path = tmp_path_factory.mktemp("fuzz") / "x.tar"
    member = tarfile.TarInfo("results/" + name.replace("\x00", ""))
    packed = member.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape") if name.isprintable() else None
    if packed is not None:
        path.write_bytes(packed + bytes(1024))
        with open_tree(path) as tree:
            assert not tree.unreadable


def test_a_tree_can_be_put_under_a_folder_and_cut_to_one(tmp_path):
    make_submission(tmp_path / "round")
    with open_tree(tmp_path / "round", absent={"closed/example_lab/x.txt"}) as tree:
        inner = tree.within("closed/example_lab")
        assert list(inner.files) == list(tree.files)
        moved = tree.under("v1.0")
        assert not moved.is_here("v1.0/closed/example_lab/x.txt")
        assert moved.read_bytes("v1.0/closed/example_lab/systems/example_board.json")
        assert tree.within("open").files == {}


def test_an_archive_in_the_archive_is_noted_and_not_opened(tmp_path):
    inner = make_zip(tmp_path / "inner.zip", {"a": b"1"}).read_bytes()
    files, codes, unreadable = codes_of(
        make_zip(tmp_path / "x.zip", {"results/in.txt": inner, "systems/a": b"1"})
    )
    assert (files, codes, unreadable) == (["results/in.txt", "systems/a"], ["archive.nested"], False)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_entry_of_another_compression_is_not_opened(tmp_path, method):
    with zipfile.ZipFile(tmp_path / "x.zip", "w", method) as packed:
        packed.writestr("results/a.txt", bytes(1 << 20))
    assert codes_of(tmp_path / "x.zip") == ([], ["archive.compression"], False)


def test_an_archive_named_as_another_kind_is_read_and_noted(tmp_path):
    assert codes_of(make_tar(tmp_path / "x.zip", SMALL))[1] == ["archive.suffix"]


def test_names_that_differ_in_unicode_form_only_are_refused_once(tmp_path):
    entries = {"results/\u00e9": b"1", "results/e\u0301": b"2"}
    assert codes_of(make_zip(tmp_path / "x.zip", entries))[1] == ["archive.case-collision"]


@pytest.mark.parametrize("character", ["\x9b", "\u202e", "\u200b", "\ufeff"])
def test_a_name_that_shows_as_another_is_refused(tmp_path, character):
    path = make_zip(tmp_path / "x.zip", {f"results/a{character}b": b"1"})
    assert codes_of(path) == ([], ["archive.control-character"], False)


def test_a_device_of_a_zip_is_refused(tmp_path):
    device = zipfile.ZipInfo("results/device")
    device.external_attr = (stat.S_IFCHR | 0o666) << 16
    assert codes_of(make_zip(tmp_path / "x.zip", [(device, b"")])) == ([], ["archive.special-file"], False)


def test_a_directory_of_too_many_entries_is_not_taken_into_memory(tmp_path):
    record = b"PK\x01\x02" + bytes(42)
    end = (
        b"PK\x05\x06"
        + bytes(4)
        + b"\xff\xff" * 2
        + (len(record) * 50_000).to_bytes(4, "little")
        + b"\x04\0\0\0\0\0"
    )
    path = tmp_path / "x.zip"
    path.write_bytes(b"PK\x03\x04" + record * 50_000 + end)
    assert codes_of(path, limits=Limits(files=100)) == ([], ["archive.limit"], True)


def test_a_negative_size_in_a_tar_makes_it_unreadable(tmp_path):
    block = bytearray(tarfile.TarInfo("results/a").tobuf())
    block[124:136] = b"\xff" * 11 + b"\0"
    block[148:156] = b" " * 8
    block[148:156] = f"{sum(block):06o}\0 ".encode()
    (tmp_path / "x.tar").write_bytes(bytes(block) + bytes(10240))
    assert codes_of(tmp_path / "x.tar")[2]


def test_faults_without_end_are_counted_beyond_the_first_hundred(tmp_path):
    path = make_zip(tmp_path / "x.zip", {f"../{index}": b"" for index in range(150)})
    with open_tree(path) as tree:
        assert len(tree.findings) == 101
        assert tree.findings[-1].found.startswith("50 more")


def test_a_folder_of_repetitive_files_can_be_packed_and_opened_again(tmp_path):
    (tmp_path / "in/results").mkdir(parents=True)
    (tmp_path / "in/results/log.txt").write_bytes(b"the same line\n" * 400_000)
    (tmp_path / "in/systems").mkdir()
    (tmp_path / "in/systems/a.json").write_text("{}")
    with open_tree(tmp_path / "in") as tree:
        first = pack_deterministic(tree, [""], tmp_path / "x.tar.gz")
        assert pack_deterministic(tree, [""], tmp_path / "packed") == first
    assert codes_of(tmp_path / "packed") == (["results/log.txt", "systems/a.json"], [], False)


def test_a_full_disk_is_not_held_against_the_archive(tmp_path, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    path = make_zip(tmp_path / "x.zip", SMALL)
    monkeypatch.setattr(archive._Intake, "store", full)
    with pytest.raises(OSError, match="No space left"), open_tree(path):
        pass


def test_findings_of_opening_move_with_the_tree_and_stay_with_their_submitter(tmp_path):
    for name in ("lab", "other"):
        make_submission(tmp_path / "round", submitter=name)
        (tmp_path / "round/closed" / name / "link").symlink_to("/etc/passwd")
    with open_tree(tmp_path / "round") as tree:
        assert [finding.file for finding in tree.within("closed/lab").findings] == ["closed/lab/link"]
    with open_tree(tmp_path / "round/closed/lab") as tree:
        assert [finding.file for finding in tree.under("closed/lab").findings] == ["closed/lab/link"]
