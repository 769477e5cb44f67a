//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // the signatures are those of the stubs
#![allow(clippy::doc_link_with_quotes)] // and lists of Python's are known mistakes

use pyo3::pymodule;

/// Moves, borrows and views, finished.
#[pymodule(submodule)]
pub mod solutions {
    use std::collections::BTreeMap;

    use pyo3::prelude::*;

    /// A name for the whole page moves it, in an assignment, as an argument, and into a closure that says
    /// `move`. An `&` lends it, a clone leaves it where it is, and a number is simply copied.
    ///
    /// # Hints
    ///
    /// 1. After which lines is `page` still the owner? Only an owner can give away.
    /// 2. Look for `&`, for `move`, and for types that are `Copy`.
    ///
    /// # Misconceptions
    ///
    /// - `[True, True, False, False, True, True]`: `clone` borrows the page and makes a second one; the first stays.
    /// - `[False, False, False, False, True, True]`: an assignment is no second name here; it moves.
    /// - `[False, True, True, False, True, True]`: `number` is a `usize`, which is `Copy`, so it is copied out.
    /// - `[False, True, False, True, True, True]`: `&page` lends the page, and `measure` gives it back.
    /// - `[False, True, False, False, True, False]`: the closure borrows when it is called, but `move` has taken the page into it.
    #[pyfunction]
    fn which_lines_move() -> PyResult<Vec<bool>> {
        Ok(vec![false, true, false, false, true, true])
    }

    /// `or_default` lends the list that is in the index, as `&mut Vec<String>`. The clone was a list of our
    /// own, which ended with the loop's turn.
    ///
    /// # Hints
    ///
    /// 1. Which list does `push` write into, and who owns that one?
    /// 2. `or_default()` returns `&mut Vec<String>`, a borrow of the list in the index: keep it as it is.
    ///
    /// # Misconceptions
    ///
    /// - `{'never': ['Lear', 'Lear', 'Lear']}`: each page once: compare with the last page that the list has.
    #[pyfunction]
    fn pages_by_word(texts: BTreeMap<String, String>) -> BTreeMap<String, Vec<String>> {
        let mut index: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, text) in texts {
            for word in text.split_whitespace() {
                let pages = index.entry(word.to_owned()).or_default();
                if pages.last() != Some(&name) {
                    pages.push(name.clone());
                }
            }
        }
        index
    }

    /// The word that is kept is a view of `text`, and so is what the function returns: nothing is copied
    /// before Python gets its string. Only a word that is longer takes the place of the one before.
    ///
    /// # Hints
    ///
    /// 1. Keep the longest so far in a variable of type `&str`, and compare each word with it.
    /// 2. `text.split_whitespace()` and `word.chars().count()`. Beware of `max_by_key`: it keeps the last.
    ///
    /// # Misconceptions
    ///
    /// - `'complex'`: that is the last word; compare their lengths.
    /// - `'implicit'`: of equally long words the first is wanted; `max_by_key` keeps the last.
    /// - `'Häuser'`: `len` counts bytes, and `ä` has two.
    #[pyfunction]
    fn longest_word(text: &str) -> PyResult<&str> {
        let mut longest = "";
        for word in text.split_whitespace() {
            if word.chars().count() > longest.chars().count() {
                longest = word;
            }
        }
        Ok(longest)
    }
}
