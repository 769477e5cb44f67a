//! What the name of a wheel says, and where it can be installed.

#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod fault;
mod solutions;
mod tags;
mod version;
mod wheel;
mod words;

use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::tags::Tag;
use crate::wheel::WheelName;

/// How many items of a list are looked at between two looks at Ctrl-C.
const BLOCK: usize = 4096;

/// Read the name of a wheel, a text of at most 255 ASCII characters.
///
/// Raises `ValueError`, which tells the column, where this is no such name.
#[pyfunction]
fn read_wheel_name(name: &str) -> PyResult<WheelName> {
    Ok(WheelName::read(name)?)
}

/// The tags that Python 3.`minor` takes on a system that
/// takes `platforms`, the best first.
///
/// Raises `ValueError` where `minor` is not in 2–99, where there are more than 1000
/// platforms, and where one of them is not of letters, digits and underscores.
#[pyfunction]
#[pyo3(signature = (minor, platforms, *, free_threaded = false))]
fn installable_tags(
    minor: i64,
    platforms: &Bound<'_, PyList>,
    free_threaded: bool,
) -> PyResult<Vec<String>> {
    tags::check(minor, platforms.len())?;
    let mut names = Vec::new();
    for platform in platforms {
        names.push(tags::read_platform(platform.extract()?)?);
    }
    Ok(tags::installable(minor, &names, free_threaded))
}

/// The first of `tags` that is one of this wheel's, which is
/// how installers choose, or `None`.
///
/// Raises `ValueError` where the name is not one of a wheel,
/// or one of the tags is not a tag.
#[pyfunction]
fn best_tag(name: &str, tags: &Bound<'_, PyList>) -> PyResult<Option<String>> {
    let wheel = WheelName::read(name)?;
    let best = read_tags(tags)?.into_iter().find(|tag| wheel.has(tag));
    Ok(best.map(|tag| tag.to_string()))
}

/// In words, which part of the wheel's name keeps it from an
/// interpreter that takes `tags`, or `None`.
///
/// Raises `ValueError` where the name is not one of a wheel,
/// or one of the tags is not a tag.
#[pyfunction]
fn why_not(name: &str, tags: &Bound<'_, PyList>) -> PyResult<Option<String>> {
    Ok(WheelName::read(name)?.misfit(&read_tags(tags)?))
}

/// What a tag means, in words.
///
/// Raises `ValueError`, which tells the column, where it is not a tag.
#[pyfunction]
fn in_words(tag: &str) -> PyResult<String> {
    Ok(words::of(&Tag::read(tag)?))
}

/// The sum of these sizes of files, in bytes.
///
/// Raises `OverflowError` where a size is negative, or the sum does not fit in 64 bits.
#[pyfunction]
fn total_size(sizes: &Bound<'_, PyList>) -> PyResult<u64> {
    let mut total: u64 = 0;
    for (number, size) in sizes.iter().enumerate() {
        if number % BLOCK == BLOCK - 1 {
            sizes.py().check_signals()?;
        }
        total = total
            .checked_add(size.extract()?)
            .ok_or_else(|| PyOverflowError::new_err("the sum does not fit in 64 bits"))?;
    }
    Ok(total)
}

/// The tags in a list of Python's.
fn read_tags(list: &Bound<'_, PyList>) -> PyResult<Vec<Tag>> {
    let mut tags = Vec::new();
    for (number, item) in list.iter().enumerate() {
        if number % BLOCK == BLOCK - 1 {
            list.py().check_signals()?;
        }
        tags.push(Tag::read(item.extract()?)?);
    }
    Ok(tags)
}

#[pymodule]
mod distribution {
    #[pymodule_export]
    use super::{best_tag, in_words, installable_tags, read_wheel_name, total_size, why_not};
    #[pymodule_export]
    use crate::wheel::WheelName;
    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
