//! Why nothing fits: `PubGrub`'s proof, in sentences.

use std::ops::Bound;
use std::sync::Arc;

use pep440_rs::Version;
use pubgrub::{
    DefaultStringReporter, DerivationTree, Derived, External, Map, Ranges, ReportFormatter,
    Reporter, Term,
};

use crate::index::Index;
use crate::provider::{Package, Reason};

type Versions = Ranges<Version>;

type Tree = DerivationTree<Package, Versions, Reason>;

/// The proof that nothing fits, a step a line.
pub fn explain(index: &Index, tree: &Tree) -> String {
    let known = |package: &Package| match package {
        Package::You => false,
        Package::Project(name) | Package::Extra(name, _) => !index.releases(name).is_empty(),
    };
    DefaultStringReporter::report_with_formatter(&tidied(tree, &known), &Sentences(index))
}

/// The proof without the steps that only say that between two releases there is none.
fn tidied(tree: &Tree, known: &impl Fn(&Package) -> bool) -> Tree {
    let DerivationTree::Derived(step) = tree else {
        return tree.clone();
    };
    for (gap, other) in [(&step.cause1, &step.cause2), (&step.cause2, &step.cause1)] {
        let DerivationTree::External(External::NoVersions(package, range)) = &**gap else {
            continue;
        };
        match &**other {
            DerivationTree::Derived(_) if known(package) => return tidied(other, known),
            DerivationTree::External(External::FromDependencyOf(one, versions, wanted, of))
                if one == package =>
            {
                let (one, wanted) = (one.clone(), wanted.clone());
                let versions = versions.union(range);
                let merged = External::FromDependencyOf(one, versions, wanted, of.clone());
                return DerivationTree::External(merged);
            }
            _ => {}
        }
    }
    DerivationTree::Derived(Derived {
        terms: step.terms.clone(),
        shared_id: step.shared_id,
        cause1: Arc::new(tidied(&step.cause1, known)),
        cause2: Arc::new(tidied(&step.cause2, known)),
    })
}

/// Puts the steps into words.
struct Sentences<'a>(&'a Index);

impl Sentences<'_> {
    /// A package in some versions, in the fewest words that say which
    /// of the recorded ones are meant.
    fn some(&self, package: &Package, range: &Versions) -> String {
        let (Package::Project(name) | Package::Extra(name, _)) = package else {
            return package.to_string();
        };
        let releases = self.0.releases(name);
        let meant = releases
            .iter()
            .filter(|one| range.contains(&one.version))
            .count();
        if range == &Ranges::full() || meant > 1 && meant == releases.len() {
            return package.to_string();
        }
        let simple = range.simplify(releases.iter().map(|release| &release.version));
        let pieces: Vec<_> = simple
            .iter()
            .map(|piece| between(piece.0, piece.1))
            .collect();
        format!("{package} {}", pieces.join(" or "))
    }

    /// The same, as the object of a requirement: there it matters what was written.
    fn wanted(package: &Package, range: &Versions) -> String {
        if range == &Ranges::full() {
            return package.to_string();
        }
        if range == &Ranges::empty() {
            return format!("{package} of no version");
        }
        let pieces: Vec<_> = range
            .iter()
            .map(|piece| between(piece.0, piece.1))
            .collect();
        format!("{package} {}", pieces.join(" or "))
    }

    fn requires(
        &self,
        one: &Package,
        versions: &Versions,
        other: &Package,
        range: &Versions,
    ) -> String {
        let verb = if *one == Package::You {
            "require"
        } else {
            "requires"
        };
        format!(
            "{} {verb} {}",
            self.some(one, versions),
            Self::wanted(other, range)
        )
    }
}

/// A piece of a range as it would be written: `>=1, <2`.
fn between(from: &Bound<Version>, to: &Bound<Version>) -> String {
    let shown = |version: &Version| {
        let shown = version.to_string();
        shown.strip_suffix(".dev0").unwrap_or(&shown).to_owned() // an end that `~=` and `.*` make
    };
    match (from, to) {
        (Bound::Included(from), Bound::Included(to)) if from == to => format!("=={from}"),
        (Bound::Unbounded, Bound::Unbounded) => "of any version".to_owned(),
        _ => {
            let from = match from {
                Bound::Included(version) => Some(format!(">={}", shown(version))),
                Bound::Excluded(version) => Some(format!(">{}", shown(version))),
                Bound::Unbounded => None,
            };
            let to = match to {
                Bound::Included(version) => Some(format!("<={}", shown(version))),
                Bound::Excluded(version) => Some(format!("<{}", shown(version))),
                Bound::Unbounded => None,
            };
            let ends: Vec<_> = from.into_iter().chain(to).collect();
            ends.join(", ")
        }
    }
}

