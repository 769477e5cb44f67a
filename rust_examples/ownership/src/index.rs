//! Which pages hold which word.

use std::collections::HashMap;

/// Which pages hold which word. The words are views of texts that are owned elsewhere.
#[derive(Debug, Default, PartialEq)]
pub struct BorrowedIndex<'text> {
    pages: HashMap<&'text str, Vec<usize>>,
}

impl<'text> BorrowedIndex<'text> {
    /// Note that `word` stands on `page`. Pages come in their order.
    pub fn add(&mut self, word: &'text str, page: usize) {
        let pages = self.pages.entry(word).or_default();
        if pages.last() != Some(&page) {
            pages.push(page);
        }
    }
}

/// The same with words of its own, so that it may outlive the texts.
#[derive(Debug, Default, PartialEq)]
pub struct OwnedIndex {
    pages: HashMap<String, Vec<usize>>,
}

impl From<BorrowedIndex<'_>> for OwnedIndex {
    fn from(index: BorrowedIndex<'_>) -> Self {
        let pages = index.pages.into_iter();
        Self {
            pages: pages.map(|(word, on)| (word.to_owned(), on)).collect(),
        }
    }
}

impl OwnedIndex {
    /// How many words it has.
    pub fn len(&self) -> usize {
        self.pages.len()
    }

    /// The pages of a word, in their order.
    pub fn pages(&self, word: &str) -> &[usize] {
        match self.pages.get(word) {
            Some(pages) => pages,
            None => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BorrowedIndex, OwnedIndex};
    use crate::words::words;

    #[test]
    fn a_word_has_each_of_its_pages_once_and_in_order() {
        let owned: OwnedIndex = {
            let texts = [String::from("to be or not to be"), String::from("be quick")];
            let mut index = BorrowedIndex::default();
            for (page, text) in texts.iter().enumerate() {
                words(text).for_each(|word| index.add(word, page));
            }
            index.into()
        };
        assert_eq!(owned.pages("to"), [0]);
        assert_eq!(owned.pages("be"), [0, 1]);
        assert_eq!(owned.pages("question"), [0; 0]);
        assert_eq!(owned.len(), 5);
    }
}
