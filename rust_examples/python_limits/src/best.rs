//! The few that are best, kept while the others go by.

use std::collections::BinaryHeap;

/// The best that were found so far.
pub struct Best {
    limit: usize,
    /// Whoever is further away than this is not among them.
    pub most: usize,
    /// Distances and ranks.
    pub found: BinaryHeap<(usize, usize)>,
}

impl Best {
    /// None yet. There will be at most `limit`, and none more than `cutoff` away.
    pub fn new(limit: usize, cutoff: usize) -> Self {
        Self {
            limit,
            most: cutoff,
            found: BinaryHeap::new(),
        }
    }

    /// Keep a name if it is among the best, and lose the worst where there are too many.
    pub fn add(&mut self, distance: Option<usize>, rank: usize) {
        let Some(distance) = distance else { return };
        self.found.push((distance, rank));
        if self.found.len() > self.limit {
            self.found.pop();
        }
        if self.found.len() == self.limit
            && let Some(&(worst, _)) = self.found.peek()
        {
            self.most = self.most.min(worst);
        }
    }
}
