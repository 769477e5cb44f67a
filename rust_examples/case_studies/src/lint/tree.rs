//! All Python files of a folder, on several threads.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use walkdir::WalkDir;

use super::checker::Python;
use super::depth::STACK;
use super::file::{Diagnostic, check_file};

/// How often we ask whether to go on.
const PAUSE: Duration = Duration::from_millis(20);

/// Why there is no result.
pub enum Stop<E> {
    /// The folder, or the threads, cannot be had.
    System(io::Error),
    /// Somebody wants us to stop.
    Asked(E),
}

/// What is to be said of a file, or of all Python files in a folder and the folders
/// within, in the order of paths.
///
/// Symbolic links within are not followed, so a loop of them ends, and each
/// file counts once. `threads` is 0 for one a core. `pause` is asked many
/// times a second whether to go on.
pub fn check_tree<E: Send>(
    path: &Path,
    python: &Python,
    threads: usize,
    mut pause: impl FnMut() -> Result<(), E> + Send,
) -> Result<Vec<Diagnostic>, Stop<E>> {
    let mut found = Vec::new();
    let files = files(path, &mut found, &mut pause)?;
    let pool = ThreadPoolBuilder::new()
        .num_threads(threads)
        .stack_size(STACK)
        .build()
        .map_err(|error| Stop::System(io::Error::other(error)))?;
    let stop = AtomicBool::new(false);
    let (sender, receiver) = channel();
    let asked = std::thread::scope(|scope| {
        scope.spawn(|| {
            let sender = sender; // dropped at the end, which ends the wait below
            pool.install(|| {
                files.par_iter().for_each_with(sender, |sender, path| {
                    if !stop.load(Ordering::Relaxed) {
                        let _ = sender.send(check_file(path, python)); // nobody may listen any more
                    }
                });
            });
        });
        loop {
            match receiver.recv_timeout(PAUSE) {
                Ok(diagnostics) => found.extend(diagnostics),
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
                Err(RecvTimeoutError::Timeout) => {
                    if let Err(error) = pause() {
                        stop.store(true, Ordering::Relaxed);
                        return Err(Stop::Asked(error));
                    }
                }
            }
        }
    });
    asked?;
    found.sort_unstable();
    Ok(found)
}

/// The Python files. What cannot be looked into is said at once.
fn files<E>(
    path: &Path,
    found: &mut Vec<Diagnostic>,
    pause: &mut impl FnMut() -> Result<(), E>,
) -> Result<Vec<PathBuf>, Stop<E>> {
    if path.metadata().map_err(Stop::System)?.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    std::fs::read_dir(path).map_err(Stop::System)?;
    let mut files = Vec::new();
    for (number, entry) in WalkDir::new(path).into_iter().enumerate() {
        if number % 64 == 0 {
            pause().map_err(Stop::Asked)?;
        }
        match entry {
            Ok(entry) => {
                let is_python = entry
                    .path()
                    .extension()
                    .is_some_and(|ending| ending == "py");
                if is_python && entry.file_type().is_file() {
                    files.push(entry.into_path());
                }
            }
            Err(error) => found.push(Diagnostic {
                path: error.path().unwrap_or(path).to_owned(),
                line: 0,
                column: 0,
                code: "E902",
                message: error
                    .io_error()
                    .map_or("a loop".to_owned(), super::file::said),
            }),
        }
    }
    Ok(files)
}
