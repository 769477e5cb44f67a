//! Exercises: which lines move, an index that stays empty, and the longest word.
#![allow(unused_variables)]
#![allow(clippy::doc_link_with_quotes)] // the cases hold lists of Python's

use pyo3::pymodule;

/// Moves, borrows and views, for you to finish.
#[pymodule(submodule)]
pub mod exercises {
    use std::collections::BTreeMap;

    use pyo3::exceptions::PyNotImplementedError;
    use pyo3::prelude::*;

    /// Predict: A `page` owns its `text`, a `String`, and its `number`, a `usize`. There are two functions,
    /// `fn measure(page: &Page) -> usize` and `fn shelve(page: Page) -> usize`. Which of these six lines, each
    /// on its own, moves the page, so that the next line could not use it?
    ///
    /// 1. `let copy = page.clone()`
    /// 2. `let other = page`
    /// 3. `let number = page.number`
    /// 4. `let size = measure(&page)`
    /// 5. `let size = shelve(page)`
    /// 6. `let later = move || measure(&page)`
    ///
    /// Return six answers in this order, `Ok(vec![true, …])` where the first one moves it. The case below
    /// runs the lines: a page that was moved has been freed by the end of a line's block.
    ///
    /// >>> from ownership import lines_that_moved
    /// >>> which_lines_move() == lines_that_moved()
    /// True
    #[pyfunction]
    fn which_lines_move() -> PyResult<Vec<bool>> {
        Err(PyNotImplementedError::new_err("which lines move the page?"))
    }

    /// Repair: Which pages hold each word? Every word gets into this index, and no page ever does. It compiles
    /// because somebody obeyed the compiler once too often, with a copy. Mend it with a borrow.
    ///
    /// Words stand between white space. A page is named once for each word, and in the order of
    /// the alphabet.
    ///
    /// >>> pages_by_word({})
    /// {}
    /// >>> pages_by_word({"Hamlet": "to be or not"})
    /// {'be': ['Hamlet'], 'not': ['Hamlet'], 'or': ['Hamlet'], 'to': ['Hamlet']}
    /// >>> pages_by_word({"Hamlet": "be", "Macbeth": "be quick"})
    /// {'be': ['Hamlet', 'Macbeth'], 'quick': ['Macbeth']}
    /// >>> pages_by_word({"Lear": "never never never"})
    /// {'never': ['Lear']}
    #[pyfunction]
    fn pages_by_word(texts: BTreeMap<String, String>) -> BTreeMap<String, Vec<String>> {
        let mut index: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, text) in texts {
            for word in text.split_whitespace() {
                let mut pages = index.entry(word.to_owned()).or_default().clone();
                if pages.last() != Some(&name) {
                    pages.push(name.clone());
                }
            }
        }
        index
    }

    /// Build: The longest word of a text, as a view into it. Words stand between white space, their length
    /// is counted in characters, and of several that are equally long it is the first. A text without words
    /// gives the empty text.
    ///
    /// >>> longest_word("Beautiful is better than ugly.")
    /// 'Beautiful'
    /// >>> longest_word("explicit implicit complex")
    /// 'explicit'
    /// >>> longest_word("Straße über Straßen")
    /// 'Straßen'
    /// >>> longest_word("Garten Bäume")
    /// 'Garten'
    /// >>> longest_word("Häuser Bretter")
    /// 'Bretter'
    /// >>> longest_word(" \n ")
    /// ''
    #[pyfunction]
    fn longest_word(text: &str) -> PyResult<&str> {
        Err(PyNotImplementedError::new_err("find the longest word"))
    }
}
