//! Weights as people type them. Nothing here knows of Python.

/// What may stand around a number: a space, a tab, and the space at which no line breaks.
const BLANKS: [char; 3] = [' ', '\t', '\u{a0}'];

/// A unit of weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Kilogram,
    Pound,
}

impl Unit {
    /// The unit that goes by this name: `kg`, `lb` or `lbs`, in capitals or not.
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "kg" => Some(Self::Kilogram),
            "lb" | "lbs" => Some(Self::Pound),
            _ => None,
        }
    }

    /// How many kilograms one of it is. For the pound, this is its definition.
    fn kilograms(self) -> f64 {
        match self {
            Self::Kilogram => 1.0,
            Self::Pound => 0.453_592_37,
        }
    }

    /// So many of this unit in kilograms: `None` where no
    /// weight is so much, or so little.
    pub fn weigh(self, number: f64) -> Option<f64> {
        let weight = number * self.kilograms();
        (weight >= 0.0 && weight.is_finite()).then_some(weight)
    }
}

/// Read a weight, in kilograms: `72,5 kg`, `158lb`, or a bare number, which is in `unit`.
///
/// Comma and point both stand before the decimals, so that `1,234` is a
/// little more than one. Digits are 0–9. Signs, exponents and anything else
/// are no weight, and give `None`.
pub fn read(text: &str, unit: Unit) -> Option<f64> {
    let text = text.trim_matches(BLANKS);
    let end = text
        .find(|letter: char| !(letter.is_ascii_digit() || ".,".contains(letter)))
        .unwrap_or(text.len());
    let (number, name) = text.split_at(end);
    let unit = match name.trim_start_matches(BLANKS) {
        "" => unit,
        name => Unit::named(name)?,
    };
    unit.weigh(number.replace(',', ".").parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_kg(text: &str) -> Option<f64> {
        read(text, Unit::Kilogram)
    }

    #[test]
    fn a_weight_is_read_with_point_or_comma_and_any_blanks() {
        for text in ["72.5 kg", "72,5kg", " 72,50\t KG ", "72.5", "72,5\u{a0}kg"] {
            assert_eq!(read_kg(text), Some(72.5), "{text}");
        }
    }

    #[test]
    fn a_pound_is_what_it_is_defined_to_be() {
        assert_eq!(read_kg("100 lbs"), Some(45.359_237));
        assert_eq!(read("100", Unit::Pound), Some(45.359_237));
        assert_eq!(read("100 kg", Unit::Pound), Some(100.0));
    }

    #[test]
    fn what_is_no_weight_is_none() {
        for text in [
            "",
            "n/a",
            ".",
            "kg",
            "-5",
            "1e3",
            "1.2.3",
            "72 stone",
            "72 kg kg",
            "٧٢",
            "5 \u{212a}g",
        ] {
            assert_eq!(read_kg(text), None, "{text}");
        }
        assert_eq!(read_kg(&"9".repeat(400)), None);
    }

    #[test]
    fn neither_nan_nor_infinity_nor_less_than_nothing_is_a_weight() {
        for number in [f64::NAN, f64::INFINITY, -1.0, -f64::NAN] {
            assert_eq!(Unit::Pound.weigh(number), None);
        }
        assert_eq!(Unit::Pound.weigh(0.0), Some(0.0));
    }
}
