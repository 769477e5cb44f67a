//! How Arrow writes types in short.

/// How the texts of a column lie in memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Layout {
    /// One after the other, with offsets of 32 bits.
    Utf8,
    /// One after the other, with offsets of 64 bits.
    LargeUtf8,
    /// Each row has 16 bytes: a short text, or where a longer one lies.
    Utf8View,
}

impl Layout {
    /// The layout that a format stands for, where it is one of text.
    pub fn of_text(format: &str) -> Option<Self> {
        match format {
            "u" => Some(Self::Utf8),
            "U" => Some(Self::LargeUtf8),
            "vu" => Some(Self::Utf8View),
            _ => None,
        }
    }
}

/// A format in words, as far as it is a common one.
pub fn described(format: &str) -> String {
    let name = match format {
        "n" => "null",
        "b" => "bool",
        "c" => "int8",
        "C" => "uint8",
        "s" => "int16",
        "S" => "uint16",
        "i" => "int32",
        "I" => "uint32",
        "l" => "int64",
        "L" => "uint64",
        "e" => "float16",
        "f" => "float32",
        "g" => "float64",
        "z" => "binary",
        "Z" => "large binary",
        "vz" => "binary view",
        "u" => "utf8",
        "U" => "large utf8",
        "vu" => "utf8 view",
        "+s" => "struct: give one column of a table",
        "+l" | "+L" => "list",
        _ if format.starts_with("d:") => "decimal",
        _ if format.starts_with("td") => "date",
        _ if format.starts_with("tt") => "time",
        _ if format.starts_with("tD") => "duration",
        _ if format.starts_with("ts") => "timestamp",
        _ => return format!("Arrow's type {format:?}"),
    };
    name.to_owned()
}
