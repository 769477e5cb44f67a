//! Things that are kept to the end, so that others can hold on to them.

use std::cell::{Cell, OnceCell};

type Slots<T> = Box<[OnceCell<T>]>;

/// A list that only grows, and whose items never move: each piece is
/// twice as long as the one before.
pub struct Kept<T> {
    pieces: [OnceCell<Slots<T>>; usize::BITS as usize],
    length: Cell<usize>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self {
            pieces: [const { OnceCell::new() }; usize::BITS as usize],
            length: Cell::new(0),
        }
    }
}

impl<T> Kept<T> {
    /// Keep an item.
    pub fn keep(&self, item: T) -> &T {
        let place = self.length.get() + 1;
        self.length.set(place);
        let piece = place.ilog2();
        let slots = self.pieces[piece as usize]
            .get_or_init(|| (0..1_usize << piece).map(|_| OnceCell::new()).collect());
        slots[place - (1 << piece)].get_or_init(|| item)
    }
}

#[cfg(test)]
mod tests {
    use super::Kept;

    #[test]
    fn items_stay_where_they_are() {
        let kept = Kept::default();
        let held: Vec<&usize> = (0..1000).map(|number| kept.keep(number)).collect();
        assert!(held.into_iter().copied().eq(0..1000));
    }
}
