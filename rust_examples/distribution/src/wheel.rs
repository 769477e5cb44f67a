//! The name of a wheel, read: `name-version(-build)-python-abi-platform.whl`.

use pyo3::prelude::*;

use crate::fault::{Fault, plain};
use crate::tags::{Tag, read_part, read_python};
use crate::version::is_version;

/// What the name of a wheel says. Tags are in lower case, and
/// there may be several of each kind.
///
/// The binary distribution format of
/// <https://packaging.python.org/specifications/>, from PEP 427.
#[pyclass(module = "distribution", frozen, get_all, eq, hash)]
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct WheelName {
    /// The name of the package as indexes have it, such as `ruamel-yaml`.
    name: String,
    /// Its version, as it was written.
    pub version: String,
    /// What tells two builds of one version apart, if it is there.
    build: Option<String>,
    /// The Pythons that it is for, such as `cp312`.
    pythons: Vec<String>,
    /// The binary interfaces that it needs, such as `abi3`, or `none`.
    abis: Vec<String>,
    /// The systems that it runs on, such as `win_amd64`, or `any`.
    platforms: Vec<String>,
}

impl WheelName {
    /// Read the name of a wheel.
    pub fn read(text: &str) -> Result<Self, Fault> {
        plain(text, "_-.+!")?;
        let Some(stem) = text.strip_suffix(".whl") else {
            let end = &text[text.len()..];
            return Err(Fault::new(text, end, "the name of a wheel ends in .whl"));
        };
        let parts: Vec<&str> = stem.split('-').collect();
        let (name, version, build, [pythons, abis, platforms]) = match parts[..] {
            [name, version, python, abi, platform] => {
                (name, version, None, [python, abi, platform])
            }
            [name, version, build, python, abi, platform] => {
                (name, version, Some(build), [python, abi, platform])
            }
            _ => {
                let reason = format!(
                    "the name of a wheel has 5 or 6 parts, this one {}",
                    parts.len()
                );
                return Err(Fault::new(text, text, reason));
            }
        };
        let fault = |part, reason: &str| Err(Fault::new(text, part, format!("'{part}' {reason}")));
        if name.is_empty() || name.contains("__") || name.contains(['+', '!']) {
            return fault(name, "is no name of a package");
        }
        if !is_version(version) {
            return fault(version, "is no version");
        }
        if let Some(build) = build
            && (!build.starts_with(|first: char| first.is_ascii_digit())
                || build.contains(['+', '!']))
        {
            return fault(
                build,
                "is no build number: a digit, then letters and digits",
            );
        }
        let each = |set: &str, read: fn(&str, &str) -> Result<String, Fault>| {
            set.split('.')
                .map(|part| read(text, part))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            name: normalised(name),
            version: version.to_owned(),
            build: build.map(str::to_owned),
            pythons: each(pythons, read_python)?,
            abis: each(abis, read_part)?,
            platforms: each(platforms, read_part)?,
        })
    }

    /// Whether this is one of the wheel's tags.
    pub fn has(&self, tag: &Tag) -> bool {
        self.pythons.contains(&tag.python)
            && self.abis.contains(&tag.abi)
            && self.platforms.contains(&tag.platform)
    }

    /// Which part of the name keeps it from an interpreter that
    /// takes these tags, if one does.
    pub fn misfit(&self, tags: &[Tag]) -> Option<String> {
        let part = if tags.iter().any(|tag| self.has(tag)) {
            return None;
        } else if !tags
            .iter()
            .any(|tag| self.platforms.contains(&tag.platform))
        {
            format!("platform {}", self.platforms.join("."))
        } else if !tags.iter().any(|tag| self.pythons.contains(&tag.python)) {
            format!("Python {}", self.pythons.join("."))
        } else if !tags.iter().any(|tag| self.abis.contains(&tag.abi)) {
            format!("ABI {}", self.abis.join("."))
        } else {
            return Some("each part is in some tag, and no tag has all three".to_owned());
        };
        Some(format!("no tag has the {part}"))
    }
}

#[pymethods]
impl WheelName {
    /// Every tag that the name stands for: each Python with each ABI on each platform.
    #[getter]
    fn tags(&self) -> Vec<String> {
        let mut tags = Vec::new();
        for python in &self.pythons {
            for abi in &self.abis {
                for platform in &self.platforms {
                    tags.push(format!("{python}-{abi}-{platform}"));
                }
            }
        }
        tags
    }

    fn __repr__(&self) -> String {
        let tags = [&self.pythons, &self.abis, &self.platforms].map(|set| set.join("."));
        format!(
            "<WheelName {} {} for {}>",
            self.name,
            self.version,
            tags.join("-")
        )
    }
}

/// The name of a package in lower case, with one hyphen for each
/// run of `-`, `_` and `.`: PEP 503.
fn normalised(name: &str) -> String {
    let mut found = String::new();
    for character in name.chars() {
        match character {
            '_' | '.' if found.ends_with('-') => {}
            '_' | '.' => found.push('-'),
            other => found.push(other.to_ascii_lowercase()),
        }
    }
    found
}
