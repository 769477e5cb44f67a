//! The closest of many names, most of which need not be looked at letter by letter.

use crate::best::Best;
use crate::bits::{WORD, Word, long_distance};
use crate::pace::Pace;

/// A name this long is worked on in pieces, for somebody may want to stop.
const LONG: usize = 1 << 20;

/// Names of one length: where the first and the one behind the last of them stand.
struct Group {
    length: usize,
    first: usize,
    end: usize,
}

/// Names packed side by side, the shortest first.
#[derive(Default)]
pub struct Index {
    letters: Vec<u32>,
    starts: Vec<usize>,
    kinds: Vec<u64>,
    ranks: Vec<usize>,
    groups: Vec<Group>,
}

/// Which letters occur, each as one of 64 bits; several letters share a bit.
fn kinds(letters: &[u32]) -> u64 {
    letters
        .iter()
        .fold(0, |bits, letter| bits | 1 << (letter % 64))
}

/// How many bits of `theirs` are not in `ours`: so many
/// letters, at least, have no like there.
fn strangers(theirs: u64, ours: u64) -> usize {
    (theirs & !ours).count_ones() as usize
}

impl Index {
    /// Names, given in the order in which those that are equally close shall be told.
    pub fn new(names: &[impl AsRef<[u32]>]) -> Self {
        let mut ranks: Vec<usize> = (0..names.len()).collect();
        ranks.sort_by_key(|&rank| names[rank].as_ref().len()); // stable: within a length, in order
        let mut index = Self::default();
        for (place, &rank) in ranks.iter().enumerate() {
            let name = names[rank].as_ref();
            match index.groups.last_mut() {
                Some(group) if group.length == name.len() => group.end += 1,
                _ => index.groups.push(Group {
                    length: name.len(),
                    first: place,
                    end: place + 1,
                }),
            }
            index.starts.push(index.letters.len());
            index.kinds.push(kinds(name));
            index.letters.extend_from_slice(name);
        }
        index.ranks = ranks;
        index
    }

    /// The `limit` names closest to `query` and at most `cutoff` away:
    /// distance and rank, the closest first.
    pub fn closest<P: Pace>(
        &self,
        query: &[u32],
        limit: usize,
        cutoff: usize,
        pace: &mut P,
    ) -> Result<Vec<(usize, usize)>, P::Stop> {
        let mut best = Best::new(limit, cutoff);
        if limit == 0 {
            return Ok(Vec::new());
        }
        let (word, own) = (Word::new(query), kinds(query));
        for group in self.from(query.len()) {
            let (shorter, longer) = (group.length.min(query.len()), group.length.max(query.len()));
            if longer - shorter > best.most {
                break; // and so are all that follow
            }
            for place in group.first..group.end {
                let kinds = self.kinds[place];
                let theirs = group.length - strangers(kinds, own);
                let ours = query.len() - strangers(own, kinds);
                if longer - theirs.min(ours) > best.most {
                    continue;
                }
                let start = self.starts[place];
                let name = &self.letters[start..start + group.length];
                let found = if query.len() <= WORD && name.len() <= LONG {
                    word.distance(name, best.most)
                } else {
                    far(query, name, best.most, pace)?
                };
                best.add(found, self.ranks[place]);
                pace.took(name.len())?;
            }
            pace.took(group.end - group.first)?;
        }
        Ok(best.found.into_sorted_vec())
    }

    /// The groups, the one of this length first, then those that differ more and more.
    fn from(&self, length: usize) -> impl Iterator<Item = &Group> {
        let middle = self.groups.partition_point(|group| group.length < length);
        let (shorter, longer) = self.groups.split_at(middle);
        let (mut shorter, mut longer) = (shorter.iter().rev().peekable(), longer.iter().peekable());
        std::iter::from_fn(move || match (shorter.peek(), longer.peek()) {
            (Some(below), Some(above)) if length - below.length <= above.length - length => {
                shorter.next()
            }
            (Some(_), None) => shorter.next(),
            _ => longer.next(),
        })
    }
}

/// The distance of two texts of which one is long,
/// or `None` where it is more than `most`.
fn far<P: Pace>(a: &[u32], b: &[u32], most: usize, pace: &mut P) -> Result<Option<usize>, P::Stop> {
    let (shorter, longer) = if a.len() < b.len() { (a, b) } else { (b, a) };
    if shorter.len() <= WORD && longer.len() <= LONG {
        pace.took(longer.len())?;
        return Ok(Word::new(shorter).distance(longer, most));
    }
    let distance = long_distance(longer, shorter, pace)?;
    Ok(Some(distance).filter(|&distance| distance <= most))
}

#[cfg(test)]
mod tests {
    use super::{Index, kinds, strangers};
    use crate::pace::Unstoppable;
    use crate::table::edits;

    fn letters(text: &str) -> Vec<u32> {
        text.chars().map(u32::from).collect()
    }

    #[test]
    fn the_closest_are_those_that_looking_at_each_finds() {
        let texts = "a ab abc abd abdc acbd b ba banana bandana band hand handy ".repeat(2);
        let mut names: Vec<_> = texts.split(' ').map(letters).collect();
        names.sort();
        let index = Index::new(&names);
        for query in [
            "",
            "a",
            "abcd",
            "banan",
            "handbananahandbanana",
            &"ab".repeat(40),
        ] {
            let query = letters(query);
            let distances = names.iter().map(|name| edits(&query, name));
            let mut all: Vec<_> = distances.zip(0..).collect();
            all.sort_unstable();
            for (limit, cutoff) in [(0, 9), (1, 9), (4, 9), (99, 2), (5, 0), (5, usize::MAX)] {
                let wanted = all
                    .iter()
                    .copied()
                    .filter(|&(distance, _)| distance <= cutoff);
                let expected: Vec<_> = wanted.take(limit).collect();
                let Ok(found) = index.closest(&query, limit, cutoff, &mut Unstoppable);
                assert_eq!(found, expected, "{query:?} {limit} {cutoff}");
            }
        }
    }

    #[test]
    fn strangers_are_counted_once_a_kind() {
        let (ours, theirs) = (kinds(&letters("size")), kinds(&letters("zones")));
        assert_eq!((strangers(theirs, ours), strangers(ours, theirs)), (2, 1));
    }
}
