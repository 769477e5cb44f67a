//! The linter, as Python sees it.

use std::collections::VecDeque;
use std::path::PathBuf;

use pyo3::exceptions::{PyKeyError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyString, PyTuple};

use crate::check::{Finding, check};
use crate::diagnostic::Diagnostic;
use crate::folder::{Folder, Settings, next_block};
use crate::fullness::STACK;
use crate::rule::Rule;
use crate::rules::ALL;

/// More than this is a slip of the keyboard.
const MOST_THREADS: usize = 64;

/// A linter with some rules, and a mapping of their codes to what they say.
#[pyclass(frozen, module = "rust_ecosystem")]
pub struct Linter(Settings);

#[pymethods]
impl Linter {
    /// A linter with the rules of these codes; with all rules if `select` is `None`.
    ///
    /// With `noqa=False`, comments that ask to be spared are not heeded.
    ///
    /// Raises `ValueError` where a code is that of no rule, and
    /// `TypeError` where `select` is one string.
    #[new]
    #[pyo3(signature = (select=None, *, noqa=true))]
    fn new(py: Python<'_>, select: Option<&Bound<'_, PyAny>>, noqa: bool) -> PyResult<Self> {
        let mut rules = ALL.to_vec();
        if let Some(select) = select {
            if select.is_instance_of::<PyString>() {
                let message = "one string is no list of codes: put it into one";
                return Err(PyTypeError::new_err(message));
            }
            let mut wanted = [false; ALL.len()];
            for code in select.try_iter()? {
                py.check_signals()?;
                wanted[place(&code?.extract::<String>()?)?] = true;
            }
            let mut wanted = wanted.into_iter();
            rules.retain(|_| wanted.next() == Some(true));
        }
        Ok(Self(Settings { rules, noqa }))
    }

    /// What is to be said of a program, in the order of its lines.
    ///
    /// Other threads of Python run meanwhile.
    fn check(&self, py: Python<'_>, source: &str) -> PyResult<Vec<Diagnostic>> {
        let found = checked(py, source, &self.0.rules, self.0.noqa)?;
        Ok(found
            .into_iter()
            .map(|one| Diagnostic::new(None, one))
            .collect())
    }

    /// What is to be said of a file, or of all `.py` files of a folder and the
    /// folders within: an iterator, which looks at some files when it is asked for
    /// the next diagnostic and has none left.
    ///
    /// The files come in the order of their names. Symbolic links within the folder are
    /// not followed. What cannot be read or is no Python is a diagnostic like any other.
    /// `threads` is how many work at it, one a core if it is `None`. Other threads of
    /// Python run meanwhile, and Ctrl-C is heard.
    ///
    /// Raises at once what `os.stat` and `os.scandir` would where there is no such
    /// folder, and `ValueError` where `threads` is not between 1 and 64.
    #[allow(clippy::needless_pass_by_value)] // what Python passes arrives by value
    #[pyo3(signature = (path, *, threads=None))]
    fn walk(&self, py: Python<'_>, path: PathBuf, threads: Option<usize>) -> PyResult<Findings> {
        if let Some(threads) = threads
            && !(1..=MOST_THREADS).contains(&threads)
        {
            let message = format!("threads must be between 1 and {MOST_THREADS}, not {threads}");
            return Err(PyValueError::new_err(message));
        }
        let os = py.import("os")?;
        let mode = os.call_method1("stat", (&path,))?.getattr("st_mode")?;
        if py
            .import("stat")?
            .call_method1("S_ISDIR", (mode,))?
            .is_truthy()?
        {
            os.call_method1("scandir", (&path,))?
                .call_method0("close")?;
        }
        Ok(Findings {
            folder: Some(Folder::new(&path)),
            settings: self.0.clone(),
            threads: threads.unwrap_or(0),
            waiting: VecDeque::new(),
            files: 0,
        })
    }

    /// What the rule of a code says. Raises `KeyError` where there is none
    /// among the rules of this linter.
    fn __getitem__(&self, code: &Bound<'_, PyAny>) -> PyResult<&'static str> {
        let rule = self.rule(code);
        let rule = rule.ok_or_else(|| PyKeyError::new_err((code.clone().unbind(),)))?;
        Ok(rule.message())
    }

    fn __contains__(&self, code: &Bound<'_, PyAny>) -> bool {
        self.rule(code).is_some()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        PyTuple::new(py, self.keys())?.try_iter()
    }

    fn __len__(&self) -> usize {
        self.0.rules.len()
    }

    /// The codes of its rules.
    fn keys(&self) -> Vec<&'static str> {
        self.0.rules.iter().map(|rule| rule.code()).collect()
    }

    fn __repr__(&self) -> String {
        format!("<a linter with {}>", self.keys().join(", "))
    }
}

impl Linter {
    fn rule(&self, code: &Bound<'_, PyAny>) -> Option<&'static dyn Rule> {
        let code: String = code.extract().ok()?;
        self.0
            .rules
            .iter()
            .find(|rule| rule.code() == code)
            .copied()
    }
}

/// Where a rule stands among all.
fn place(code: &str) -> PyResult<usize> {
    ALL.iter()
        .position(|rule| rule.code() == code)
        .ok_or_else(|| {
            let known = ALL.map(Rule::code).join(", ");
            PyValueError::new_err(format!("there is no rule {code:?}, but there is {known}"))
        })
}

/// What some rules say of a program, in the order of its lines,
/// while other threads of Python run.
pub fn checked(
    py: Python<'_>,
    source: &str,
    rules: &[&'static dyn Rule],
    noqa: bool,
) -> PyResult<Vec<Finding>> {
    py.detach(|| with_stack(|| check(source, rules, noqa)))
}

/// Do something on a thread that has all the stack it may need.
fn with_stack<T: Send>(work: impl FnOnce() -> T + Send) -> PyResult<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, work)?;
        let done = thread.join();
        done.map_err(|_| PyRuntimeError::new_err("the thread that looked at it has panicked"))
    })
}

/// The diagnostics of a folder, as they are found. Once it is
/// exhausted or has failed, it stays so.
#[pyclass(module = "rust_ecosystem")]
pub struct Findings {
    folder: Option<Folder>,
    settings: Settings,
    threads: usize,
    waiting: VecDeque<(PathBuf, Finding)>,
    /// How many files have been looked at so far.
    #[pyo3(get)]
    files: usize,
}

#[pymethods]
impl Findings {
    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__(&mut self, py: Python<'_>) -> PyResult<Option<Diagnostic>> {
        while self.waiting.is_empty()
            && let Some(folder) = &mut self.folder
        {
            let (settings, threads) = (&self.settings, self.threads);
            let block = py.detach(|| next_block(folder, settings, threads));
            match block.map_err(PyRuntimeError::new_err)? {
                Some(block) => {
                    self.waiting.extend(block.said);
                    self.files += block.files;
                }
                None => self.folder = None,
            }
            py.check_signals()?;
        }
        let next = self.waiting.pop_front();
        Ok(next.map(|(path, finding)| Diagnostic::new(Some(path), finding)))
    }
}
