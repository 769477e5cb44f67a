//! The five fields: what may stand in each, and what it means.

use std::fmt;
use std::num::IntErrorKind;

use crate::fault::{Blame, Fault, short};

/// One of the five fields: what it is called and what may stand in it.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    pub first: u32,
    pub last: u32,
    /// Names that stand for `first`, `first + 1` and so on.
    names: &'static [&'static str],
}

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

pub static FIELDS: [Field; 5] = [
    Field::new("minute", 0, 59, &[]),
    Field::new("hour", 0, 23, &[]),
    Field::new("day", 1, 31, &[]),
    Field::new("month", 1, 12, &MONTHS),
    Field::new("weekday", 0, 7, &DAYS),
];

impl Field {
    const fn new(
        name: &'static str,
        first: u32,
        last: u32,
        names: &'static [&'static str],
    ) -> Self {
        Self {
            name,
            first,
            last,
            names,
        }
    }

    /// A list of ranges, separated by commas.
    pub fn read<'a>(&'static self, word: &'a str) -> Result<Times, Blame<'a>> {
        let mut times = Times::default();
        for item in word.split(',') {
            let (range, step) = match item.split_once('/') {
                Some((range, step)) => (range, Some(step)),
                None => (item, None),
            };
            let stride = step.map_or(Ok(1), |step| self.stride(step))?;
            let (first, last) = if range == "*" {
                (self.first, self.last)
            } else if let Some((first, last)) = range.split_once('-') {
                (self.value(first)?, self.value(last)?)
            } else {
                let value = self.value(range)?;
                if step.is_some() {
                    return Err((range, Fault::NoRange(self, short(range))));
                }
                (value, value)
            };
            if first > last {
                return Err((range, Fault::Backwards(self, short(range))));
            }
            times.extend((first..=last).step_by(stride));
        }
        Ok(times)
    }

    /// A number or a name that this field allows.
    fn value<'a>(&'static self, text: &'a str) -> Result<u32, Blame<'a>> {
        if let Some(value) = (self.first..)
            .zip(self.names)
            .find_map(|(value, name)| name.eq_ignore_ascii_case(text).then_some(value))
        {
            return Ok(value);
        }
        let value = self.number(text)?;
        if (self.first..=self.last).contains(&value) {
            Ok(value)
        } else {
            Err((text, Fault::OutOfRange(self, short(text))))
        }
    }

    /// How many numbers each step takes. Steps that leave the range are cron's to allow.
    fn stride<'a>(&'static self, text: &'a str) -> Result<usize, Blame<'a>> {
        match self.number(text)? {
            0 => Err((text, Fault::StepZero)),
            number => Ok(number as usize),
        }
    }

    /// Digits alone. What is too large for `u32` becomes its
    /// largest value, which no field allows.
    fn number<'a>(&'static self, text: &'a str) -> Result<u32, Blame<'a>> {
        // Rust would read "+5" as 5. Cron does not, and a plus sign by
        // itself is no number to Rust either.
        let digits = if text.starts_with('+') { "+" } else { text };
        match digits.parse() {
            Ok(number) => Ok(number),
            Err(error) if *error.kind() == IntErrorKind::PosOverflow => Ok(u32::MAX),
            Err(source) => Err((text, Fault::NotANumber(self, short(text), source))),
        }
    }

    /// What a message adds where the field has names.
    pub fn or_a_name(&self) -> String {
        match self.names {
            [first, .., last] => format!(" or a name ({first}–{last})"),
            _ => String::new(),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A set of numbers below 64, one bit each.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Times(u64);

impl Times {
    /// The numbers, ascending.
    pub fn iter(self) -> impl Iterator<Item = u32> {
        (0..u64::BITS).filter(move |number| self.0 >> number & 1 == 1)
    }

    /// Sunday is 0 and 7 in a crontab, and 0 alone from here on.
    pub fn with_one_sunday(self) -> Self {
        Self((self.0 | self.0 >> 7 & 1) & !(1 << 7))
    }
}

impl Extend<u32> for Times {
    fn extend<I: IntoIterator<Item = u32>>(&mut self, numbers: I) {
        for number in numbers {
            self.0 |= 1 << number;
        }
    }
}
