//! Lines out of blocks, and counts out of lines.

use std::mem;

use memchr::memchr;

use crate::line::{Fault, parse};
use crate::tally::Tally;

/// How long a line may be. What is longer is no request, and is not kept.
pub const LONGEST: usize = 1 << 16;

/// A line that was not counted: where it is, and why.
#[derive(Clone)]
pub struct Problem {
    /// The file's name, as the caller calls it.
    pub source: String,
    /// The number of the line, from 1.
    pub line: u64,
    /// How many bytes come before the line.
    pub offset: u64,
    /// The reason, to follow "the line".
    pub reason: &'static str,
}

/// Counts of requests. Its memory grows with the number of different paths and hosts, up
/// to a limit, and with nothing else.
pub struct Analyser {
    pub requests: u64,
    pub malformed: u64,
    pub bytes: u128,
    pub statuses: Vec<u64>,
    pub hours: Vec<u64>,
    pub paths: Tally,
    pub hosts: Tally,
    /// The first lines that were malformed.
    pub problems: Vec<Problem>,
    keep: usize,
    source: String,
    /// The beginning of a line whose end has not come yet.
    begun: Vec<u8>,
    /// How long that line is so far: more than is kept of it, where it is too long.
    length: u64,
    line: u64,
    offset: u64,
}

impl Analyser {
    /// Keeps so many problems, and has so much room for paths and for hosts, in bytes.
    pub fn new(keep: usize, room: usize) -> Self {
        Analyser {
            requests: 0,
            malformed: 0,
            bytes: 0,
            statuses: vec![0; 1000],
            hours: vec![0; 24],
            paths: Tally::new(room),
            hosts: Tally::new(room),
            problems: Vec::new(),
            keep,
            source: String::new(),
            begun: Vec::new(),
            length: 0,
            line: 1,
            offset: 0,
        }
    }

    /// What comes next is from another file.
    pub fn begin(&mut self, source: &str) {
        source.clone_into(&mut self.source);
        self.begun.clear();
        (self.length, self.line, self.offset) = (0, 1, 0);
    }

    /// Count the lines of a block. It may begin and end anywhere.
    pub fn feed(&mut self, mut block: &[u8]) {
        while let Some(end) = memchr(b'\n', block) {
            if self.length == 0 {
                self.count(&block[..end]);
            } else {
                self.append(&block[..end]);
                self.end_line();
            }
            block = &block[end + 1..];
        }
        self.append(block);
    }

    /// The file is at its end: its last line may lack the line break.
    pub fn end(&mut self) {
        if self.length > 0 {
            self.end_line();
        }
    }

    /// The file breaks off: a line that has begun cannot be trusted, and is not counted.
    pub fn break_off(&mut self, reason: &'static str) -> Problem {
        self.begun.clear();
        self.length = 0;
        self.problem(reason)
    }

    /// About how many bytes it holds.
    pub fn held(&self) -> usize {
        self.paths.held() + self.hosts.held() + self.begun.capacity()
    }

    fn append(&mut self, piece: &[u8]) {
        self.length += piece.len() as u64;
        if self.length <= LONGEST as u64 {
            self.begun.extend_from_slice(piece);
        } else {
            self.begun = Vec::new();
        }
    }

    fn end_line(&mut self) {
        let mut line = mem::take(&mut self.begun);
        if self.length > LONGEST as u64 {
            self.refuse(Fault::Long);
            self.advance(self.length);
        } else {
            self.count(&line);
        }
        line.clear();
        self.begun = line;
        self.length = 0;
    }

    fn count(&mut self, line: &[u8]) {
        let request = if line.len() > LONGEST {
            Err(Fault::Long)
        } else {
            parse(line)
        };
        match request {
            Ok(request) => {
                self.requests += 1;
                self.bytes += u128::from(request.bytes);
                self.statuses[request.status] += 1;
                self.hours[request.hour] += 1;
                self.paths.add(request.path);
                self.hosts.add(request.host);
            }
            Err(fault) => self.refuse(fault),
        }
        self.advance(line.len() as u64);
    }

    fn refuse(&mut self, fault: Fault) {
        self.malformed += 1;
        if self.problems.len() < self.keep {
            let problem = self.problem(fault.in_words());
            self.problems.push(problem);
        }
    }

    fn problem(&self, reason: &'static str) -> Problem {
        Problem {
            source: self.source.clone(),
            line: self.line,
            offset: self.offset,
            reason,
        }
    }

    fn advance(&mut self, length: u64) {
        self.line += 1;
        self.offset += length + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{Analyser, LONGEST};

    const LINE: &[u8] = b"::1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 7\n";

    #[test]
    fn blocks_may_be_cut_anywhere() {
        let log = [LINE, b"nonsense\n", LINE].concat();
        for size in 1..log.len() {
            let mut analyser = Analyser::new(10, 1 << 20);
            log.chunks(size).for_each(|block| analyser.feed(block));
            analyser.end();
            assert_eq!(
                (analyser.requests, analyser.malformed, analyser.bytes),
                (2, 1, 14)
            );
            assert_eq!(
                (analyser.problems[0].line, analyser.problems[0].offset),
                (2, LINE.len() as u64)
            );
        }
    }

    #[test]
    fn a_line_without_end_is_not_kept() {
        let mut analyser = Analyser::new(10, 1 << 20);
        for _ in 0..100 {
            analyser.feed(&vec![b'x'; LONGEST]);
            assert!(analyser.held() <= 2 * LONGEST);
        }
        analyser.feed(b"\n");
        analyser.feed(LINE);
        assert_eq!((analyser.requests, analyser.malformed), (1, 1));
        assert_eq!(analyser.problems[0].reason, "is longer than 65,536 bytes");
    }
}
