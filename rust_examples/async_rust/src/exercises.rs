//! Exercises: what goes on after it was cancelled, a retry that blocks, and the first that answers.
#![allow(unused_variables)]

use pyo3::pymodule;

/// Work for asyncio, for you to finish.
#[pymodule(submodule)]
pub mod exercises {
    use std::thread;
    use std::time::Duration;

    use pyo3::exceptions::PyNotImplementedError;
    use pyo3::prelude::*;

    use crate::arguments::{addresses, port};
    use crate::bridge::awaitable;
    use crate::calls::greeting;

    /// Predict: `stay(way, seconds, done)` waits in Rust for some seconds, and then calls `done`. It is
    /// cancelled while it waits. In which ways is `done` called all the same?
    ///
    /// Return four answers in this order: `itself`, where the future that Python awaits waits; `spawned`,
    /// where it awaits a task that it gave to `tokio::spawn`; `set`, where that task is in a `JoinSet` of its
    /// own; `aside`, where it awaits a thread that sleeps, from `spawn_blocking`. The case tries all four, and
    /// compares.
    ///
    /// >>> import asyncio
    /// >>> from async_rust import stay
    /// >>> async def goes_on(way):
    /// ...     done = []
    /// ...     try:
    /// ...         async with asyncio.timeout(0.05):
    /// ...             await stay(way, 0.2, lambda: done.append(way))
    /// ...     except TimeoutError:
    /// ...         await asyncio.sleep(0.4)
    /// ...     return bool(done)
    /// >>> ways = "itself spawned set aside".split()
    /// >>> which_go_on() == [asyncio.run(goes_on(way)) for way in ways]
    /// True
    #[pyfunction]
    fn which_go_on() -> PyResult<Vec<bool>> {
        Err(PyNotImplementedError::new_err("which of the four go on?"))
    }

    /// Repair: The greeting of a server that is about to start: it is called up to `tries` times, with a pause
    /// between two of them. Alone it does well. But who calls many such servers at once waits far too long.
    ///
    /// The last case calls twenty ports at which nobody is, each three times. All together take what one
    /// takes, which is two pauses of 0.1 s.
    ///
    /// >>> import asyncio, socket, threading, time
    /// >>> server = socket.create_server(("127.0.0.1", 0))
    /// >>> port = server.getsockname()[1]
    /// >>> def greet():
    /// ...     server.accept()[0].sendall(b"ready\n")
    /// >>> threading.Thread(target=greet, daemon=True).start()
    /// >>> async def call(port, tries):
    /// ...     return await patient("127.0.0.1", port, tries)
    /// >>> asyncio.run(call(port, 3))
    /// 'ready'
    /// >>> server.close()
    /// >>> async def call_nobody(count):
    /// ...     calls = [patient("127.0.0.1", port, 3) for _ in range(count)]
    /// ...     return await asyncio.gather(*calls, return_exceptions=True)
    /// >>> {type(error).__name__ for error in asyncio.run(call_nobody(1))}
    /// {'ConnectionRefusedError'}
    /// >>> begin = time.perf_counter()
    /// >>> answers = asyncio.run(call_nobody(20))
    /// >>> time.perf_counter() - begin < 1
    /// True
    #[pyfunction]
    fn patient(
        py: Python<'_>,
        host: String,
        #[pyo3(from_py_with = port)] port: u16,
        tries: u32,
    ) -> PyResult<Bound<'_, PyAny>> {
        awaitable(py, async move {
            let mut answer = greeting(&host, port).await;
            for _ in 1..tries {
                if answer.is_ok() {
                    break;
                }
                thread::sleep(Duration::from_millis(100));
                answer = greeting(&host, port).await;
            }
            Ok(answer?)
        })
    }

    /// Build: The greeting of the server that answers first. All are called at the same time; as soon as one
    /// has answered, the calls of the others end. Where none answers, raise what the last one failed with.
    ///
    /// >>> import asyncio
    /// >>> from async_rust import visits
    /// >>> async def server(words, after):
    /// ...     async def greet(reader, writer):
    /// ...         try:
    /// ...             await asyncio.sleep(after)
    /// ...             writer.write(words)
    /// ...         except asyncio.CancelledError:
    /// ...             pass
    /// ...         writer.close()
    /// ...     started = await asyncio.start_server(greet, "127.0.0.1", 0)
    /// ...     return started.sockets[0].getsockname()
    /// >>> async def nobody():
    /// ...     started = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    /// ...     address = started.sockets[0].getsockname()
    /// ...     started.close()
    /// ...     return address
    /// >>> async def race(*afters):
    /// ...     addresses = [await nobody()]
    /// ...     for after in afters:
    /// ...         addresses.append(await server(b"after %g s\n" % after, after))
    /// ...     return await first_of(addresses)
    /// >>> asyncio.run(race(0.3, 0.05, 0.6))
    /// 'after 0.05 s'
    /// >>> async def under_way_after(*afters):
    /// ...     await race(*afters)
    /// ...     await asyncio.sleep(0.1)
    /// ...     return visits()
    /// >>> asyncio.run(under_way_after(2, 0.05, 2))
    /// 0
    /// >>> async def down():
    /// ...     try:
    /// ...         return await race()
    /// ...     except ConnectionRefusedError:
    /// ...         return "none answers"
    /// >>> asyncio.run(down())
    /// 'none answers'
    /// >>> async def first_of_none():
    /// ...     return await first_of([])
    /// >>> asyncio.run(first_of_none())
    /// Traceback (most recent call last):
    /// ValueError: there is no server to call
    #[pyfunction]
    fn first_of(
        py: Python<'_>,
        #[pyo3(from_py_with = addresses)] addresses: Vec<(String, u16)>,
    ) -> PyResult<Bound<'_, PyAny>> {
        Err(PyNotImplementedError::new_err("call them all, and wait"))
    }
}
