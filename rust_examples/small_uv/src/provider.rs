//! What `PubGrub` asks while it looks for versions that fit together, and what we answer.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fmt::{self, Display, Formatter};

use pep440_rs::Version;
use pep508_rs::{ExtraName, PackageName};
use pubgrub::{
    Dependencies, DependencyConstraints, DependencyProvider, PackageResolutionStatistics,
    PubGrubError, Ranges,
};

use crate::explain::explain;
use crate::index::{Index, Release};
use crate::requirement::Requirement;

/// What has versions. An extra is a package of its own, which requires its project in the
/// same version, so that `PubGrub` need not know of extras. uv does it so, too.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Package {
    /// Those who ask.
    You,
    Project(PackageName),
    Extra(PackageName, ExtraName),
}

impl Display for Package {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::You => f.write_str("you"),
            Self::Project(name) => write!(f, "{name}"),
            Self::Extra(name, extra) => write!(f, "{name}[{extra}]"),
        }
    }
}

/// Why a release cannot be had, to follow its name.
pub type Reason = String;

/// Why there is no answer.
#[derive(Debug)]
pub enum Failed<E> {
    /// Nothing fits, and this is why.
    NoSolution(String),
    /// Somebody wants us to stop.
    Stopped(E),
}

struct Provider<'a, P> {
    index: &'a Index,
    asked: Vec<&'a Requirement>,
    pause: P,
}

/// The newest versions that satisfy all requirements, and the requirements
/// of what they bring, by project.
///
/// `pause` is asked again and again whether to go on.
pub fn resolve<E: Error + 'static>(
    index: &Index,
    asked: &[Requirement],
    pause: impl Fn() -> Result<(), E>,
) -> Result<BTreeMap<String, String>, Failed<E>> {
    let here = |one: &&Requirement| one.marker.evaluate(&index.environment, &[]);
    let provider = Provider {
        index,
        asked: asked.iter().filter(here).collect(),
        pause,
    };
    match pubgrub::resolve(&provider, Package::You, Version::new([0])) {
        Ok(found) => {
            let projects = found
                .into_iter()
                .filter_map(|(package, version)| match package {
                    Package::Project(name) => Some((name.to_string(), version.to_string())),
                    _ => None,
                });
            Ok(projects.collect())
        }
        Err(PubGrubError::NoSolution(tree)) => Err(Failed::NoSolution(explain(index, &tree))),
        Err(
            PubGrubError::ErrorRetrievingDependencies { source, .. }
            | PubGrubError::ErrorChoosingVersion { source, .. }
            | PubGrubError::ErrorInShouldCancel(source),
        ) => Err(Failed::Stopped(source)),
    }
}

impl<P> Provider<'_, P> {
    /// The releases that would do, the oldest first.
    fn fitting(
        &self,
        name: &PackageName,
        range: &Ranges<Version>,
    ) -> impl Iterator<Item = &Release> {
        // A withdrawn release is taken only where no other version is allowed (PEP 592).
        let exact = range.as_singleton().is_some();
        let releases = self.index.releases(name).iter();
        releases.filter(move |one| range.contains(&one.version) && (exact || !one.yanked))
    }
}

/// All that `this` asks for in a version, or why that cannot be had.
///
/// To require oneself is no matter, unless it is in other versions: `PubGrub`
/// relates two packages, not one.
fn wanted<'a>(
    (this, version): (&Package, &Version),
    requirements: impl IntoIterator<Item = &'a Requirement>,
) -> Result<Wanted, Reason> {
    let mut found = Wanted::default();
    for Requirement {
        name,
        extras,
        range,
        ..
    } in requirements
    {
        let Some(range) = range else {
            return Err(format!("requires {name} from a URL"));
        };
        let extras = extras.iter();
        let extras = extras.map(|extra| Package::Extra(name.clone(), extra.clone()));
        for package in extras.chain([Package::Project(name.clone())]) {
            if package != *this {
                found.add(package, range);
            } else if !range.contains(version) {
                return Err("requires itself in other versions".to_owned());
            }
        }
    }
    Ok(found)
}

