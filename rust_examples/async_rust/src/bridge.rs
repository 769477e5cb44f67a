//! From Rust's futures to asyncio's, and back.

use std::future;
use std::io;
use std::pin::Pin;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyOSError, PyRuntimeError, PyTimeoutError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyList;
use pyo3_async_runtimes::tokio::{future_into_py, init, into_future};
use tokio::runtime::Builder;

use crate::calls::{Answer, Trouble};

/// Threads for work that waits, which is a great deal of it.
const WORKERS: usize = 2;

/// Threads for work that blocks: looking up a host's address, and handing results to Python.
const ASIDE: usize = 64;

/// What threads have, when Python ends, to let go of it.
const LAST_MOMENT: Duration = Duration::from_millis(20);

/// The process in which our threads are.
static PROCESS: PyOnceLock<u32> = PyOnceLock::new();

/// Whether Python is on its way out.
static LEAVING: AtomicBool = AtomicBool::new(false);

/// Say what the runtime is to be like, which starts its threads when it is first used.
fn prepare(py: Python<'_>) -> PyResult<u32> {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(WORKERS).max_blocking_threads(ASIDE);
    builder.thread_name("async_rust").enable_all();
    init(builder);
    let leave = wrap_pyfunction!(leave, py)?;
    py.import("atexit")?.call_method1("register", (leave,))?;
    Ok(process::id())
}

/// Let no result come any more: where Python has ended, there is nobody to take it. Those that are on their way,
/// and cancelled work that is being dropped, have a moment to arrive, for the library cannot be asked to wait.
#[pyfunction]
fn leave(py: Python<'_>) {
    LEAVING.store(true, Ordering::Release);
    py.detach(|| thread::sleep(LAST_MOMENT));
}

/// Begin `work` on the runtime's threads, and return a future of asyncio's that will have its result.
///
/// If that is cancelled, `work` is dropped. Raises `RuntimeError` where no event loop runs, and in a forked process.
pub fn awaitable<'py, T>(
    py: Python<'py>,
    work: impl Future<Output = PyResult<T>> + Send + 'static,
) -> PyResult<Bound<'py, PyAny>>
where
    T: for<'any> IntoPyObject<'any> + Send + 'static,
{
    stay_in_process(py)?;
    let work: Work = Box::pin(async {
        let result = work.await;
        if LEAVING.load(Ordering::Acquire) {
            future::pending::<()>().await;
        }
        result.map(|value| Converted(Box::new(|py| value.into_py_any(py))))
    });
    future_into_py(py, work)
}

/// A forked process has none of our threads, and would wait for them for ever.
fn stay_in_process(py: Python<'_>) -> PyResult<()> {
    if *PROCESS.get_or_try_init(py, || prepare(py))? == process::id() {
        return Ok(());
    }
    let message = "the threads of async_rust are not in this process, which was forked: \
                   start it with the method 'spawn'";
    Err(PyRuntimeError::new_err(message))
}

/// Any work, in a box: all kinds are one kind, and the library is compiled for it only once.
type Work = Pin<Box<dyn Future<Output = PyResult<Converted>> + Send>>;

/// A result that becomes an object of Python's when somebody has attached.
struct Converted(Box<dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send>);

impl<'py> IntoPyObject<'py> for Converted {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Ok((self.0)(py)?.into_bound(py))
    }
}

/// Call an `async def` of Python's. Its body runs in the event loop, and what is returned waits for it.
pub fn tell(
    report: &Py<PyAny>,
    place: usize,
    answer: &Answer,
) -> PyResult<impl Future<Output = PyResult<Py<PyAny>>> + use<>> {
    Python::attach(|py| {
        let coroutine = report.bind(py).call1((place, object(py, answer)?))?;
        if !coroutine.hasattr("__await__")? {
            let message = "report must be an async def: what it returned cannot be awaited";
            return Err(PyTypeError::new_err(message));
        }
        into_future(coroutine)
    })
}

/// What servers have answered, each with its place among the addresses.
#[derive(Default)]
pub struct Answers(Vec<(usize, Answer)>);

impl Answers {
    pub fn add(&mut self, place: usize, answer: Answer) {
        self.0.push((place, answer));
    }
}

/// A list in the order of the addresses.
impl<'py> IntoPyObject<'py> for Answers {
    type Target = PyList;
    type Output = Bound<'py, PyList>;
    type Error = PyErr;

    fn into_pyobject(mut self, py: Python<'py>) -> PyResult<Self::Output> {
        self.0.sort_unstable_by_key(|&(place, _)| place);
        let objects = self.0.iter().map(|(_, answer)| object(py, answer));
        PyList::new(py, objects.collect::<PyResult<Vec<_>>>()?)
    }
}

/// The words, or the exception, which is not raised.
fn object<'py>(py: Python<'py>, answer: &Answer) -> PyResult<Bound<'py, PyAny>> {
    match answer {
        Ok(words) => words.into_bound_py_any(py),
        Err(trouble) => exception(py, trouble),
    }
}

/// Where `?` leaves a function of Python's, the exception is raised.
impl From<Trouble> for PyErr {
    fn from(trouble: Trouble) -> Self {
        Python::attach(|py| exception(py, &trouble).map_or_else(|error| error, Self::from_value))
    }
}

/// As Python's own sockets would have it: `OSError` chooses the type by the number.
fn exception<'py>(py: Python<'py>, trouble: &Trouble) -> PyResult<Bound<'py, PyAny>> {
    let Trouble { error, place } = trouble;
    let kind = py.get_type::<PyOSError>();
    let words = error.to_string();
    match error.raw_os_error() {
        Some(code) if cfg!(windows) => kind.call1((0, words, place, code)),
        Some(code) => {
            let words = py.import("os")?.call_method1("strerror", (code,))?;
            kind.call1((code, words, place))
        }
        None => {
            let kind = match error.kind() {
                io::ErrorKind::TimedOut => py.get_type::<PyTimeoutError>(),
                io::ErrorKind::InvalidInput => py.get_type::<PyValueError>(),
                _ => kind,
            };
            kind.call1((format!("{place}: {words}"),))
        }
    }
}
