//! From Rust's futures to asyncio's, and back.
//!
//! What `pyo3-async-runtimes` leaves to us: a process that ends, and one that was forked.

use std::future;
use std::pin::Pin;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3_async_runtimes::tokio::{future_into_py, get_runtime, init, into_future};
use tokio::runtime::Builder;
use tokio::task::spawn_blocking;

use crate::answers::object;
use crate::calls::Answer;

/// Threads for work that waits, which is a great deal of it.
const WORKERS: usize = 2;

/// Threads for work that blocks: looking up a host's address,
/// and handing results to Python.
const ASIDE: usize = 64;

/// How long Python's end waits for our turn, where all threads are taken.
const LONGEST_QUEUE: Duration = Duration::from_secs(1);

/// What threads have, when Python ends, to let go of it.
const LAST_MOMENT: Duration = Duration::from_millis(50);

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

/// Let no result come any more: where Python has ended, there is nobody to take it. The
/// library cannot be asked to wait for those that are on their way, and for cancelled
/// work that is being dropped. So we join the queues of its threads: when it is our turn,
/// they have begun, and have a moment to arrive. A forked process has no threads.
#[pyfunction]
fn leave(py: Python<'_>) {
    LEAVING.store(true, Ordering::Release);
    if stay_in_process(py).is_err() {
        return;
    }
    let (begun, our_turn) = mpsc::channel();
    get_runtime().spawn(async { drop(spawn_blocking(move || begun.send(()))) });
    py.detach(move || {
        let _ = our_turn.recv_timeout(LONGEST_QUEUE);
        thread::sleep(LAST_MOMENT);
    });
}

/// Begin `work` on the runtime's threads, and return a future of
/// asyncio's that will have its result.
///
/// If that is cancelled, `work` is dropped. Raises `RuntimeError` where no event loop
/// runs, and in a forked process.
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

/// Any work, in a box: all kinds are one kind, and the
/// library is compiled for it only once.
type Work = Pin<Box<dyn Future<Output = PyResult<Converted>> + Send>>;

/// What makes an object of Python's of a result, once somebody has attached.
type Convert = dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send;

/// A result that becomes an object of Python's on its way.
struct Converted(Box<Convert>);

impl<'py> IntoPyObject<'py> for Converted {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Ok((self.0)(py)?.into_bound(py))
    }
}

/// Call an `async def` of Python's. Its body runs in the event loop, and
/// what is returned waits for it.
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
