"""What is remembered of a reader: never lost, never in the way, never believed where it is wrong."""

from __future__ import annotations

import json
import multiprocessing
import time
from pathlib import Path

import pytest

import workbook
from workbook import judging, layout, progress
from workbook.exercises import Exercise
from workbook.guide import Shelf
from workbook.progress import Progress
from workbook.verdicts import Case, Report, Verdict


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory is elsewhere."""
    monkeypatch.setattr(progress, "FILE", tmp_path / "progress.json")
    monkeypatch.setattr(progress, "LOCK", tmp_path / "progress.lock")


@pytest.fixture
def some() -> list[Exercise]:
    return next(iter(Shelf().exercises.values()))


def verdict(one: Exercise, *, solved: bool = True) -> Verdict:
    cases = tuple(Case("f()", "1", True, None if solved else "2") for _ in range(one.total))
    return Verdict(one, cases)


def keep(*verdicts: Verdict) -> None:
    with progress.editing() as memory:
        memory.keep(Report(verdicts[0].exercise.crate, verdicts))


def test_verdicts_and_hints_and_the_place_are_remembered(some: list[Exercise]) -> None:
    keep(verdict(some[0]), verdict(some[1], solved=False))
    with progress.editing() as memory:
        assert memory.take_hint(some[1]) == [some[1].hints[0]]
        memory.move(some[1].crate.slug, some[1].name)
    memory = progress.read()
    assert memory.of(some[0]).solved
    assert memory.of(some[1]) == progress.Standing(f"0 of {some[1].total}", 1)
    assert memory.of(some[2]) == progress.Standing("not started", 0)
    assert memory.current == (some[1].crate.slug, some[1].name)


def test_hints_come_one_after_the_other_and_end(some: list[Exercise]) -> None:
    memory = Progress()
    assert [len(memory.take_hint(some[0])) for _ in range(4)] == [1, 2, 2, 2]


def test_a_report_that_could_not_be_made_changes_no_verdict(some: list[Exercise]) -> None:
    keep(verdict(some[0]))
    with progress.editing() as memory:
        memory.keep(Report(some[0].crate, problem="does not compile"))
    assert progress.read().of(some[0]).solved


def test_an_exercise_with_other_cases_is_changed_and_its_hints_stay_taken(
    some: list[Exercise], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(verdict(some[0]))
    with progress.editing() as memory:
        memory.take_hint(some[0])
    monkeypatch.setattr(Exercise, "doc", property(lambda one: one.stub.doc + "\n\n>>> more()\n1"))
    standing = progress.read().of(some[0])
    assert (standing.state, standing.hints, standing.solved) == (progress.CHANGED, 1, False)


def test_an_exercise_with_other_words_is_the_same(
    some: list[Exercise], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(verdict(some[0]))
    monkeypatch.setattr(Exercise, "doc", property(lambda one: f"In other words.\n\n{one.stub.doc}"))
    assert progress.read().of(some[0]).solved


def test_what_is_not_known_here_is_kept(some: list[Exercise]) -> None:
    theirs = {
        "chapters": {"gone": {"old": {"state": "solved", "hints": 2, "stars": 5}}},
        "current": {"chapter": "gone", "exercise": None, "page": 3},
        "streak": 9,
    }
    progress.FILE.write_text(json.dumps(theirs), "utf-8")
    keep(verdict(some[0]))
    now = json.loads(progress.FILE.read_text("utf-8"))
    assert now["chapters"]["gone"] == theirs["chapters"]["gone"]  # type: ignore[index]
    assert (now["streak"], now["current"]) == (9, theirs["current"])
    assert Shelf().here(progress.read()).chapter.slug in Shelf().exercises


BROKEN = {
    "cut": '{"chapters": {',
    "empty": "",
    "a list": "[]",
    "no text": b"\xff\xfe",
    "chapters as a list": '{"chapters": []}',
    "a number for an exercise": '{"chapters": {"a": {"b": 1}}}',
    "hints in words": '{"chapters": {"a": {"b": {"hints": "two"}}}}',
    "a place without a chapter": '{"current": {"exercise": "x"}}',
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_costs_a_sentence_and_is_set_aside(text: str | bytes, some: list[Exercise]) -> None:
    content = text.encode() if isinstance(text, str) else text
    said: list[str] = []
    for number in (1, 2):
        progress.FILE.write_bytes(content)
        assert progress.read(said.append).current is None
        assert progress.FILE.with_name(f"progress.{number}.json").read_bytes() == content
    assert len(said) == 2
    assert "could not be understood; it is now progress.1.json" in said[0]
    keep(verdict(some[0]))
    assert progress.read().of(some[0]).solved


def test_a_folder_in_its_place_costs_a_sentence(some: list[Exercise]) -> None:
    progress.FILE.mkdir()
    said: list[str] = []
    assert progress.read(said.append).current is None
    assert len(said) == 1


def test_where_nothing_can_be_written_it_says_so(
    some: list[Exercise], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder", "utf-8")
    monkeypatch.setattr(progress, "FILE", tmp_path / "missing" / "progress.json")
    monkeypatch.setattr(progress, "LOCK", tmp_path / "file" / "progress.lock")
    said: list[str] = []
    with progress.editing(said.append) as memory:
        memory.take_hint(some[0])
    assert len(said) == 1
    assert "cannot be written" in said[0]


def mark(file: str, lock: str, chapter: int, times: int) -> None:
    progress.FILE, progress.LOCK = Path(file), Path(lock)
    for number in range(times):
        with progress.editing() as memory:
            memory.data.setdefault("marks", {}).setdefault(str(chapter), []).append(number)
            time.sleep(0.01)  # long enough for the others to come between, were there no lock


def test_two_programs_at_once_lose_nothing() -> None:
    spawn = multiprocessing.get_context("spawn")
    arguments = [(str(progress.FILE), str(progress.LOCK), number, 40) for number in range(3)]
    processes = [spawn.Process(target=mark, args=each) for each in arguments]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert progress.read().data["marks"] == {str(number): list(range(40)) for number in range(3)}
    assert [path.name for path in progress.FILE.parent.glob("progress*new")] == []


def test_git_ignores_it() -> None:
    ignored = (layout.ROOT / ".gitignore").read_text("utf-8").split()
    assert {"progress.json", "progress.*.json*"} <= set(ignored)


def test_a_name_stands_for_one_chapter_or_one_exercise() -> None:
    shelf = Shelf()
    names = [*shelf.chapters, *(one.name for some in shelf.exercises.values() for one in some)]
    assert sorted(names) == sorted(set(names)), "rename one: commands take either by its name alone"


def test_a_check_in_a_notebook_is_remembered(some: list[Exercise], monkeypatch: pytest.MonkeyPatch) -> None:
    report = Report(some[0].crate, (verdict(some[0]),))
    monkeypatch.setattr(judging, "check", lambda _: report)
    assert workbook.check("first_package") is report
    assert progress.read().of(some[0]).solved
