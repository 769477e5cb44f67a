"""What exercises promise: every stub fails, every solution passes, and `check` tells a reader the truth."""

from __future__ import annotations

import shutil
import sys
import threading
from functools import cache
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from workbook import cases, crates, layout
from workbook.exercises import (
    MINUTES,
    ExerciseError,
    Report,
    Verdict,
    check,
    exercise,
    exercises,
    functions,
    run_exercises,
)
from workbook.layout import Crate
from workbook.rust import NoSuchItemError

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


# --- The machinery, on a crate of its own ---

LIB = """\
//! A ferry's log.

#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod solutions;

use pyo3::prelude::*;

/// How many cars fit.
#[pyfunction]
fn room() -> u32 {
    40
}

/// The log.
#[pymodule]
mod check_probe {
    #[pymodule_export]
    use super::room;

    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
"""

STUBS = """\
//! Exercises: a ferry's log.
#![allow(unused_variables)]

use pyo3::prelude::*;

/// For you to finish.
#[pymodule(submodule)]
pub mod exercises {
    use pyo3::exceptions::PyNotImplementedError;
    use pyo3::prelude::*;

    /// Predict: how much room is left?
    ///
    /// >>> guess() == check_probe.room()
    /// True
    #[pyfunction]
    fn guess() -> PyResult<u32> {
        Err(PyNotImplementedError::new_err("guess"))
    }

    /// Repair: how many more cars fit.
    ///
    /// >>> free(40)
    /// 0
    ///
    /// Too many cars is an error.
    ///
    /// >>> free(41)
    /// Traceback (most recent call last):
    /// ValueError: 1 too many
    #[pyfunction]
    fn free(cars: u32) -> PyResult<u32> {
        Ok(40 - cars.min(40))
    }

    /// Build: how many trips it takes.
    ///
    /// >>> cars = 81
    /// >>> trips(cars)
    /// 3
    /// >>> trips(80)
    /// 2
    /// >>> trips(0)
    /// 0
    #[pyfunction]
    fn trips(cars: u32) -> PyResult<u32> {
        Err(PyNotImplementedError::new_err("count the trips"))
    }
}
"""

SOLUTIONS = """\
//! The exercises, solved.

use pyo3::prelude::*;

/// Finished.
#[pymodule(submodule)]
pub mod solutions {
    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;

    /// All of it.
    ///
    /// # Hints
    ///
    /// 1. Read on.
    /// 2. Look at `room`.
    ///
    /// # Misconceptions
    ///
    /// - `41`: there is
    ///   no driver's seat to count.
    #[pyfunction]
    fn guess() -> PyResult<u32> {
        Ok(40)
    }

    /// Refuse what does not fit.
    ///
    /// # Hints
    ///
    /// 1. It never says no.
    /// 2. `checked_sub`.
    ///
    /// # Misconceptions
    ///
    /// - `PanicException`: a panic is no ValueError.
    #[pyfunction]
    fn free(cars: u32) -> PyResult<u32> {
        let left = 40_u32.checked_sub(cars);
        left.ok_or_else(|| PyValueError::new_err(format!("{} too many", cars - 40)))
    }

    /// Divide, and round up.
    ///
    /// # Hints
    ///
    /// 1. The last trip need not be full.
    /// 2. `div_ceil`.
    #[pyfunction]
    fn trips(cars: u32) -> PyResult<u32> {
        Ok(cars.div_ceil(40))
    }
}
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of one crate beside the book's, sharing its lock and its compiled PyO3."""
    root = tmp_path_factory.mktemp("root")
    model, folder = layout.crates()[0], root / "rust_examples" / "check_probe"
    (folder / "src").mkdir(parents=True)
    for name in ("Cargo.toml", "Cargo.lock"):
        shutil.copyfile(model.folder.parent / name, folder.parent / name)
    for name in ("Cargo.toml", "pyproject.toml"):
        text = (model.folder / name).read_text("utf-8").replace(model.distribution, "pyrust-book-check-probe")
        (folder / name).write_text(text.replace(model.slug, "check_probe"), "utf-8")
    (folder / "src" / "lib.rs").write_text(LIB, "utf-8")
    (folder / "src" / "exercises.rs").write_text(STUBS, "utf-8")
    (folder / "src" / "solutions.rs").write_text(SOLUTIONS, "utf-8")
    return root


