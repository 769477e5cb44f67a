//! A recorded index: what the releases of some projects require.

use std::collections::HashMap;

use pep440_rs::{Version, VersionSpecifiers};
use pep508_rs::{ExtraName, MarkerEnvironment, PackageName};
use serde::Deserialize;

use crate::requirement::Requirement;

/// As it was recorded.
#[derive(Deserialize)]
struct Recorded {
    environment: MarkerEnvironment,
    projects: HashMap<String, Vec<RecordedRelease>>,
}

#[derive(Deserialize)]
struct RecordedRelease {
    version: String,
    requires_python: String,
    requires: Vec<String>,
    extras: Vec<String>,
    yanked: bool,
}

/// What can be chosen from, in one environment.
#[derive(Debug)]
pub struct Index {
    pub environment: MarkerEnvironment,
    projects: HashMap<PackageName, Vec<Release>>,
}

#[derive(Debug)]
pub struct Release {
    pub version: Version,
    /// The Python that it requires, if it is not the one that we have.
    pub other_python: Option<String>,
    /// Withdrawn by those who had published it (PEP 592).
    pub yanked: bool,
    pub requires: Vec<Requirement>,
    /// What each extra requires beyond that.
    pub extras: HashMap<ExtraName, Vec<Requirement>>,
}

impl Index {
    /// Read an index, and everything in it, or say what cannot be read.
    pub fn read(json: &str) -> Result<Self, String> {
        let recorded: Recorded = serde_json::from_str(json).map_err(|error| error.to_string())?;
        let mut projects = HashMap::new();
        for (name, releases) in recorded.projects {
            let read = |release| Release::read(release, &recorded.environment);
            let releases: Result<Vec<_>, _> = releases.into_iter().map(read).collect();
            let mut releases = releases.map_err(|problem| format!("{name}: {problem}"))?;
            releases.sort_by(|one, other| one.version.cmp(&other.version));
            if let Some([one, _]) = releases
                .windows(2)
                .find(|pair| pair[0].version == pair[1].version)
            {
                return Err(format!("{name}: {} is there twice", one.version));
            }
            let name: PackageName = name.parse().map_err(|_| format!("{name} is no name"))?;
            if projects.insert(name.clone(), releases).is_some() {
                return Err(format!("{name} is there twice"));
            }
        }
        let environment = recorded.environment;
        Ok(Self {
            environment,
            projects,
        })
    }

    /// The releases of a project, the oldest first; none where it is not known.
    pub fn releases(&self, name: &PackageName) -> &[Release] {
        self.projects.get(name).map_or(&[], Vec::as_slice)
    }

    pub fn release(&self, name: &PackageName, version: &Version) -> Option<&Release> {
        let releases = self.releases(name);
        let place = releases.binary_search_by(|release| release.version.cmp(version));
        place.ok().map(|place| &releases[place])
    }

    /// How many projects there are, and how many releases of them.
    pub fn size(&self) -> (usize, usize) {
        let releases = self.projects.values().map(Vec::len).sum();
        (self.projects.len(), releases)
    }
}

impl Release {
    fn read(recorded: RecordedRelease, environment: &MarkerEnvironment) -> Result<Self, String> {
        let version = recorded.version;
        let version: Version = version
            .parse()
            .map_err(|_| format!("{version:?} is no version"))?;
        let python = recorded.requires_python;
        let needed: VersionSpecifiers = python
            .parse()
            .map_err(|_| format!("{version}: {python:?} says nothing of versions"))?;
        let fits = needed.contains(&environment.python_full_version().version);
        let mut requires = Vec::new();
        // Some have a name that nobody could write into a requirement.
        let extras = recorded
            .extras
            .iter()
            .filter_map(|extra| extra.parse().ok());
        let mut extras: HashMap<ExtraName, Vec<Requirement>> =
            extras.map(|extra| (extra, Vec::new())).collect();
        for line in &recorded.requires {
            let requirement: Requirement = line
                .parse()
                .map_err(|problem| format!("{version}: {problem}"))?;
            if requirement.marker.evaluate(environment, &[]) {
                requires.push(requirement);
                continue;
            }
            for (extra, more) in &mut extras {
                if requirement
                    .marker
                    .evaluate(environment, std::slice::from_ref(extra))
                {
                    more.push(requirement.clone());
                }
            }
        }
        Ok(Self {
            version,
            other_python: (!fits).then_some(python),
            yanked: recorded.yanked,
            requires,
            extras,
        })
    }
}
