//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // the stub's signature has room for its error

use pyo3::pymodule;

#[pymodule(submodule)]
pub mod solutions {
    use pyo3::exceptions::PyAssertionError;
    use pyo3::prelude::*;

    /// `hasty` swallows the second sign of `%%11`, and with it the escape that the sign begins. The text
    /// needs both signs and two digits, and to Hypothesis `1` is simpler than `4`.
    ///
    /// # Hints
    ///
    /// 1. What must stand where, for `hasty` to step over the beginning of an escape?
    /// 2. Hypothesis first makes a text shorter, then each character simpler: `0` is the simplest of all.
    ///
    /// # Misconceptions
    ///
    /// - `'%%41'`: that fails as well, but Hypothesis goes on until each digit is as simple as can be.
    /// - `'%%14'`: that fails as well, but Hypothesis goes on until each digit is as simple as can be.
    /// - `'%%1'`: there is no escape in it that `hasty` could step over, so both decoders leave it alone.
    /// - `'%%'`: there are not two characters behind the first sign, so both decoders leave it alone.
    /// - `'%1%11'`: that fails as well, but there is a shorter one.
    #[pyfunction]
    fn smallest_text() -> PyResult<String> {
        Ok("%%11".to_owned())
    }

    /// Each text stands beside what it has to become, and the two are compared. What is expected was written
    /// down by hand: had we asked a decoder for it, we would have tested that decoder with itself.
    ///
    /// # Hints
    ///
    /// 1. A test needs to know what is right: put the expected bytes beside each text, as in `("100%", …)`.
    /// 2. Compare with `!=`, and return `Err(PyAssertionError::new_err(text))`.
    ///
    /// # Misconceptions
    ///
    /// - `True`: this decoder is wrong, and the test let it pass.
    #[pyfunction]
    fn check_decoder(decode: &Bound<'_, PyAny>) -> PyResult<()> {
        let cases: [(&str, &[u8]); 5] = [
            ("a%20b", b"a b"),
            ("caf%c3%A9", "café".as_bytes()),
            ("100%", b"100%"),
            ("%%41", b"%A"),
            ("%+0", b"%+0"),
        ];
        for (text, expected) in cases {
            let decoded: Vec<u8> = decode.call1((text,))?.extract()?;
            if decoded != expected {
                return Err(PyAssertionError::new_err(text));
            }
        }
        Ok(())
    }

    /// Two promises, each with its own message, since a test that fails should say why. `call1` takes a tuple
    /// of arguments, and what Python returns is converted by `extract`.
    ///
    /// # Hints
    ///
    /// 1. Call `quote`, look at each character of the text, call `unquote` with it, and compare with `data`.
    /// 2. `quote.call1((data,))?.extract::<String>()?`, then `chars().all(…)` with `is_ascii_alphanumeric`.
    ///
    /// # Misconceptions
    ///
    /// - `'none'`: these two break one of the promises, and the property did not notice.
    #[pyfunction]
    fn check_round_trip(
        quote: &Bound<'_, PyAny>,
        unquote: &Bound<'_, PyAny>,
        data: &[u8],
    ) -> PyResult<()> {
        let quoted: String = quote.call1((data,))?.extract()?;
        let safe = |letter: char| letter.is_ascii_alphanumeric() || "%-._~".contains(letter);
        if !quoted.chars().all(safe) {
            let message = format!("{quoted:?} is not safe in an address");
            return Err(PyAssertionError::new_err(message));
        }
        let back: Vec<u8> = unquote.call1((&quoted,))?.extract()?;
        if back != data {
            let message = format!("{data:?} became {quoted:?}, and came back as {back:?}");
            return Err(PyAssertionError::new_err(message));
        }
        Ok(())
    }
}