impl ReportFormatter<Package, Versions, Reason> for Sentences<'_> {
    type Output = String;

    fn format_external(&self, external: &External<Package, Versions, Reason>) -> String {
        match external {
            External::NotRoot(..) => "you ask".to_owned(),
            External::NoVersions(Package::Project(name) | Package::Extra(name, _), _)
                if self.0.releases(name).is_empty() =>
            {
                format!("{name} is not in the index")
            }
            External::NoVersions(package, range) => {
                format!("there is no {}", Self::wanted(package, range))
            }
            External::Custom(Package::You, _, reason) => {
                format!("you {}", reason.replacen("requires", "require", 1))
            }
            External::Custom(package, range, reason) => {
                format!("{} {reason}", self.some(package, range))
            }
            External::FromDependencyOf(one, versions, other, range) => {
                self.requires(one, versions, other, range)
            }
        }
    }

    fn format_terms(&self, terms: &Map<Package, Term<Versions>>) -> String {
        let terms: Vec<_> = terms.iter().collect();
        match terms.as_slice() {
            [] | [(Package::You, _)] => "nothing fits".to_owned(),
            [(package, Term::Positive(range))] => {
                format!("{} cannot be had", self.some(package, range))
            }
            [(package, Term::Negative(range))] => {
                format!("{} is needed", self.some(package, range))
            }
            [
                (one, Term::Positive(versions)),
                (other, Term::Negative(range)),
            ]
            | [
                (other, Term::Negative(range)),
                (one, Term::Positive(versions)),
            ] => self.requires(one, versions, other, range),
            several => {
                let mut these = Vec::new();
                let mut needed = Vec::new();
                for (package, term) in several {
                    match term {
                        Term::Positive(range) => these.push(self.some(package, range)),
                        Term::Negative(range) => needed.push(Self::wanted(package, range)),
                    }
                }
                let several_of_them = these.len() > 1;
                let (these, needed) = (these.join(" and "), needed.join(" or "));
                if needed.is_empty() {
                    format!("{these} do not go together")
                } else if these.is_empty() {
                    format!("{needed} is needed")
                } else {
                    let verb = if several_of_them { "need" } else { "needs" };
                    format!("{these} {verb} {needed}")
                }
            }
        }
    }

    fn explain_both_external(
        &self,
        one: &External<Package, Versions, Reason>,
        other: &External<Package, Versions, Reason>,
        terms: &Map<Package, Term<Versions>>,
    ) -> String {
        let (one, other) = (self.format_external(one), self.format_external(other));
        format!("Because {one} and {other}, {}.", self.format_terms(terms))
    }

    fn explain_both_ref(
        &self,
        number: usize,
        one: &Derived<Package, Versions, Reason>,
        other_number: usize,
        other: &Derived<Package, Versions, Reason>,
        terms: &Map<Package, Term<Versions>>,
    ) -> String {
        let (one, other) = (
            self.format_terms(&one.terms),
            self.format_terms(&other.terms),
        );
        let so = self.format_terms(terms);
        format!("Because {one} ({number}) and {other} ({other_number}), {so}.")
    }

    fn explain_ref_and_external(
        &self,
        number: usize,
        one: &Derived<Package, Versions, Reason>,
        other: &External<Package, Versions, Reason>,
        terms: &Map<Package, Term<Versions>>,
    ) -> String {
        let (one, other) = (self.format_terms(&one.terms), self.format_external(other));
        format!(
            "Because {one} ({number}) and {other}, {}.",
            self.format_terms(terms)
        )
    }

    fn and_explain_external(
        &self,
        external: &External<Package, Versions, Reason>,
        terms: &Map<Package, Term<Versions>>,
    ) -> String {
        let external = self.format_external(external);
        format!("And because {external}, {}.", self.format_terms(terms))
    }

    fn and_explain_ref(
        &self,
        number: usize,
        one: &Derived<Package, Versions, Reason>,
        terms: &Map<Package, Term<Versions>>,
    ) -> String {
        let one = self.format_terms(&one.terms);
        format!(
            "And because {one} ({number}), {}.",
            self.format_terms(terms)
        )
    }

    fn and_explain_prior_and_external(
        &self,
        one: &External<Package, Versions, Reason>,
        other: &External<Package, Versions, Reason>,
        terms: &Map<Package, Term<Versions>>,
    ) -> String {
        let (one, other) = (self.format_external(one), self.format_external(other));
        format!(
            "And because {one} and {other}, {}.",
            self.format_terms(terms)
        )
    }
}
