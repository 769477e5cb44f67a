//! One server: who connects is greeted by a line, as SSH, SMTP and FTP do it.

use std::io::{self, BufRead, Read};
use std::net::{TcpStream as BlockingStream, ToSocketAddrs};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::time;

/// Bytes of a greeting that are read; what comes after them is not.
const LONGEST: u64 = 1_024;

/// What a server says, or why it does not.
pub type Answer = Result<String, Trouble>;

/// What went wrong, and where.
#[derive(Debug)]
pub struct Trouble {
    pub error: io::Error,
    pub place: String,
}

/// A call that is under way, for as long as this lives.
pub struct Visit(());

/// How many there are.
static VISITS: AtomicUsize = AtomicUsize::new(0);

impl Visit {
    pub fn begin() -> Self {
        VISITS.fetch_add(1, Ordering::Relaxed);
        Self(())
    }

    pub fn count() -> usize {
        VISITS.load(Ordering::Relaxed)
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        VISITS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The first line that a server says.
pub async fn greeting(host: &str, port: u16) -> Answer {
    let _visit = Visit::begin();
    first_line(host, port).await.map_err(|error| Trouble {
        error,
        place: format!("{host}:{port}"),
    })
}

async fn first_line(host: &str, port: u16) -> io::Result<String> {
    let stream = TcpStream::connect((host, port)).await?;
    let mut line = Vec::new();
    let mut reader = BufReader::new(stream.take(LONGEST));
    reader.read_until(b'\n', &mut line).await?;
    Ok(as_text(&line))
}

/// The same, with a limit in time.
pub async fn prompt_greeting(host: &str, port: u16, limit: Duration) -> Answer {
    let late = |_| {
        Err(Trouble {
            error: too_late(limit),
            place: format!("{host}:{port}"),
        })
    };
    time::timeout(limit, greeting(host, port))
        .await
        .unwrap_or_else(late)
}

/// The same for a thread that waits for it.
pub fn blocking(host: &str, port: u16, limit: Duration) -> Answer {
    let _visit = Visit::begin();
    let deadline = Instant::now() + limit;
    blocking_line(host, port, deadline).map_err(|error| Trouble {
        // What the system calls a read that took too long depends on the system.
        error: match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => too_late(limit),
            _ => error,
        },
        place: format!("{host}:{port}"),
    })
}

fn blocking_line(host: &str, port: u16, deadline: Instant) -> io::Result<String> {
    let mut failed = None;
    for address in (host, port).to_socket_addrs()? {
        match BlockingStream::connect_timeout(&address, left(deadline)?) {
            Ok(stream) => return blocking_read(&stream, deadline),
            Err(error) => failed = Some(error),
        }
    }
    Err(failed.unwrap_or_else(|| io::Error::other("the host has no address")))
}

/// Read piece by piece, since the limit of a socket is one for each piece.
fn blocking_read(stream: &BlockingStream, deadline: Instant) -> io::Result<String> {
    let mut line = Vec::new();
    let mut reader = io::BufReader::new(stream.take(LONGEST));
    loop {
        stream.set_read_timeout(Some(left(deadline)?))?;
        let piece = reader.fill_buf()?;
        let end = piece.iter().position(|&byte| byte == b'\n');
        line.extend_from_slice(&piece[..end.unwrap_or(piece.len())]);
        let taken = piece.len();
        if end.is_some() || taken == 0 {
            return Ok(as_text(&line));
        }
        reader.consume(taken);
    }
}

/// The time that is left, which is never none.
fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    Ok(left)
}

fn too_late(limit: Duration) -> io::Error {
    let message = format!("no greeting within {} s", limit.as_secs_f64());
    io::Error::new(io::ErrorKind::TimedOut, message)
}

/// A line as text, without its end.
fn as_text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).trim_end().to_owned()
}

#[cfg(test)]
pub mod tests {
    use std::io::{ErrorKind, Write};
    use std::net::TcpListener;
    use std::thread;
    use std::time::Duration;

    use super::{as_text, blocking, greeting, prompt_greeting};

    /// A server that says this to the first who call, so many of them.
    pub fn server(words: &'static [u8], calls: usize) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming().take(calls) {
                stream.unwrap().write_all(words).unwrap();
            }
        });
        port
    }

    /// A port at which nobody listens.
    pub fn nobody() -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    }

    /// A runtime for one test.
    pub fn block_on<F: Future>(work: F) -> F::Output {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().unwrap().block_on(work)
    }

    #[test]
    fn the_first_line_is_the_greeting() {
        for (words, expected) in [
            (&b"220 ready\r\nmore\n"[..], "220 ready"),
            (b"", ""),
            (b"no end", "no end"),
            (b"\xff\n", "\u{fffd}"),
        ] {
            let port = server(words, 2);
            assert_eq!(block_on(greeting("127.0.0.1", port)).unwrap(), expected);
            let limit = Duration::from_secs(5);
            assert_eq!(blocking("127.0.0.1", port, limit).unwrap(), expected);
        }
    }

    #[test]
    fn nobody_says_nothing() {
        let trouble = block_on(greeting("127.0.0.1", nobody())).unwrap_err();
        assert_eq!(trouble.error.kind(), ErrorKind::ConnectionRefused);
    }

    #[test]
    fn a_silent_server_is_given_up() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let limit = Duration::from_millis(20);
        for answer in [
            block_on(prompt_greeting("127.0.0.1", port, limit)),
            blocking("127.0.0.1", port, limit),
        ] {
            let error = answer.unwrap_err().error;
            assert_eq!(error.kind(), ErrorKind::TimedOut);
            assert_eq!(error.to_string(), "no greeting within 0.02 s");
        }
    }

    #[test]
    fn the_end_of_a_line_is_not_part_of_it() {
        assert_eq!(as_text(b"a\r\n"), "a");
        assert_eq!(as_text(b"\n"), "");
    }
}
