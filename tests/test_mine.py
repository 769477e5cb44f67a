"""What a reader's own file is promised: it is laid down once, and no text of it is ever lost."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import probes
import pytest
from probes import stubs, write

from workbook import layout, mine
from workbook.layout import Crate
from workbook.rust import NoSuchItemError


@pytest.fixture
def probe(tmp_path: Path) -> Crate:
    return probes.lay_out(tmp_path, "mine_probe")


def text(crate: Crate) -> str:
    return mine.path(crate).read_bytes().decode("utf-8")


def files(crate: Crate) -> set[str]:
    return {path.name for path in (crate.folder / "src").iterdir()}


def test_it_is_laid_down_from_the_stubs_and_never_over_a_file(probe: Crate) -> None:
    assert mine.lay_down(probe)
    assert text(probe) == stubs(probe)
    mine.path(probe).write_text("mine", "utf-8")
    assert not mine.lay_down(probe)
    assert text(probe) == "mine"
    assert files(probe) == {"lib.rs", "exercises.rs", "solutions.rs", "mine.rs"}


def test_a_reset_puts_the_stubs_back_and_keeps_each_text_under_a_name_of_its_own(probe: Crate) -> None:
    kept = []
    for number in (1, 2):
        mine.path(probe).write_text(f"text {number}", "utf-8")
        kept.append(mine.reset(probe))
        assert text(probe) == stubs(probe)
    assert [path.name if path else None for path in kept] == ["mine.1.rs", "mine.2.rs"]
    assert [path.read_text("utf-8") if path else None for path in kept] == ["text 1", "text 2"]


def test_a_reset_of_nothing_keeps_nothing(probe: Crate) -> None:
    assert mine.reset(probe) is None
    assert mine.reset(probe) is None
    assert text(probe) == stubs(probe)
    assert files(probe) == {"lib.rs", "exercises.rs", "solutions.rs", "mine.rs"}


def test_one_function_is_put_back_and_all_else_stays(probe: Crate) -> None:
    write(probe)
    before = text(probe)
    kept = mine.reset(probe, "free")
    assert kept is not None
    assert kept.read_text("utf-8") == before
    stub = "        Ok(40 - cars.min(40))\n    }\n"
    assert stub in text(probe)
    assert "checked_sub(cars)" not in text(probe)
    for other in ("Ok(40)", "Ok(cars.div_ceil(40))", "/// Divide, and round up.", "pub mod exercises {"):
        assert other in text(probe)
    assert mine.reset(probe, "free") is None


def test_one_function_is_put_back_with_the_files_own_ends_of_lines(probe: Crate) -> None:
    write(probe)
    crlf = mine.path(probe).read_bytes().replace(b"\n", b"\r\n")
    mine.path(probe).write_bytes(crlf)
    mine.reset(probe, "trips")
    after = mine.path(probe).read_bytes()
    assert b"count the trips" in after
    assert after.count(b"\n") == after.count(b"\r\n")


def test_a_function_with_a_spare_brace_is_not_put_back_at_the_cost_of_others(probe: Crate) -> None:
    write(probe, ("Ok(cars.div_ceil(40))", "Ok(cars.div_ceil(40)) }}}"))
    before = text(probe)
    with pytest.raises(mine.MineError, match=r"To put all of it back: `workbook reset mine_probe`"):
        mine.reset(probe, "guess")
    assert text(probe) == before
    assert "mine.1.rs" not in files(probe)


def test_a_function_that_is_not_there_gets_a_sentence(probe: Crate) -> None:
    write(probe, ("fn free", "fn fre"))
    with pytest.raises(mine.MineError, match=r"src/mine.rs has no function free, so there is nothing to put"):
        mine.reset(probe, "free")
    with pytest.raises(NoSuchItemError, match="There is no exercise 'fee'"):
        mine.reset(probe, "fee")


def test_a_link_stays_one_and_its_file_is_reset(probe: Crate, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.rs"
    elsewhere.write_text("my text", "utf-8")
    try:
        mine.path(probe).symlink_to(elsewhere)
    except OSError:
        pytest.skip("this system lets nobody make links")
    mine.reset(probe)
    assert mine.path(probe).is_symlink()
    assert elsewhere.read_text("utf-8") == stubs(probe)


def test_a_disk_that_is_full_loses_nothing(probe: Crate, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    write(probe)
    before = text(probe)
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        mine.reset(probe)
    assert text(probe) == before
    assert not [name for name in files(probe) if "part" in name]


def test_a_disk_without_hard_links_serves_as_well(probe: Crate, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    assert mine.lay_down(probe)
    mine.path(probe).write_text("my text", "utf-8")
    kept = mine.reset(probe)
    assert kept is not None
    assert kept.read_text("utf-8") == "my text"


def test_git_ignores_the_file_and_what_is_kept_of_it() -> None:
    crate = layout.crates()[0]
    names = ["mine.rs", "mine.1.rs", "mine.abcdef.part.rs"]
    paths = [mine.path(crate).with_name(name).relative_to(layout.ROOT).as_posix() for name in names]
    said = subprocess.run(
        ["git", "check-ignore", *paths], cwd=layout.ROOT, capture_output=True, text=True, check=False
    )
    if said.returncode == 128:
        pytest.skip("this is no clone")
    assert said.stdout.splitlines() == paths
    assert not [path for path in crate.sources if path.name.startswith("mine.")]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such bits")
def test_the_file_may_be_read_as_other_files_may(probe: Crate) -> None:
    mine.lay_down(probe)
    other = probe.folder / "src" / "other"
    other.touch()
    assert mine.path(probe).stat().st_mode == other.stat().st_mode
