//! What a tag means, in words.

use crate::tags::Tag;

/// One line about a tag. What is not known stands there as it was written.
pub fn of(tag: &Tag) -> String {
    format!("{}, {}", python(tag), platform(&tag.platform))
}

fn python(tag: &Tag) -> String {
    let (python, abi) = (tag.python.as_str(), tag.abi.as_str());
    let Some((kind, version)) = split_python(python) else {
        return format!("Python {python} with the ABI {abi}");
    };
    match abi {
        "abi3" if kind == "CPython" => format!("CPython {version} or newer"),
        "abi3t" if kind == "CPython" => format!("CPython {version} or newer, without a GIL"),
        "none" if python == "py3" => "any Python 3".to_owned(),
        "none" if kind == "Python" => format!("any Python from {version} on"),
        "none" => format!("{kind} {version} alone, with any ABI"),
        _ if abi == python => format!("{kind} {version} alone"),
        _ if abi.strip_suffix('t') == Some(python) => {
            format!("{kind} {version} alone, without its GIL")
        }
        _ => format!("{kind} {version} with the ABI {abi}"),
    }
}

/// `cp312` is `CPython` and 3.12: the first digit is the major version.
fn split_python(python: &str) -> Option<(&'static str, String)> {
    let (kind, digits) = match python.split_at_checked(2)? {
        ("cp", digits) => ("CPython", digits),
        ("pp", digits) => ("PyPy", digits),
        ("py", digits) => ("Python", digits),
        _ => return None,
    };
    let (major, minor) = digits.split_at_checked(1)?;
    if !digits.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let dot = if minor.is_empty() { "" } else { "." };
    Some((kind, format!("{major}{dot}{minor}")))
}

fn platform(platform: &str) -> String {
    let old = [
        ("manylinux1_", "manylinux_2_5_"),
        ("manylinux2010_", "manylinux_2_12_"),
        ("manylinux2014_", "manylinux_2_17_"),
    ];
    for (alias, today) in old {
        if let Some(machine) = platform.strip_prefix(alias) {
            return self::platform(&format!("{today}{machine}"));
        }
    }
    let (kind, rest) = platform.split_once('_').unwrap_or((platform, ""));
    let system = match kind {
        "any" => return "on any system".to_owned(),
        "manylinux" => "Linux with glibc",
        "musllinux" => "Linux with musl",
        "macosx" => "macOS",
        "linux" => return format!("on a Linux that nobody has checked, on {rest}"),
        "win" => return format!("on Windows, on {rest}"),
        "win32" => return "on Windows, on x86 with 32 bits".to_owned(),
        _ => return format!("on {platform}"),
    };
    match rest.splitn(3, '_').collect::<Vec<_>>()[..] {
        [major, minor, machine] => format!("on {system} {major}.{minor} or newer, on {machine}"),
        _ => format!("on {platform}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_a_sentence() {
        for (tag, words) in [
            ("py3-none-any", "any Python 3, on any system"),
            ("py38-none-any", "any Python from 3.8 on, on any system"),
            (
                "cp310-abi3-win_amd64",
                "CPython 3.10 or newer, on Windows, on amd64",
            ),
            (
                "cp312-cp312-win32",
                "CPython 3.12 alone, on Windows, on x86 with 32 bits",
            ),
            (
                "cp313-cp313t-macosx_11_0_arm64",
                "CPython 3.13 alone, without its GIL, on macOS 11.0 or newer, on arm64",
            ),
            (
                "cp38-abi3-manylinux2014_x86_64",
                "CPython 3.8 or newer, on Linux with glibc 2.17 or newer, on x86_64",
            ),
            (
                "pp311-pypy311_pp73-musllinux_1_2_aarch64",
                "PyPy 3.11 with the ABI pypy311_pp73, on Linux with musl 1.2 or newer, on aarch64",
            ),
            (
                "cp312-none-linux_x86_64",
                "CPython 3.12 alone, with any ABI, on a Linux that nobody has checked, on x86_64",
            ),
            ("jy-none-plan9", "Python jy with the ABI none, on plan9"),
        ] {
            assert_eq!(of(&Tag::read(tag).unwrap()), words, "{tag}");
        }
    }
}
