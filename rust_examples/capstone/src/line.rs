//! One line of an access log, and why it may be none.

use memchr::{memchr, memchr_iter, memchr2, memrchr};

/// What is counted of a request. All bytes are the line's own: nothing is copied.
#[derive(Debug, PartialEq)]
pub struct Request<'line> {
    /// The name or address of whoever asked.
    pub host: &'line [u8],
    /// The hour of the day at which they asked, by the server's clock.
    pub hour: usize,
    /// What they asked for, without what follows a `?`. What is not HTTP is taken whole.
    pub path: &'line [u8],
    /// How the server answered.
    pub status: usize,
    /// How many bytes it sent.
    pub bytes: u64,
}

/// Why a line is not a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Empty,
    Host,
    Time,
    Date,
    Quote,
    Status,
    Bytes,
    Large,
    Rest,
    Long,
}

impl Fault {
    /// The reason in words, to follow "the line".
    pub fn in_words(self) -> &'static str {
        match self {
            Fault::Empty => "is empty",
            Fault::Host => "does not begin with a host and a space",
            Fault::Time => "has no time in brackets",
            Fault::Date => "has a time that no calendar or clock knows",
            Fault::Quote => "has no request between two quotes",
            Fault::Status => "has no status from 100 to 999",
            Fault::Bytes => "has no number of bytes",
            Fault::Large => "has a number of bytes that takes more than 64 bits",
            Fault::Rest => "has no referrer and agent between quotes",
            Fault::Long => "is longer than 65,536 bytes",
        }
    }
}

/// Read a line of the Combined Log Format, or of the Common one, without its line break.
pub fn parse(line: &[u8]) -> Result<Request<'_>, Fault> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty() {
        return Err(Fault::Empty);
    }
    let (host, rest) = cut(line, memchr(b' ', line), 1)
        .filter(|(host, _)| !host.is_empty())
        .ok_or(Fault::Host)?;
    let (_, rest) = cut(rest, bracket(rest), 1).ok_or(Fault::Time)?;
    let (time, rest) = rest.split_at_checked(26).ok_or(Fault::Time)?;
    let hour = hour(time)?;
    let rest = rest.strip_prefix(b"] \"").ok_or(Fault::Time)?;
    let (request, rest) = cut(rest, end_of_quotation(rest), 1).ok_or(Fault::Quote)?;
    let rest = rest.strip_prefix(b" ").ok_or(Fault::Status)?;
    let (status, rest) = rest.split_at_checked(3).ok_or(Fault::Status)?;
    let status = number(status).filter(|&n| n >= 100).ok_or(Fault::Status)?;
    let rest = rest.strip_prefix(b" ").ok_or(Fault::Bytes)?;
    let (bytes, rest) = rest.split_at(memchr(b' ', rest).unwrap_or(rest.len()));
    let bytes = size(bytes)?;
    if !rest.is_empty() && !two_quotations(rest) {
        return Err(Fault::Rest);
    }
    Ok(Request {
        host,
        hour,
        path: path(request),
        status,
        bytes,
    })
}

/// What comes before the place and what comes after it, with `width` bytes left out.
fn cut(text: &[u8], place: Option<usize>, width: usize) -> Option<(&[u8], &[u8])> {
    place.map(|place| (&text[..place], &text[place + width..]))
}

/// Where the first bracket stands that opens a word: a user's name may hold others.
fn bracket(text: &[u8]) -> Option<usize> {
    memchr_iter(b'[', text).find(|&place| text[..place].ends_with(b" "))
}

/// Where the quotation ends whose first quote was passed. A
/// backslash takes the next byte along.
fn end_of_quotation(text: &[u8]) -> Option<usize> {
    let mut place = 0;
    loop {
        place += memchr2(b'"', b'\\', text.get(place..)?)?;
        if text[place] == b'"' {
            return Some(place);
        }
        place += 2;
    }
}

/// Whether referrer and agent follow, each in quotes. What a server was told to
/// write after them may be anything.
fn two_quotations(mut rest: &[u8]) -> bool {
    for _ in 0..2 {
        let Some(inside) = rest.strip_prefix(b" \"") else {
            return false;
        };
        let Some(end) = end_of_quotation(inside) else {
            return false;
        };
        rest = &inside[end + 1..];
    }
    rest.is_empty() || rest[0] == b' '
}

/// The target of `GET /target?query HTTP/1.1`.
fn path(request: &[u8]) -> &[u8] {
    match (memchr(b' ', request), memrchr(b' ', request)) {
        (Some(first), Some(last)) if first < last => {
            let target = &request[first + 1..last];
            &target[..memchr(b'?', target).unwrap_or(target.len())]
        }
        _ => request,
    }
}

/// The number that the digits write, of nothing but digits.
fn number(digits: &[u8]) -> Option<usize> {
    digits.iter().try_fold(0, |number: usize, digit| {
        let digit = digit.is_ascii_digit().then(|| usize::from(digit - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

/// The bytes sent: `-` is none.
fn size(digits: &[u8]) -> Result<u64, Fault> {
    match digits {
        b"-" => Ok(0),
        [] => Err(Fault::Bytes),
        _ if !digits.iter().all(u8::is_ascii_digit) => Err(Fault::Bytes),
        _ => digits.iter().try_fold(0_u64, |size, digit| {
            let larger = size.checked_mul(10).ok_or(Fault::Large)?;
            larger
                .checked_add(u64::from(digit - b'0'))
                .ok_or(Fault::Large)
        }),
    }
}

const MONTHS: [&[u8]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// The hour of a time such as `10/Oct/2000:13:55:36 -0700`,
/// all of which must be possible.
fn hour(time: &[u8]) -> Result<usize, Fault> {
    let marks = [
        (2, b'/'),
        (6, b'/'),
        (11, b':'),
        (14, b':'),
        (17, b':'),
        (20, b' '),
    ];
    let in_place = marks.iter().all(|&(place, mark)| time[place] == mark);
    let numbers = [0..2, 7..11, 12..14, 15..17, 18..20, 22..24, 24..26].map(|at| number(&time[at]));
    let [
        Some(day),
        Some(year),
        Some(hour),
        Some(minute),
        Some(second),
        Some(east),
        Some(more),
    ] = numbers
    else {
        return Err(Fault::Time);
    };
    if !in_place || !matches!(time[21], b'+' | b'-') {
        return Err(Fault::Time);
    }
    let month = MONTHS
        .iter()
        .position(|&month| month == &time[3..6])
        .ok_or(Fault::Date)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = [
        31,
        if leap { 29 } else { 28 },
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ][month];
    let possible = (1..=days).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    if possible && year > 0 && east < 24 && more < 60 {
        Ok(hour)
    } else {
        Err(Fault::Date)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Request, parse};

    const LINE: &str =
        r#"127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a.gif?b=1 HTTP/1.0" 200 2326"#;

    #[test]
    fn a_line_is_read_without_a_copy() {
        let expected = Request {
            host: b"127.0.0.1",
            hour: 13,
            path: b"/a.gif",
            status: 200,
            bytes: 2326,
        };
        assert_eq!(parse(LINE.as_bytes()), Ok(expected));
        assert!(parse(format!("{LINE} \"-\" \"Mozilla \\\"4\\\"\" 0.002").as_bytes()).is_ok());
    }

    #[test]
    fn every_beginning_of_a_line_has_its_fault() {
        for end in 0..LINE.len() - 4 {
            assert!(parse(&LINE.as_bytes()[..end]).is_err(), "{}", &LINE[..end]);
        }
        assert_eq!(parse(b""), Err(Fault::Empty));
    }
}
