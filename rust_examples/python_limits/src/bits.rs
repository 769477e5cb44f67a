//! The distance of two texts with 64 cells of the table in one number.

use crate::column::Column;
use crate::pace::Pace;

/// How many letters go into one number.
pub const WORD: usize = 64;

/// Letters between two looks at whether to stop.
const PIECE: usize = 1 << 20;

/// So many slots that probing ends: at most half of them are ever taken.
const SLOTS: usize = 2 * WORD;

/// At most 64 letters, and for each that occurs a number whose bits say where.
#[derive(Clone)]
pub struct Word {
    letters: [u32; SLOTS],
    places: [u64; SLOTS],
    length: usize,
}

impl Word {
    /// The places of each letter of `pattern`, of which the first 64 count.
    pub fn new(pattern: &[u32]) -> Self {
        let mut word = Self {
            letters: [0; SLOTS],
            places: [0; SLOTS],
            length: pattern.len().min(WORD),
        };
        for (place, &letter) in pattern.iter().take(WORD).enumerate() {
            let slot = word.slot(letter);
            word.letters[slot] = letter;
            word.places[slot] |= 1 << place;
        }
        word
    }

    /// Where a letter is noted, or would be.
    fn slot(&self, letter: u32) -> usize {
        let mut slot = letter as usize % SLOTS;
        while self.places[slot] != 0 && self.letters[slot] != letter {
            slot = (slot + 1) % SLOTS;
        }
        slot
    }

    /// The places of a letter, as bits.
    fn places(&self, letter: u32) -> u64 {
        self.places[self.slot(letter)]
    }

    /// The distance from `text`, or `None` once it is certain to be more than `most`.
    pub fn distance(&self, text: &[u32], most: usize) -> Option<usize> {
        if self.length == 0 {
            return Some(text.len()).filter(|&distance| distance <= most);
        }
        let mut column = Column::first();
        let (mut distance, mut left) = (self.length, text.len());
        for &letter in text {
            let step = column.next(self.places(letter), 1, self.length);
            distance = distance.wrapping_add_signed(isize::from(step));
            left -= 1;
            if distance.saturating_sub(left) > most {
                return None; // each letter that is left brings it down by one at most
            }
        }
        Some(distance)
    }
}

/// The distance of two texts of any length: 64 letters of `pattern` at a
/// time, along the whole of `text`.
///
/// Takes a byte of memory for each letter of `text`, and a step for each
/// letter and 64 of the pattern's.
pub fn long_distance<P: Pace>(
    pattern: &[u32],
    text: &[u32],
    pace: &mut P,
) -> Result<usize, P::Stop> {
    // How much larger a cell is than the one to its left, along the
    // lower edge of the rows done so far.
    let mut edge = vec![1_i8; text.len()];
    for rows in pattern.chunks(WORD) {
        let word = Word::new(rows);
        let mut column = Column::first();
        for (letters, edge) in text.chunks(PIECE).zip(edge.chunks_mut(PIECE)) {
            for (&letter, step) in letters.iter().zip(edge) {
                *step = column.next(word.places(letter), *step, word.length);
            }
            pace.took(letters.len() + WORD)?;
        }
    }
    let rest: isize = edge.iter().map(|&step| isize::from(step)).sum();
    Ok(pattern.len().wrapping_add_signed(rest))
}

#[cfg(test)]
mod tests {
    use super::{Word, long_distance};
    use crate::pace::Unstoppable;
    use crate::table::edits;

    /// Letters that look random, of so many kinds.
    fn text(length: usize, kinds: u32, seed: u32) -> Vec<u32> {
        let mut state = seed.wrapping_mul(2_654_435_761) | 1;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % kinds
        };
        (0..length).map(|_| next() * 128).collect() // all of them ask for the same slot
    }

    #[test]
    fn bits_and_cells_agree_whatever_the_length() {
        for (seed, length) in (0..).zip([0, 1, 2, 7, 63, 64, 65, 127, 128, 129, 200]) {
            for (other, longer) in (100..).zip([0, 1, 5, 63, 64, 65, 130]) {
                for kinds in [1, 2, 5, 90] {
                    let (a, b) = (text(length, kinds, seed), text(longer, kinds, other));
                    let expected = edits(&a, &b);
                    let Ok(found) = long_distance(&a, &b, &mut Unstoppable);
                    assert_eq!(found, expected, "{length} {longer} {kinds}");
                    if length <= 64 {
                        assert_eq!(Word::new(&a).distance(&b, usize::MAX), Some(expected));
                    }
                }
            }
        }
    }

    #[test]
    fn more_than_is_wanted_is_nothing() {
        let (a, b) = (text(20, 5, 1), text(25, 5, 2));
        let distance = edits(&a, &b);
        for most in 0..30 {
            let expected = Some(distance).filter(|&distance| distance <= most);
            assert_eq!(Word::new(&a).distance(&b, most), expected);
        }
    }
}
