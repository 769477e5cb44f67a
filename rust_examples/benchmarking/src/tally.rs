//! The count that the measurements led to: views for keys, a
//! quicker hash, and words in order.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::counting::words;

/// How often each word has stood in the texts that were added, in the order in
/// which words first stood there.
#[derive(Default)]
pub struct Tally<'text> {
    /// Where in `counts` a word is.
    places: HashMap<&'text str, usize, RandomState>,
    counts: Vec<(&'text str, usize)>,
}

impl<'text> Tally<'text> {
    /// Count the words of a text.
    #[inline(never)] // so that a profiler finds it by its name
    pub fn add(&mut self, text: &'text str) {
        for word in words(text) {
            let next = self.counts.len();
            let place = *self.places.entry(word).or_insert(next);
            if place == next {
                self.counts.push((word, 0));
            }
            self.counts[place].1 += 1;
        }
    }

    /// Words and counts, in the order in which the words first stood.
    pub fn counts(self) -> Vec<(&'text str, usize)> {
        self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn words_come_in_the_order_in_which_they_first_stand() {
        let mut tally = Tally::default();
        tally.add("to be or");
        tally.add("not to be");
        let expected = [("to", 2), ("be", 2), ("or", 1), ("not", 1)];
        assert_eq!(tally.counts(), expected);
    }
}
