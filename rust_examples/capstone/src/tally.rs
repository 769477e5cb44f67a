//! Counting what comes by, in memory that has a limit.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// What a key costs beside its own bytes, about: its place in the
/// table, and the allocator's share.
const OVERHEAD: usize = 64;

/// How often each key came by: exactly, as long as all keys fit into the room.
///
/// Beyond that, the rarest are dropped (J. Misra and D. Gries, "Finding repeated
/// elements", 1982, in the form of D. Anderson and others, 2017): no count is ever too
/// high, and none too low by more than `error`.
pub struct Tally {
    counts: HashMap<Box<[u8]>, u64, RandomState>,
    held: usize,
    room: usize,
    /// By how much a count may be too low; what is not in the table
    /// came by no more often than that.
    pub error: u64,
}

impl Tally {
    /// A tally that holds about so many bytes.
    pub fn new(room: usize) -> Self {
        Tally {
            counts: HashMap::default(),
            held: 0,
            room,
            error: 0,
        }
    }

    /// Count one.
    pub fn add(&mut self, key: &[u8]) {
        if let Some(count) = self.counts.get_mut(key) {
            *count += 1;
            return;
        }
        self.counts.insert(key.into(), 1);
        self.held += key.len() + OVERHEAD;
        while self.held > self.room {
            self.drop_the_rarest();
        }
    }

    /// Take from all counts the median, and drop those that have nothing left.
    fn drop_the_rarest(&mut self) {
        let mut counts: Vec<u64> = self.counts.values().copied().collect();
        let middle = counts.len() / 2;
        let (_, &mut median, _) = counts.select_nth_unstable(middle);
        self.error += median;
        self.counts.retain(|key, count| {
            *count = count.saturating_sub(median);
            let stays = *count > 0;
            if !stays {
                self.held -= key.len() + OVERHEAD;
            }
            stays
        });
    }

    /// How many bytes it holds, about.
    pub fn held(&self) -> usize {
        self.held
    }

    /// The keys that came by most often, the first of those that
    /// are equal in the order of bytes.
    pub fn most(&self, number: usize) -> Vec<(&[u8], u64)> {
        let mut all: Vec<_> = self
            .counts
            .iter()
            .map(|(key, &count)| (&**key, count))
            .collect();
        let rank = |a: &(&[u8], u64), b: &(&[u8], u64)| (b.1, a.0).cmp(&(a.1, b.0));
        if number < all.len() {
            all.select_nth_unstable_by(number, rank);
            all.truncate(number);
        }
        all.sort_unstable_by(rank);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn what_comes_by_often_is_kept_among_any_number_of_others() {
        let mut tally = Tally::new(100_000);
        for number in 0..1_000_000_u32 {
            tally.add(&number.to_le_bytes());
            if number % 10 == 0 {
                tally.add(b"often");
            }
            assert!(tally.held() <= 100_000);
        }
        let (key, count) = tally.most(1)[0];
        assert_eq!(key, b"often");
        assert!(
            count <= 100_000 && count + tally.error >= 100_000,
            "{count} ± {}",
            tally.error
        );
    }

    #[test]
    fn as_long_as_there_is_room_counts_are_exact() {
        let mut tally = Tally::new(100_000);
        for key in [b"b", b"a", b"c", b"c"] {
            tally.add(key);
        }
        assert_eq!(tally.error, 0);
        assert_eq!(tally.most(2), [(&b"c"[..], 2), (&b"a"[..], 1)]);
    }
}
