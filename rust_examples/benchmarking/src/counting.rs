//! Words in plain Rust: where they are, and how often each one stands there.

use std::collections::HashMap;

/// Bytes after which a text may be cut, so that Python is
/// asked now and then for a signal.
const BLOCK: usize = 1 << 20;

/// Whether `str.split` takes a character for white space.
///
/// It goes by the bidirectional class of a character as well, and so knows four more than
/// Unicode's property `White_Space`, which is what Rust asks for: the separators of
/// files, groups, records and units.
pub fn is_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\x1c'..='\x1f')
}

/// The words of a text, as `str.split` has them.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_space).filter(|word| !word.is_empty())
}

/// The text in pieces of about a megabyte, none of which ends within a word.
///
/// A text without ASCII white space is one piece, however long it is.
pub fn blocks(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let mut rest = text.as_bytes().iter().skip(BLOCK);
        let end = rest.position(u8::is_ascii_whitespace);
        let (block, after) = text.split_at(end.map_or(text.len(), |end| BLOCK + end));
        text = after;
        (!block.is_empty()).then_some(block)
    })
}

/// Count the words of a text, each under a copy of its own.
#[inline(never)] // so that a profiler finds it by its name
pub fn add_copied(counts: &mut HashMap<String, usize>, text: &str) {
    for word in words(text) {
        *counts.entry(word.to_owned()).or_default() += 1;
    }
}

/// Count the words of a text, each under a view of the place where it first stands.
#[inline(never)]
pub fn add_viewed<'text>(counts: &mut HashMap<&'text str, usize>, text: &'text str) {
    for word in words(text) {
        *counts.entry(word).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_between_what_python_takes_for_white_space() {
        let text = " to\u{1c}be\u{1f}\u{a0}or\u{3000}not\u{85}\n";
        let found: Vec<&str> = words(text).collect();
        assert_eq!(found, ["to", "be", "or", "not"]);
        assert_eq!(words(" \t\u{1d}").count(), 0);
    }

    #[test]
    fn blocks_are_the_whole_text_and_end_where_words_end() {
        let text = "naïve words, ".repeat(BLOCK / 5);
        let pieces: Vec<&str> = blocks(&text).collect();
        assert!(pieces.len() > 2);
        assert_eq!(pieces.concat(), text);
        let in_pieces = pieces.iter().flat_map(|piece| words(piece));
        assert!(in_pieces.eq(words(&text)));
        assert_eq!(blocks("").count(), 0);
    }

    #[test]
    fn both_ways_count_alike() {
        let text = "to be or not to be";
        let (mut copied, mut viewed) = (HashMap::new(), HashMap::new());
        add_copied(&mut copied, text);
        add_viewed(&mut viewed, text);
        assert_eq!(copied["to"], 2);
        assert!(copied.iter().all(|(word, count)| viewed[&**word] == *count));
        assert_eq!(copied.len(), viewed.len());
    }
}
