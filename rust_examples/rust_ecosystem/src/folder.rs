//! A folder, file by file and block by block.

use std::path::{Path, PathBuf};

use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use walkdir::{DirEntry, WalkDir};

use crate::check::{Finding, check};
use crate::fullness::STACK;
use crate::rule::Rule;
use crate::source::{in_words, read};

/// So much is looked at in one go, for each thread.
const BYTES: u64 = 1 << 20;

/// So many entries of folders are looked at in one go, whatever they are.
const ENTRIES: usize = 1024;

/// A file to be read, or what is to be said of an entry that cannot be.
type Entry = (PathBuf, Option<String>);

/// The way through a folder.
pub struct Folder(walkdir::IntoIter);

impl Folder {
    /// All files below a folder, in the order of their names; or a file by itself.
    ///
    /// Links within are not followed, so a circle of them
    /// ends, and each file is there once.
    pub fn new(path: &Path) -> Self {
        Self(WalkDir::new(path).sort_by_file_name().into_iter())
    }

    /// The next files, or `None` at the end.
    fn block(&mut self, most: u64) -> Option<Vec<Entry>> {
        let (mut block, mut bytes, mut over) = (Vec::new(), 0, true);
        for entry in self.0.by_ref().take(ENTRIES) {
            over = false;
            match entry {
                Ok(entry) if is_python(&entry) => {
                    bytes += entry.metadata().map_or(0, |about| about.len());
                    block.push((entry.into_path(), None));
                }
                Ok(_) => {}
                Err(error) => {
                    let path = error.path().map(Path::to_owned).unwrap_or_default();
                    let why = error
                        .io_error()
                        .map_or("a circle of links".to_owned(), in_words);
                    block.push((path, Some(why)));
                }
            }
            if bytes > most {
                break;
            }
        }
        (!over).then_some(block)
    }
}

/// A file that ends in `.py`, or the one that was asked about.
fn is_python(entry: &DirEntry) -> bool {
    let named = entry
        .path()
        .extension()
        .is_some_and(|ending| ending == "py");
    entry.depth() == 0 && !entry.file_type().is_dir() || named && entry.file_type().is_file()
}

/// What a linter has to know.
#[derive(Clone)]
pub struct Settings {
    /// The rules that are asked.
    pub rules: Vec<&'static dyn Rule>,
    /// Whether `# noqa` is heeded.
    pub noqa: bool,
}

/// What is said of some files, one after the other.
pub struct Block {
    /// How many files these are.
    pub files: usize,
    /// What is said of them, each with the file's path.
    pub said: Vec<(PathBuf, Finding)>,
}

/// What is to be said of the next files; `None` at the end.
///
/// The threads live as long as the block takes.
pub fn next_block(
    folder: &mut Folder,
    settings: &Settings,
    threads: usize,
) -> Result<Option<Block>, String> {
    let pool = ThreadPoolBuilder::new().num_threads(threads);
    let pool = pool.stack_size(STACK).build();
    let pool = pool.map_err(|error| error.to_string())?;
    let most = BYTES * pool.current_num_threads() as u64;
    let Some(block) = folder.block(most) else {
        return Ok(None);
    };
    let said = pool.install(|| {
        let files = block.par_iter().with_max_len(1);
        let said = files.flat_map_iter(|entry| check_file(entry, settings));
        said.collect()
    });
    let files = block.len();
    Ok(Some(Block { files, said }))
}

/// What is to be said of one file.
fn check_file((path, why): &Entry, settings: &Settings) -> Vec<(PathBuf, Finding)> {
    let text = match why {
        Some(why) => Err(why.clone()),
        None => read(path),
    };
    let found = match text {
        Ok(source) => check(&source, &settings.rules, settings.noqa),
        Err(why) => vec![Finding::unreadable(why)],
    };
    found
        .into_iter()
        .map(|finding| (path.clone(), finding))
        .collect()
}
