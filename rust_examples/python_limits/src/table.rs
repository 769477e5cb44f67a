//! How far one text is from another, counted on a table.

/// How many letters to insert, delete or replace, at least, to make `b` of `a`.
///
/// The table of Wagner and Fischer (1974), of which one row is kept.
pub fn edits(a: &[u32], b: &[u32]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            let cheapest = replaced.min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = cheapest;
        }
    }
    row[b.len()]
}
