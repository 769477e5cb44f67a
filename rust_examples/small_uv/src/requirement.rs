//! One requirement, such as `flask[async] >=3 ; python_version < "3.13"`,
//! as far as a resolver needs it.

use std::str::FromStr;

use pep440_rs::Version;
use pep508_rs::{ExtraName, MarkerTree, PackageName, VerbatimUrl, VersionOrUrl};
use pubgrub::Ranges;

/// The longest requirement that is read.
const LONGEST: usize = 1_000;

/// How often a marker may ask for an extra or use `in`. The crate keeps markers as
/// decision diagrams, each of these is one more decision, and the diagram may
/// double with every second of them.
const MOST_QUESTIONS: usize = 24;

/// What is required.
#[derive(Clone, Debug)]
pub struct Requirement {
    pub name: PackageName,
    pub extras: Vec<ExtraName>,
    /// `None` is a URL, where no index can help.
    pub range: Option<Ranges<Version>>,
    pub marker: MarkerTree,
}

impl FromStr for Requirement {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("a requirement of {} bytes is not read", text.len()));
        }
        let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        if words.filter(|word| ["extra", "in"].contains(word)).count() > MOST_QUESTIONS {
            return Err("a marker of so many questions is not read".to_owned());
        }
        let parsed: pep508_rs::Requirement<VerbatimUrl> = text
            .parse()
            .map_err(|error: pep508_rs::Pep508Error| error.to_string())?;
        let range = match parsed.version_or_url {
            None => Some(Ranges::full()),
            Some(VersionOrUrl::VersionSpecifier(specifiers)) => Some(specifiers.into()),
            Some(VersionOrUrl::Url(_)) => None,
        };
        Ok(Self {
            name: parsed.name,
            extras: parsed.extras,
            range,
            marker: parsed.marker,
        })
    }
}
