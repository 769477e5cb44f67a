//! The table of distances, of which one row is kept.

use std::collections::TryReserveError;

use pyo3::exceptions::PyMemoryError;
use pyo3::prelude::*;

/// The first row: from no letters at all to each beginning of a text of that length.
///
/// # Errors
///
/// `MemoryError` where memory holds no such row.
pub fn first_row(length: usize) -> PyResult<Vec<usize>> {
    row(length).map_err(|error| PyMemoryError::new_err(error.to_string()))
}

fn row(length: usize) -> Result<Vec<usize>, TryReserveError> {
    let mut row = Vec::new();
    row.try_reserve_exact(length.saturating_add(1))?;
    row.extend(0..=length);
    Ok(row)
}

/// The next row of the table, made of the one above it.
///
/// The algorithm is that of Wagner and Fischer (1974). A row has one
/// number more than `b` has letters.
pub fn next_row(row: &mut [usize], letter: u32, b: &[u32]) {
    let mut diagonal = row[0];
    row[0] += 1;
    for (j, &other) in b.iter().enumerate() {
        let replaced = diagonal + usize::from(letter != other);
        let cheapest = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        diagonal = row[j + 1];
        row[j + 1] = cheapest;
    }
}

#[cfg(test)]
mod tests {
    use super::{next_row, row};

    #[test]
    fn rows_lead_from_the_first_to_the_distance() {
        for (a, b, distance) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("get_sizof", "getsizeof", 2),
            ("é", "語", 1),
        ] {
            let b: Vec<u32> = b.chars().map(u32::from).collect();
            let mut row = row(b.len()).unwrap();
            for letter in a.chars() {
                next_row(&mut row, letter.into(), &b);
            }
            assert_eq!(row[b.len()], distance, "{a}");
        }
    }

    #[test]
    fn there_is_no_row_of_all_numbers() {
        assert!(row(usize::MAX).is_err());
    }
}