/// Packages and the versions that are wanted of each, in the
/// order in which they were asked for.
#[derive(Default)]
struct Wanted {
    packages: Vec<(Package, Ranges<Version>)>,
    places: HashMap<Package, usize>,
}

impl Wanted {
    fn add(&mut self, package: Package, range: &Ranges<Version>) {
        if let Some(place) = self.places.get(&package) {
            let known = &mut self.packages[*place].1;
            *known = known.intersection(range);
        } else {
            self.places.insert(package.clone(), self.packages.len());
            self.packages.push((package, range.clone()));
        }
    }
}

type Answer = Dependencies<Package, Ranges<Version>, Reason>;

/// As `PubGrub` wants it.
fn answer(wanted: Result<Wanted, Reason>) -> Answer {
    match wanted {
        Ok(wanted) => Dependencies::Available(DependencyConstraints::from_iter(wanted.packages)),
        Err(reason) => Dependencies::Unavailable(reason),
    }
}

impl<E: Error + 'static, P: Fn() -> Result<(), E>> DependencyProvider for Provider<'_, P> {
    type P = Package;
    type V = Version;
    type VS = Ranges<Version>;
    type M = Reason;
    type Err = E;
    type Priority = (bool, u32, Reverse<usize>);

    /// Extras first, then what has been in the way most often, then
    /// what leaves the smallest choice.
    fn prioritize(
        &self,
        package: &Package,
        range: &Ranges<Version>,
        statistics: &PackageResolutionStatistics,
    ) -> Self::Priority {
        let (first, choice) = match package {
            Package::You => (true, 1),
            Package::Project(name) => (false, self.fitting(name, range).count()),
            Package::Extra(name, _) => (true, self.fitting(name, range).count()),
        };
        (first, statistics.conflict_count(), Reverse(choice))
    }

    /// The newest release that would do; one for another Python
    /// only where there is nothing else.
    fn choose_version(
        &self,
        package: &Package,
        range: &Ranges<Version>,
    ) -> Result<Option<Version>, E> {
        let (Package::Project(name) | Package::Extra(name, _)) = package else {
            return Ok(Some(Version::new([0])));
        };
        let best = self
            .fitting(name, range)
            .max_by_key(|release| (release.other_python.is_none(), &release.version));
        Ok(best.map(|release| release.version.clone()))
    }

    fn get_dependencies(&self, package: &Package, version: &Version) -> Result<Answer, E> {
        let this = (package, version);
        let (name, extra) = match package {
            Package::You => return Ok(answer(wanted(this, self.asked.iter().copied()))),
            Package::Project(name) => (name, None),
            Package::Extra(name, extra) => (name, Some(extra)),
        };
        let Some(release) = self.index.release(name, version) else {
            return Ok(Dependencies::Unavailable("is not in the index".to_owned()));
        };
        if let Some(python) = &release.other_python {
            return Ok(Dependencies::Unavailable(format!(
                "requires Python {python}"
            )));
        }
        let Some(extra) = extra else {
            return Ok(answer(wanted(this, &release.requires)));
        };
        // An extra that a release does not have brings nothing:
        // pip and uv warn of it, and go on.
        let mut more = wanted(this, release.extras.get(extra).into_iter().flatten());
        if let Ok(more) = &mut more {
            let same = Ranges::singleton(version.clone());
            more.add(Package::Project(name.clone()), &same);
        }
        Ok(answer(more))
    }