@pytest.fixture
def probe(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Crate:
    """The crate, with no `mine.rs` yet."""
    monkeypatch.setenv("CARGO_TARGET_DIR", str(layout.crates()[0].folder.parent / "target"))
    crate = Crate("check_probe", workspace)
    mine(crate).unlink(missing_ok=True)
    return crate


def mine(crate: Crate) -> Path:
    return crate.folder / "src" / "mine.rs"


def write(crate: Crate, *changes: tuple[str, str]) -> None:
    """Put the solutions into `mine.rs`, changed."""
    text = SOLUTIONS.replace("mod solutions", "mod exercises")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    mine(crate).write_text(text, "utf-8")


def states(report: Report) -> dict[str, str]:
    return {verdict.exercise.name: verdict.state for verdict in report.verdicts}


def test_the_first_check_makes_mine_from_the_stubs_and_says_that_nothing_is_started(probe: Crate) -> None:
    report = check(probe)
    assert mine(probe).read_text("utf-8") == STUBS
    assert set(states(report).values()) == {"not started"}
    assert not report.solved
    assert str(report).splitlines()[0] == "check_probe: 0 of 3 solved"
    line = STUBS.splitlines().index("    #[pyfunction]") + 1
    assert str(report).splitlines()[-1] == f"Next: guess, in rust_examples/check_probe/src/mine.rs:{line}"


def test_a_solved_file_is_solved_and_left_as_it_was_and_nothing_is_installed(probe: Crate) -> None:
    write(probe)
    before = mine(probe).read_bytes(), mine(probe).stat().st_mtime_ns
    report = check(probe)
    assert report.solved
    assert set(states(report).values()) == {"solved"}
    assert (mine(probe).read_bytes(), mine(probe).stat().st_mtime_ns) == before
    assert crates.stale(probe) == "is not installed"
    assert "check_probe" not in sys.modules


def test_a_wrong_answer_gets_the_first_failing_case_and_the_misconception(probe: Crate) -> None:
    write(
        probe,
        ("Ok(40)", "Ok(41)"),
        ("checked_sub(cars)", 'checked_sub(cars).or_else(|| panic!("over board"))'),
        ("div_ceil(40)", "div_euclid(40)"),
    )
    report = check(probe)
    assert states(report) == {"guess": "0 of 1", "free": "1 of 2", "trips": "2 of 3"}
    assert [verdict.details() for verdict in report.verdicts] == [
        [
            ("case", "guess() == check_probe.room()"),
            ("yours", "41"),
            ("why", "there is no driver's seat to count."),
        ],
        [
            ("case", "free(41)"),
            ("expected", "ValueError: 1 too many"),
            ("got", "panicked: over board"),
            ("why", "a panic is no ValueError."),
        ],
        [("case", "trips(cars)"), ("expected", "3"), ("got", "2")],
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to name")
def test_code_that_hangs_or_brings_python_down_is_told_and_the_rest_is_judged(probe: Crate) -> None:
    write(
        probe,
        ("Ok(40)", "loop { std::hint::spin_loop(); }"),
        ("let left", "if cars == 41 { std::process::abort(); }\n        let left"),
    )
    hangs, aborts, fine = check(probe, limit=1).verdicts
    assert dict(hangs.details())["got"] == "no answer within 1 s: is there a loop without an end?"
    assert dict(aborts.details())["got"].startswith("Python itself was ended by SIGABRT")
    assert aborts.state == "1 of 2"
    assert fine.solved


def test_a_missing_function_and_a_silent_exit_are_told(probe: Crate) -> None:
    write(
        probe,
        ("fn guess", "fn gess"),
        ("Ok(cars.div", "std::process::exit(0);\n        #[expect(unreachable_code)]\n        Ok(cars.div"),
    )
    missing, fine, exits = check(probe).verdicts
    assert missing.state == "missing"
    assert "copy its stub from rust_examples/check_probe/src/exercises.rs" in missing.details()[0][1]
    assert fine.solved
    assert dict(exits.details())["got"] == "Python itself was ended with exit code 0"


def test_what_does_not_compile_gets_the_first_error_of_rustc_with_its_place(probe: Crate) -> None:
    write(probe, ("Ok(40)", "Ok(missing)"), ("Ok(cars", "Ok(also_missing"))
    line = mine(probe).read_text("utf-8").splitlines().index("        Ok(missing)") + 1
    report = check(probe)
    assert report.problem == f"does not compile, at check_probe/src/mine.rs:{line}"
    assert "error[E0425]" in str(report)
    assert "also_missing" not in str(report)
    assert "\x1b" not in str(report)
    assert "\x1b" not in report._repr_html_()
    assert not report.solved


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"fn main( {"], ids=["empty", "not UTF-8", "no Rust"])
def test_a_broken_file_gets_a_verdict_and_no_traceback(probe: Crate, content: bytes) -> None:
    mine(probe).write_bytes(content)
    report = check(probe)
    assert report.problem is not None
    assert report.problem.startswith("does not compile, at check_probe/src/")
    assert mine(probe).read_bytes() == content


def test_without_cargo_the_report_says_so(probe: Crate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    report = check(probe)
    assert report.problem == "there is no Rust here"
    assert "https://rustup.rs" in str(report)
    assert not mine(probe).exists()


def test_two_checks_at_once_agree(probe: Crate) -> None:
    write(probe)
    reports: list[Report] = []
    threads = [threading.Thread(target=lambda: reports.append(check(probe))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [report.solved for report in reports] == [True, True]


def test_a_check_waits_for_a_build_that_is_under_way(probe: Crate) -> None:
    with crates.building(probe):
        waiting = threading.Thread(target=check, args=[probe])
        waiting.start()
        waiting.join(timeout=1)
        assert not mine(probe).exists()
    waiting.join()
    assert mine(probe).exists()


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


def test_the_report_is_html_that_hides_nothing_and_trusts_nothing(probe: Crate) -> None:
    write(probe, ("Ok(40)", 'panic!("<script>")'))
    report = check(probe)._repr_html_()
    assert "panicked: &lt;script&gt;" in report
    assert "<script" not in report


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


def test_the_runner_of_cases_needs_the_standard_library_only() -> None:
    source = Path(cases.__file__).read_text("utf-8")
    imported = {
        line.split()[1].partition(".")[0]
        for line in source.splitlines()
        if line.startswith(("import ", "from "))
    }
    assert imported <= sys.stdlib_module_names
