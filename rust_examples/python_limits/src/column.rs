//! A column of the table of distances, in two numbers.
//!
//! Myers, "A fast bit-vector algorithm for approximate string matching based on dynamic
//! programming" (J. ACM 46, 1999), in the form for the distance of whole texts (Hyyrö and
//! Navarro, CPM 2002). Neighbours in a column differ by −1, 0 or 1, so a column of 64
//! cells is two numbers of 64 bits.

/// A column of the table, from the top: where the next cell is larger
/// by one, and where it is smaller.
pub struct Column {
    larger: u64,
    smaller: u64,
}

impl Column {
    /// To make so many letters of none at all, it takes as many steps.
    pub fn first() -> Self {
        Self {
            larger: u64::MAX,
            smaller: 0,
        }
    }

    /// Go on to the next column, whose letter has these places.
    ///
    /// `above` says how much larger the cell above this column is than the one to its
    /// left: 1, 0 or −1. Returned is the same of the last of `length` cells.
    pub fn next(&mut self, places: u64, above: i8, length: usize) -> i8 {
        let same = places | u64::from(above < 0);
        let sum = (same & self.larger).wrapping_add(self.larger);
        let level = (sum ^ self.larger) | same | self.smaller;
        let up = self.smaller | !(level | self.larger);
        let down = self.larger & level;
        let last = |bits: u64| i8::from(bits >> (length - 1) & 1 == 1);
        let below = last(up) - last(down);
        let (up, down) = (
            up << 1 | u64::from(above > 0),
            down << 1 | u64::from(above < 0),
        );
        self.larger = down | !(level | up);
        self.smaller = up & level;
        below
    }
}