    fn should_cancel(&self) -> Result<(), E> {
        (self.pause)()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::convert::Infallible;
    use std::fmt::Write;

    use super::{Failed, Index, resolve};

    /// Name, version, Python, requirements, extras, and whether it was withdrawn.
    type Release<'a> = (
        &'a str,
        &'a str,
        &'a str,
        &'a [&'a str],
        &'a [&'a str],
        bool,
    );

    fn index(releases: &[Release]) -> Index {
        let mut projects: BTreeMap<&str, String> = BTreeMap::new();
        for (name, version, python, requires, extras, yanked) in releases {
            let all = projects.entry(name).or_default();
            let comma = if all.is_empty() { "" } else { "," };
            let written = write!(
                all,
                r#"{comma}{{"version": "{version}", "requires_python": "{python}",
                "requires": {requires:?}, "extras": {extras:?}, "yanked": {yanked}}}"#
            );
            written.expect("a string takes all that is written");
        }
        let projects: Vec<_> = projects
            .iter()
            .map(|(name, all)| format!(r#""{name}": [{all}]"#))
            .collect();
        let environment = r#"{"implementation_name": "cpython", "implementation_version": "3.11.7",
            "os_name": "posix", "platform_machine": "x86_64", "platform_release": "",
            "platform_python_implementation": "CPython", "platform_system": "Linux",
            "platform_version": "", "python_full_version": "3.11.7", "python_version": "3.11",
            "sys_platform": "linux"}"#;
        let projects = projects.join(",");
        let json = format!(r#"{{"environment": {environment}, "projects": {{{projects}}}}}"#);
        Index::read(&json).expect("the index of a test can be read")
    }

    fn answer(index: &Index, asked: &[&str]) -> Result<String, String> {
        let asked: Result<Vec<_>, _> = asked.iter().map(|one| one.parse()).collect();
        match resolve(index, &asked?, || Ok::<_, Infallible>(())) {
            Ok(found) => {
                let found = found
                    .iter()
                    .map(|(name, version)| format!("{name} {version}"));
                Ok(found.collect::<Vec<_>>().join(", "))
            }
            Err(Failed::NoSolution(why)) => Err(why),
            Err(Failed::Stopped(never)) => match never {},
        }
    }

    #[test]
    fn the_newest_that_fits_is_chosen() {
        let index = index(&[
            ("a", "1", "", &[], &[], false),
            ("a", "2", "", &["b<2"], &[], false),
            ("a", "3", ">=3.12", &[], &[], false),
            ("a", "4", "", &[], &[], true),
            ("b", "1", "", &[], &[], false),
            ("b", "2", "", &[], &[], false),
        ]);
        assert_eq!(answer(&index, &["a"]), Ok("a 2, b 1".to_owned()));
        assert_eq!(answer(&index, &["a", "b>1"]), Ok("a 1, b 2".to_owned()));
        assert_eq!(answer(&index, &["a==4"]), Ok("a 4".to_owned()));
        assert_eq!(
            answer(&index, &["a; sys_platform == 'win32'"]),
            Ok(String::new())
        );
    }

    #[test]
    fn what_cannot_be_had_is_explained() {
        let index = index(&[
            ("a", "1", ">=3.12", &[], &[], false),
            ("b", "1", "", &["c @ https://c.example/c.whl"], &[], false),
        ]);
        let why = |asked: &[&str]| answer(&index, asked).expect_err("nothing fits");
        assert!(
            why(&["a"]).contains("a ==1 requires Python >=3.12"),
            "{}",
            why(&["a"])
        );
        assert!(why(&["b"]).contains("requires c from a URL"));
        assert!(why(&["b @ https://b.example/b.whl"]).contains("you require b from a URL"));
        assert!(why(&["d"]).contains("d is not in the index"));
    }

    #[test]
    fn who_requires_itself_is_had_unless_in_other_versions() {
        let index = index(&[
            ("a", "1", "", &["a"], &[], false),
            ("b", "1", "", &["b>1"], &[], false),
            ("b", "2", "", &["b<2"], &[], false),
            ("c", "1", "", &["c[x]; extra == 'x'"], &["x"], false),
        ]);
        assert_eq!(answer(&index, &["a"]), Ok("a 1".to_owned()));
        assert_eq!(answer(&index, &["c[x]"]), Ok("c 1".to_owned()));
        let why = answer(&index, &["b"]).expect_err("nothing fits");
        assert!(why.contains("requires itself in other versions"), "{why}");
    }

    #[test]
    fn extras_bring_what_they_require_and_may_go_in_circles() {
        let index = index(&[
            ("a", "1", "", &["b; extra == 'x'"], &["x"], false),
            ("b", "1", "", &["a[x]"], &[], false),
        ]);
        assert_eq!(answer(&index, &["a"]), Ok("a 1".to_owned()));
        assert_eq!(answer(&index, &["a[x]"]), Ok("a 1, b 1".to_owned()));
        assert_eq!(answer(&index, &["a[y]"]), Ok("a 1".to_owned()));
    }
}
