"""What exercises promise: every stub fails, every solution passes, and `check` tells a reader the truth."""

from __future__ import annotations

from functools import cache

import probes
import pytest
from markdown_it import MarkdownIt

from workbook import crates, layout
from workbook.exercises import MINUTES, ExerciseError, exercise, exercises, functions
from workbook.judging import run_exercises
from workbook.layout import Crate
from workbook.rust import NoSuchItemError
from workbook.verdicts import Verdict

# --- The exercises of the book ---

every_crate = pytest.mark.parametrize("crate", layout.crates(), ids=lambda crate: crate.slug)
every_exercise = pytest.mark.parametrize(
    ("crate", "name"),
    [
        pytest.param(crate, name, id=f"{crate.slug}-{name}")
        for crate in layout.crates()
        for name in functions(crate, "exercises")
    ],
)


@cache
def verdicts(crate: Crate, submodule: str) -> dict[str, Verdict]:
    reason = crates.stale(crate)
    assert reason is None, f"{crate.slug} {reason}: run workbook crates"
    return {verdict.exercise.name: verdict for verdict in run_exercises(crate, submodule)}


@every_exercise
def test_every_stub_fails(crate: Crate, name: str) -> None:
    verdict = verdicts(crate, "exercises")[name]
    assert not verdict.solved
    assert not verdict.missing


@every_exercise
def test_every_solution_passes(crate: Crate, name: str) -> None:
    verdict = verdicts(crate, "solutions")[name]
    assert verdict.failure is None, f"{verdict.failure}"
    assert verdict.solved


@every_exercise
def test_a_repair_stub_answers_and_the_others_say_that_they_are_not_implemented(
    crate: Crate, name: str
) -> None:
    verdict = verdicts(crate, "exercises")[name]
    gots = [case.got for case in verdict.cases if case.got is not None]
    unanswered = any(got.startswith("NotImplementedError") for got in gots)
    assert unanswered == (verdict.exercise.kind != "repair")
    assert (verdict.passed > 0) == (verdict.exercise.kind == "repair"), "a repair is right in part"


@every_exercise
def test_stub_and_solution_have_the_same_signature(crate: Crate, name: str) -> None:
    one = exercise(crate, name)
    assert one.stub.signature == one.solution.signature
    assert attributes(one.stub.code) == attributes(one.solution.code)


def attributes(code: str) -> list[str]:
    return [line.strip() for line in code.splitlines() if line.strip().startswith("#[py")]


@every_exercise
def test_hints_are_two_sentences_and_no_solution(crate: Crate, name: str) -> None:
    one = exercise(crate, name)
    assert len(one.hints) == 2
    assert all(hint.endswith((".", "?", "!")) for hint in one.hints)
    assert one.explanation.endswith(".")


@every_crate
def test_the_exercises_climb_the_ladder(crate: Crate) -> None:
    kinds = [one.kind for one in exercises(crate)]
    assert len(kinds) >= 3
    assert kinds == sorted(kinds, key=list(MINUTES).index)
    assert set(kinds) == set(MINUTES)


@every_crate
def test_stubs_give_no_solution_away(crate: Crate) -> None:
    stubs = (crate.folder / "src" / "exercises.rs").read_text("utf-8")
    for one in exercises(crate):
        assert one.explanation not in stubs
        assert not any(hint in stubs for hint in one.hints)


# --- What an exercise is, on a crate of its own ---


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Crate:
    return probes.lay_out(tmp_path_factory.mktemp("root"), "exercises_probe")


def test_the_panel_shows_the_task_and_folds_hints_and_solution(probe: Crate) -> None:
    markdown = exercise(probe, "free")._repr_markdown_()
    tokens = MarkdownIt().parse(markdown)
    fences = [(token.info, token.content) for token in tokens if token.type == "fence"]
    stub, solution = exercise(probe, "free").stub.code, exercise(probe, "free").solution.code
    assert fences == [
        ("pycon", ">>> free(40)\n0\n"),
        ("pycon", ">>> free(41)\nTraceback (most recent call last):\nValueError: 1 too many\n"),
        ("rust", stub),
        ("rust", solution),
    ]
    assert markdown.startswith("**Repair, 8 minutes:** `free`")
    page, *folds = markdown.split("<details>")
    assert "Too many cars is an error." in page
    assert "checked_sub" not in page
    assert ["checked_sub" in fold for fold in folds] == [False, True, True]


def test_an_unknown_exercise_is_refused_with_those_that_there_are(probe: Crate) -> None:
    with pytest.raises(NoSuchItemError, match=r"There is no exercise 'fee' .* there is guess, free, trips"):
        exercise(probe, "fee")


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("exercises", "Repair: how", "How", r"exercises.rs, free: its doc comment begins with 'Predict:'"),
        ("exercises", "/// >>> guess()", "/// guess()", r"exercises.rs, guess: it has no case"),
        ("solutions", "fn guess", "fn gess", r"solutions.rs, guess: there is no solution of this name"),
        ("solutions", "    /// 2. Look at `room`.\n", "", r"guess: it needs exactly two hints.* and has 1"),
    ],
    ids=["kind", "cases", "solution", "hints"],
)
def test_an_exercise_that_is_not_written_as_agreed_names_file_and_cure(
    probe: Crate, file: str, old: str, new: str, message: str
) -> None:
    path = probe.folder / "src" / f"{file}.rs"
    whole = path.read_text("utf-8")
    assert old in whole
    path.write_text(whole.replace(old, new), "utf-8")
    try:
        with pytest.raises(ExerciseError, match=message):
            exercises(probe)
    finally:
        path.write_text(whole, "utf-8")
