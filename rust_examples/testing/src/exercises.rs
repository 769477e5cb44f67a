//! Exercises: the smallest case, a test that asserts nothing, and the way there and back.
#![allow(unused_variables)]
#![allow(clippy::doc_link_with_quotes)] // the cases hold texts of Python's

use pyo3::pymodule;

#[pymodule(submodule)]
pub mod exercises {
    use pyo3::exceptions::PyNotImplementedError;
    use pyo3::prelude::*;

    /// Predict: The decoder `hasty` below takes a percent sign and the two characters behind it, and leaves
    /// all three as they are where the two are no digits. Then it goes on behind them. Hypothesis may make
    /// texts of any length from the characters `%`, `4` and `1`. Which is the smallest on which `hasty` is
    /// wrong? The case below lets Hypothesis search, and compares.
    ///
    /// >>> import re, string
    /// >>> from hypothesis import find, settings, strategies as st
    /// >>> from testing import unquote_to_bytes
    /// >>> def hasty(text):
    /// ...     def byte(found):
    /// ...         is_hex = all(digit in string.hexdigits for digit in found[1])
    /// ...         return chr(int(found[1], 16)) if is_hex else found[0]
    /// ...     return re.sub("%(..)", byte, text).encode("latin-1")
    /// >>> def wrong(text):
    /// ...     return hasty(text) != unquote_to_bytes(text)
    /// >>> same_each_time = settings.get_profile("ci")
    /// >>> smallest_text() == find(st.text("%41"), wrong, settings=same_each_time)
    /// True
    #[pyfunction]
    fn smallest_text() -> PyResult<String> {
        Err(PyNotImplementedError::new_err("which is the smallest?"))
    }

    /// Repair: A test, written in Rust. It is handed a decoder, tries it on five texts, and passes whatever
    /// comes back. Let it raise `AssertionError` with the first text that is decoded wrongly.
    ///
    /// >>> from testing import unquote_draft, unquote_to_bytes
    /// >>> check_decoder(unquote_to_bytes) is None
    /// True
    /// >>> check_decoder(str.encode)
    /// Traceback (most recent call last):
    /// AssertionError: a%20b
    /// >>> check_decoder(lambda text: unquote_to_bytes(text.replace("%c3", "%25c3")))
    /// Traceback (most recent call last):
    /// AssertionError: caf%c3%A9
    /// >>> check_decoder(lambda text: unquote_to_bytes(text.removesuffix("%")))
    /// Traceback (most recent call last):
    /// AssertionError: 100%
    /// >>> check_decoder(lambda text: unquote_to_bytes(text.replace("%%", "%25%25")))
    /// Traceback (most recent call last):
    /// AssertionError: %%41
    /// >>> check_decoder(unquote_draft)
    /// Traceback (most recent call last):
    /// AssertionError: %+0
    #[pyfunction]
    fn check_decoder(decode: &Bound<'_, PyAny>) -> PyResult<()> {
        for text in ["a%20b", "caf%c3%A9", "100%", "%%41", "%+0"] {
            let decoded: Vec<u8> = decode.call1((text,))?.extract()?;
        }
        Ok(())
    }

    /// Build: The round-trip property. `quote` makes text of bytes, and `unquote` bytes of text. Raise
    /// `AssertionError` where the bytes do not come back as they went, and also where the quoted text holds
    /// anything but letters and digits of ASCII and `%-._~`, which alone are safe in an address. (Two
    /// functions that do nothing bring everything back.) What the functions raise themselves goes on its way.
    /// The message is yours to choose. Hypothesis supplies the bytes, and reports the smallest that fail.
    ///
    /// >>> from urllib.parse import quote
    /// >>> from hypothesis import find, settings, strategies as st
    /// >>> from hypothesis.errors import NoSuchExample
    /// >>> from testing import unquote_to_bytes
    /// >>> def smallest(quote, unquote):
    /// ...     def wrong(data):
    /// ...         try:
    /// ...             check_round_trip(quote, unquote, data)
    /// ...         except AssertionError:
    /// ...             return True
    /// ...         return False
    /// ...     try:
    /// ...         return find(st.binary(), wrong, settings=settings.get_profile("ci"))
    /// ...     except NoSuchExample:
    /// ...         return "none"
    /// >>> smallest(lambda data: quote(data, safe=""), unquote_to_bytes)
    /// 'none'
    /// >>> def in_hex(data):
    /// ...     return "".join(f"%{byte:02x}" for byte in data)
    /// >>> smallest(in_hex, unquote_to_bytes)
    /// 'none'
    /// >>> smallest(lambda data: "".join(f"%{byte:x}" for byte in data), unquote_to_bytes)
    /// b'\x00'
    /// >>> smallest(lambda data: quote(data[:2], safe=""), unquote_to_bytes)
    /// b'\x00\x00\x00'
    /// >>> smallest(quote, unquote_to_bytes)
    /// b'/'
    /// >>> def text_of(data):
    /// ...     return data.decode("latin-1")
    /// >>> smallest(text_of, lambda text: text.encode("latin-1"))
    /// b'\x00'
    #[pyfunction]
    fn check_round_trip(
        quote: &Bound<'_, PyAny>,
        unquote: &Bound<'_, PyAny>,
        data: &[u8],
    ) -> PyResult<()> {
        Err(PyNotImplementedError::new_err("there and back"))
    }
}
