//! What is said of one file.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Seek, SeekFrom};
use std::path::{Path, PathBuf};

use pyo3::prelude::*;

use crate::headers::header;
use crate::marks::Marks;
use crate::trouble::Trouble;

/// Fewer mentions of Rust sources than this to a megabyte, and
/// most of a file is something else.
const MENTIONS_A_MEGABYTE: u64 = 10;

/// Names that only a native file should have.
const ENDINGS: [&str; 5] = ["so", "pyd", "dll", "dylib", "exe"];

/// What the detective says of one file.
#[pyclass(module = "rust_powered_tools", frozen, get_all)]
#[derive(Debug)]
pub struct Finding {
    /// The file.
    path: PathBuf,
    /// Its size, in bytes.
    pub size: u64,
    /// `ELF`, `Mach-O` or `PE`; `None` where it is none of them.
    format: Option<&'static str>,
    /// `Rust`, `Rust in part`, `no trace of Rust`, or `not judged`.
    pub verdict: &'static str,
    /// The release of rustc, such as `1.95.0`, or else `commit 59807616e`, or `unknown`.
    compiler: Option<String>,
    /// The crates whose sources the file names, each with its version.
    crates: Vec<String>,
    /// How often a Rust source is mentioned.
    mentions: u64,
    /// Why the file was not judged.
    problem: Option<String>,
}

#[pymethods]
impl Finding {
    fn __repr__(&self) -> String {
        let name = self.name();
        let more = match (&self.compiler, &self.problem) {
            (Some(compiler), _) => format!(", rustc {compiler}"),
            (_, Some(problem)) => format!(": {problem}"),
            _ => String::new(),
        };
        format!("<{name}: {}{more}>", self.verdict)
    }
}

impl Finding {
    /// Look at the file at `path`, which is opened only where it is a regular file.
    pub fn of(path: &Path, pause: impl FnMut() -> Result<(), Trouble>) -> Result<Self, Trouble> {
        let kind = fs::metadata(path)?.file_type();
        if kind.is_dir() {
            return Err(Trouble::Folder);
        }
        if !kind.is_file() {
            return Err(Trouble::Special);
        }
        let mut file = File::open(path)?;
        let size = file.metadata()?.len();
        let Some(header) = header(&file) else {
            return Ok(Self::unjudged(
                path,
                size,
                "no header of ELF, Mach-O or PE".into(),
            ));
        };
        let mut finding = match header.end {
            None => Self::unjudged(path, size, "its header is damaged or cut off".into()),
            Some(end) if end > size => {
                let said =
                    format!("cut off: its header speaks of {end} bytes, and there are {size}");
                Self::unjudged(path, size, said)
            }
            Some(_) => {
                file.seek(SeekFrom::Start(0))?;
                Self::judged(path, size, Marks::search(&file, pause)?)
            }
        };
        finding.format = Some(header.format);
        Ok(finding)
    }

    /// The name of the file, as well as it can be written.
    pub fn name(&self) -> Cow<'_, str> {
        let name = self.path.file_name().unwrap_or(self.path.as_os_str());
        name.to_string_lossy()
    }

    /// Nothing can be said of the file, and why.
    pub fn unjudged(path: &Path, size: u64, problem: String) -> Self {
        Self {
            path: path.to_owned(),
            size,
            format: None,
            verdict: "not judged",
            compiler: None,
            crates: Vec::new(),
            mentions: 0,
            problem: Some(problem),
        }
    }

    fn judged(path: &Path, size: u64, marks: Marks) -> Self {
        let verdict = verdict(&marks, size);
        let commit = |hash: String| format!("commit {}", &hash[..9]);
        let compiler = (verdict != "no trace of Rust").then(|| {
            let known = marks.stamp.or(marks.source).or(marks.commit.map(commit));
            known.unwrap_or_else(|| "unknown".into())
        });
        Self {
            path: path.to_owned(),
            size,
            format: None,
            verdict,
            compiler,
            crates: marks.crates.into_iter().collect(),
            mentions: marks.mentions,
            problem: None,
        }
    }

    /// Whether a survey should tell of it: native files, and those
    /// that only have the name of one.
    pub fn is_worth_telling(&self) -> bool {
        let ending = self.path.extension().and_then(OsStr::to_str);
        self.format.is_some() || ending.is_some_and(|ending| ENDINGS.contains(&ending))
    }
}

/// The verdict on a whole file of `size` bytes.
fn verdict(marks: &Marks, size: u64) -> &'static str {
    let released = marks.stamp.is_some() || marks.source.is_some();
    let certain = released || marks.commit.is_some();
    if !certain && marks.hearsay.len() < 2 {
        return "no trace of Rust";
    }
    let expected = size / 1_000_000 * MENTIONS_A_MEGABYTE;
    if marks.mentions > 0 && marks.mentions < expected {
        return "Rust in part";
    }
    "Rust"
}
