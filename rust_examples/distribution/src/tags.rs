//! A tag, and the tags that an interpreter takes.

use std::fmt;
use std::iter::once;

use pyo3::PyErr;
use pyo3::exceptions::PyValueError;

use crate::fault::{Fault, plain};

/// Which Python, which binary interface, which platform: in lower case.
///
/// The platform compatibility tags of
/// <https://packaging.python.org/specifications/>, from PEP 425.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    pub python: String,
    pub abi: String,
    pub platform: String,
}

impl Tag {
    /// Read a tag such as `cp312-abi3-win_amd64`.
    pub fn read(text: &str) -> Result<Self, Fault> {
        plain(text, "_-")?;
        let parts: Vec<&str> = text.split('-').collect();
        let [python, abi, platform] = parts[..] else {
            let reason = "a tag has three parts, with hyphens between";
            return Err(Fault::new(text, text, reason));
        };
        Ok(Self {
            python: read_python(text, python)?,
            abi: read_part(text, abi)?,
            platform: read_part(text, platform)?,
        })
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.python, self.abi, self.platform)
    }
}

/// A part of a tag that says which Python: it does not begin with a digit.
pub fn read_python(text: &str, part: &str) -> Result<String, Fault> {
    if part.starts_with(|first: char| first.is_ascii_digit()) {
        return Err(Fault::new(text, part, format!("'{part}' names no Python")));
    }
    read_part(text, part)
}

/// A part of a tag: there has to be one, of letters, digits and underscores.
pub fn read_part(text: &str, part: &str) -> Result<String, Fault> {
    if part.is_empty() {
        return Err(Fault::new(text, part, "a part of the tag is missing"));
    }
    if part.contains(['+', '!']) {
        return Err(Fault::new(text, part, format!("'{part}' is in no tag")));
    }
    Ok(part.to_ascii_lowercase())
}

/// A platform, such as `win_amd64`.
pub fn read_platform(text: &str) -> Result<String, Fault> {
    plain(text, "_")?;
    read_part(text, text)
}

/// Refuse what no Python 3 and no system is.
pub fn check(minor: i64, platforms: usize) -> Result<(), PyErr> {
    if !(2..=99).contains(&minor) {
        let message = format!("Python 3.{minor} is not in 3.2–3.99");
        return Err(PyValueError::new_err(message));
    }
    if platforms > 1000 {
        let message = format!("no system takes {platforms} platforms: at most 1000");
        return Err(PyValueError::new_err(message));
    }
    Ok(())
}

/// The tags that Python 3.`minor` takes on these platforms, the best first.
pub fn installable(minor: i64, platforms: &[String], free_threaded: bool) -> Vec<String> {
    let this = format!("cp3{minor}");
    let mark = if free_threaded { "t" } else { "" };
    let stable = format!("abi3{mark}");
    let mut kinds = vec![
        format!("{this}-{this}{mark}"), // made for this version
        format!("{this}-{stable}"),     // for the stable interface of this version
        format!("{this}-none"),         // for this version, without an interface
    ];
    kinds.extend((2..minor).rev().map(|older| format!("cp3{older}-{stable}")));
    kinds.extend(pythons(minor).map(|python| format!("{python}-none")));

    let mut tags = Vec::new();
    for kind in &kinds {
        for platform in platforms {
            tags.push(format!("{kind}-{platform}"));
        }
    }
    tags.push(format!("{this}-none-any"));
    tags.extend(pythons(minor).map(|python| format!("{python}-none-any")));
    tags
}

/// `py312`, `py3`, `py311`, `py310` and so on down to `py30`.
fn pythons(minor: i64) -> impl Iterator<Item = String> {
    once(format!("py3{minor}"))
        .chain(once("py3".to_owned()))
        .chain((0..minor).rev().map(|older| format!("py3{older}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(minor: i64, free_threaded: bool) -> Vec<String> {
        installable(minor, &["linux_x86_64".to_owned()], free_threaded)
    }

    #[test]
    fn a_tag_reads_back_in_lower_case() {
        let tag = Tag::read("CP312-abi3-Win_amd64").unwrap();
        assert_eq!(tag.to_string(), "cp312-abi3-win_amd64");
    }

    #[test]
    fn what_is_no_tag_is_told_where() {
        for (text, expected) in [
            ("", "column 1: a tag has three parts, with hyphens between"),
            (
                "cp312-abi3",
                "column 1: a tag has three parts, with hyphens between",
            ),
            ("cp312--any", "column 7: a part of the tag is missing"),
            ("312-none-any", "column 1: '312' names no Python"),
            ("py3.py2-none-any", "column 4: '.' has no place here"),
            ("py3-nöne-any", "column 6: 'ö' has no place here"),
        ] {
            assert_eq!(Tag::read(text).unwrap_err().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn the_own_interface_comes_first_and_any_python_last() {
        let tags = tags(12, false);
        assert_eq!(tags[0], "cp312-cp312-linux_x86_64");
        assert_eq!(tags[1], "cp312-abi3-linux_x86_64");
        assert_eq!(tags.last().unwrap(), "py30-none-any");
    }

    #[test]
    fn the_stable_interface_of_the_future_is_not_taken() {
        let tags = tags(12, false);
        assert!(tags.contains(&"cp310-abi3-linux_x86_64".to_owned()));
        assert!(!tags.contains(&"cp313-abi3-linux_x86_64".to_owned()));
    }

    #[test]
    fn without_a_gil_there_is_another_stable_interface() {
        let tags = tags(15, true);
        assert_eq!(tags[0], "cp315-cp315t-linux_x86_64");
        assert!(!tags.iter().any(|tag| tag.contains("-abi3-")));
    }

    #[test]
    fn no_python_of_another_century_is_asked_for() {
        assert!(check(2, 1000).is_ok() && check(99, 0).is_ok());
        assert!(check(1, 0).is_err() && check(100, 0).is_err() && check(12, 1001).is_err());
    }
}
