//! The words of a text, as views into it.

/// The words of `text` in their order, as views into it.
///
/// A word stands between white space. ASCII punctuation at
/// its ends does not belong to it.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_space)
        .map(|word| word.trim_matches(|c: char| c.is_ascii_punctuation()))
        .filter(|word| !word.is_empty())
}

/// White space as Python's `str.split` has it: four control characters more than Rust's.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::words;

    fn list(text: &str) -> Vec<&str> {
        words(text).collect()
    }

    #[test]
    fn words_stand_between_white_space_and_lose_their_punctuation() {
        assert_eq!(list("  (see) \"a-b\",\n\tc.d;"), ["see", "a-b", "c.d"]);
        assert_eq!(list("one\x1ctwo\u{a0}three"), ["one", "two", "three"]);
    }

    #[test]
    fn nothing_but_punctuation_is_no_word() {
        assert_eq!(list("** -- ..."), [""; 0]);
        assert_eq!(list(""), [""; 0]);
    }

    #[test]
    fn a_word_is_a_part_of_the_text_and_no_copy() {
        let text = String::from("«naïve» words");
        let within = text.as_bytes().as_ptr_range();
        for word in words(&text) {
            assert!(within.contains(&word.as_ptr()));
        }
    }
}
