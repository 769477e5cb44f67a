//! Six lines, and whether each of them takes a page away: found out by running them.
#![allow(unused_variables)] // what a line makes is not looked at

use std::cell::Cell;

/// A page that notes when it is freed.
struct Page<'a> {
    number: usize,
    text: String,
    freed: Option<&'a Cell<bool>>,
}

impl Clone for Page<'_> {
    /// A second page, which nobody watches.
    fn clone(&self) -> Self {
        Self {
            number: self.number,
            text: self.text.clone(),
            freed: None,
        }
    }
}

impl Drop for Page<'_> {
    fn drop(&mut self) {
        if let Some(freed) = self.freed {
            freed.set(true);
        }
    }
}

fn measure(page: &Page) -> usize {
    page.text.len()
}

fn shelve(page: Page) -> usize {
    let size = page.text.len();
    drop(page);
    size
}

/// Run a line in a block, and see whether the page is gone where the block ends.
macro_rules! moved {
    ($page:ident, $line:stmt) => {{
        let freed = Cell::new(false);
        let $page = Page {
            number: 7,
            text: String::from("Lambdas"),
            freed: Some(&freed),
        };
        {
            $line
        }
        freed.get()
    }};
}

/// For each of the six lines: did it move the page?
pub fn six_lines() -> [bool; 6] {
    [
        moved!(page, let copy = page.clone()),
        moved!(page, let other = page),
        moved!(page, let number = page.number),
        moved!(page, let size = measure(&page)),
        moved!(page, let size = shelve(page)),
        moved!(page, let later = move || measure(&page)),
    ]
}
