//! Versions as PEP 440 has them, in every spelling that it allows.

/// Whether this is a version. The text is ASCII.
pub fn is_version(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let (public, local) = match text.split_once('+') {
        Some((public, local)) => (public, Some(local)),
        None => (text.as_str(), None),
    };
    is_public(public.strip_prefix('v').unwrap_or(public)) && local.is_none_or(is_local)
}

/// `1!2.0rc1.post2.dev3`: an epoch, the release, and up to
/// three additions, in this order.
fn is_public(text: &str) -> bool {
    let release = match text.split_once('!') {
        Some((epoch, release)) if is_number(epoch) => release,
        Some(_) => return false,
        None => text,
    };
    let Some(mut rest) = after_number(release) else {
        return false;
    };
    while let Some(after) = rest.strip_prefix('.').and_then(after_number) {
        rest = after;
    }
    for words in [PRE, POST, DEV] {
        rest = after_addition(rest, words);
    }
    rest.is_empty()
}

/// Longer words stand before those that they begin with.
const PRE: &[&str] = &["alpha", "a", "beta", "b", "preview", "pre", "c", "rc"];
const POST: &[&str] = &["post", "rev", "r"];
const DEV: &[&str] = &["dev"];
const SEPARATORS: [char; 2] = ['.', '_'];

/// What follows one of these words and its number, or the whole text where there is none.
fn after_addition<'a>(text: &'a str, words: &[&str]) -> &'a str {
    let word = text.strip_prefix(SEPARATORS).unwrap_or(text);
    match words.iter().find_map(|known| word.strip_prefix(known)) {
        Some(rest) => {
            let rest = rest.strip_prefix(SEPARATORS).unwrap_or(rest);
            rest.trim_start_matches(|c: char| c.is_ascii_digit())
        }
        None => text,
    }
}

/// What follows the digits at the beginning, if there are any.
fn after_number(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    (rest.len() < text.len()).then_some(rest)
}

fn is_number(text: &str) -> bool {
    after_number(text) == Some("")
}

/// `ubuntu.1`: letters and digits, with single separators between.
fn is_local(text: &str) -> bool {
    let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric());
    text.split(SEPARATORS).all(word)
}

#[cfg(test)]
mod tests {
    use super::is_version;

    #[test]
    fn every_spelling_of_pep_440_is_a_version() {
        for text in [
            "1",
            "0.1.0",
            "2024.12",
            "1!2.0",
            "v1.0",
            "1.0a1",
            "1.0.alpha_2",
            "1.0RC",
            "1.0.post1",
            "1.0r4",
            "1.0.dev",
            "1.0a1.post2.dev3",
            "1.0+ubuntu.1",
            "1.0a.",
        ] {
            assert!(is_version(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_version_is_none() {
        for text in [
            "",
            "v",
            "a",
            "1.",
            ".1",
            "1..0",
            "!1",
            "a!1",
            "1.0dev1a2",
            "1.0.post1.post2",
            "1.0+",
            "1.0+a..b",
            "1.0+a+b",
            "1.0x",
            "1!",
            "v!1",
            "1!v1",
        ] {
            assert!(!is_version(text), "{text}");
        }
    }
}
