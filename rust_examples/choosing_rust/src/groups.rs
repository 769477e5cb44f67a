//! Plain Rust: how far a line is indented, and means by group.

use std::collections::HashMap;

use foldhash::fast::FixedState;

/// How many spaces a line begins with. Nothing for a line that has nothing else.
pub fn leading_spaces(line: &[u8]) -> Option<i64> {
    let spaces = line.iter().position(|&byte| byte != b' ')?;
    i64::try_from(spaces).ok()
}

/// What has been added up of one group.
#[derive(Default)]
struct Total {
    sum: i128,
    count: u64,
}

/// Totals by key, in the order in which the keys came first.
/// `None` is a key like any other.
#[derive(Default)]
pub struct Groups<'a> {
    places: HashMap<Option<&'a [u8]>, usize, FixedState>,
    totals: Vec<(Option<&'a [u8]>, Total)>,
}

impl<'a> Groups<'a> {
    /// Add a row. A missing value makes its group known, and does not count otherwise.
    pub fn add(&mut self, key: Option<&'a [u8]>, value: Option<i64>) {
        let place = *self.places.entry(key).or_insert_with(|| {
            self.totals.push((key, Total::default()));
            self.totals.len() - 1
        });
        if let Some(value) = value {
            let total = &mut self.totals[place].1;
            total.sum += i128::from(value);
            total.count += 1;
        }
    }

    /// The mean of each group, as floats divide; nothing where no value was there.
    #[expect(clippy::cast_precision_loss)] // a mean is a float
    pub fn means(self) -> impl Iterator<Item = (Option<&'a [u8]>, Option<f64>)> {
        self.totals.into_iter().map(|(key, Total { sum, count })| {
            let mean = (count > 0).then(|| sum as f64 / count as f64);
            (key, mean)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Groups, leading_spaces};

    #[test]
    fn blank_lines_have_no_indentation() {
        assert_eq!(leading_spaces(b"    pass"), Some(4));
        assert_eq!(leading_spaces(b"import os  "), Some(0));
        assert_eq!(leading_spaces(b"   "), None);
        assert_eq!(leading_spaces(b""), None);
    }

    #[test]
    fn means_leave_out_what_is_missing() {
        let mut groups = Groups::default();
        for (key, value) in [
            (Some("a"), Some(1)),
            (None, Some(i64::MAX)),
            (Some("a"), None),
            (Some("b"), None),
        ] {
            groups.add(key.map(str::as_bytes), value);
        }
        let means: Vec<_> = groups.means().collect();
        assert_eq!(means[0], (Some("a".as_bytes()), Some(1.0)));
        assert_eq!(means[1], (None, Some(9_223_372_036_854_775_807.0)));
        assert_eq!(means[2], (Some("b".as_bytes()), None));
    }
}
