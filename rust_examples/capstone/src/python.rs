//! What Python sees of the analyser.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::analyser;
use crate::source::Source;
use crate::tally::Tally;

/// A line that was not counted, or the place where a file is damaged.
#[pyclass(frozen, get_all, module = "capstone")]
#[derive(Clone)]
pub struct Problem {
    /// The file, as the caller called it.
    source: String,
    /// The number of the line, from 1.
    line: u64,
    /// How many bytes of text come before that line.
    offset: u64,
    /// The reason, to follow "the line".
    reason: &'static str,
}

#[pymethods]
impl Problem {
    fn __repr__(&self) -> String {
        let Problem {
            source,
            line,
            offset,
            reason,
        } = self;
        format!("<Problem: {source}, line {line}, byte {offset}: the line {reason}>")
    }
}

impl From<analyser::Problem> for Problem {
    fn from(found: analyser::Problem) -> Self {
        let analyser::Problem {
            source,
            line,
            offset,
            reason,
        } = found;
        Problem {
            source,
            line,
            offset,
            reason,
        }
    }
}

/// Counts the requests of access logs, block by block.
///
/// `problems` is how many malformed lines are kept for a look. `room` is about how many
/// bytes the counts of paths and those of hosts may take, each: beyond it the rarest are
/// dropped, see `path_error`. Raises `ValueError` where `room` is less than a megabyte.
#[pyclass(module = "capstone")]
pub struct Analyser {
    inner: analyser::Analyser,
    source: Source,
    damage: Vec<Problem>,
}

#[pymethods]
impl Analyser {
    #[new]
    #[pyo3(signature = (*, problems = 10, room = 1 << 25))]
    fn new(problems: usize, room: usize) -> PyResult<Self> {
        if room < 1 << 20 {
            let said = format!("room must be 1,048,576 bytes or more, not {room}");
            return Err(PyValueError::new_err(said));
        }
        Ok(Analyser {
            inner: analyser::Analyser::new(problems, room),
            source: Source::new(),
            damage: Vec::new(),
        })
    }

    /// What comes next is the file of this name. One that was not ended is given up.
    fn begin(&mut self, name: &str) {
        self.inner.begin(name);
        self.source = Source::new();
    }

    /// Count the lines of a block, compressed or not. It may begin and end anywhere.
    fn feed(&mut self, py: Python<'_>, block: &[u8]) {
        let Analyser {
            inner,
            source,
            damage,
        } = self;
        py.detach(|| {
            let fed = source.feed(block, &mut |text| inner.feed(text));
            damage.extend(fed.err().map(|reason| inner.break_off(reason).into()));
        });
    }

    /// The file is at its end: count its last line, which may lack its line break.
    fn end(&mut self) {
        let Analyser {
            inner,
            source,
            damage,
        } = self;
        match source.end(&mut |text| inner.feed(text)) {
            Ok(()) => inner.end(),
            Err(reason) => damage.push(inner.break_off(reason).into()),
        }
        *source = Source::new();
    }

    /// How many lines were requests.
    #[getter]
    fn requests(&self) -> u64 {
        self.inner.requests
    }

    /// How many lines were not.
    #[getter]
    fn malformed(&self) -> u64 {
        self.inner.malformed
    }

    /// How many bytes were sent, as the log has it.
    #[getter]
    fn bytes(&self) -> u128 {
        self.inner.bytes
    }

    /// How often each status was the answer: pairs, in order.
    #[getter]
    fn statuses(&self) -> Vec<(usize, u64)> {
        let counts = self.inner.statuses.iter().copied().enumerate();
        counts.filter(|&(_, count)| count > 0).collect()
    }

    /// How many requests came in each hour of the day, by the server's clock: 24 numbers.
    #[getter]
    fn hours(&self) -> Vec<u64> {
        self.inner.hours.clone()
    }

    /// The paths that were asked for most often, with their
    /// counts, without what follows a `?`.
    fn paths<'py>(
        &self,
        py: Python<'py>,
        number: usize,
    ) -> PyResult<Vec<(Bound<'py, PyString>, u64)>> {
        most(py, &self.inner.paths, number)
    }

    /// The hosts that asked most often, with their counts.
    fn hosts<'py>(
        &self,
        py: Python<'py>,
        number: usize,
    ) -> PyResult<Vec<(Bound<'py, PyString>, u64)>> {
        most(py, &self.inner.hosts, number)
    }

    /// By how much the count of a path may be too low: 0 as long as
    /// all paths fitted into the room.
    #[getter]
    fn path_error(&self) -> u64 {
        self.inner.paths.error
    }

    /// By how much the count of a host may be too low.
    #[getter]
    fn host_error(&self) -> u64 {
        self.inner.hosts.error
    }

    /// The first lines that were malformed.
    #[getter]
    fn problems(&self) -> Vec<Problem> {
        self.inner
            .problems
            .iter()
            .cloned()
            .map(Problem::from)
            .collect()
    }

    /// Where a compressed file is damaged; what comes before that place was counted.
    #[getter]
    fn damage(&self) -> Vec<Problem> {
        self.damage.clone()
    }

    /// About how many bytes are held.
    #[getter]
    fn held(&self) -> usize {
        self.inner.held()
    }
}

/// Bytes that are not UTF-8 become lone surrogates, as in the names of files.
fn most<'py>(
    py: Python<'py>,
    tally: &Tally,
    number: usize,
) -> PyResult<Vec<(Bound<'py, PyString>, u64)>> {
    let text = |key| {
        let bytes = PyBytes::new(py, key);
        PyString::from_encoded_object(&bytes, Some(c"utf-8"), Some(c"surrogateescape"))
    };
    let most = tally.most(number).into_iter();
    most.map(|(key, count)| Ok((text(key)?, count))).collect()
}
