//! Text out of a file's bytes, which may be compressed.

use std::io::{self, Write};
use std::mem;

use flate2::write::GzDecoder;

/// How every gzip file begins.
const MAGIC: [u8; 2] = [0x1f, 0x8b];

const CHECKSUM: &str = "the compressed data does not match its checksum";

/// What a file has turned out to be, so far.
pub enum Source {
    /// Too short to tell: nothing, or the first byte of the magic two.
    Unknown(Vec<u8>),
    Plain,
    /// Within a gzip member. A file may have several, one after the other.
    Member(Box<GzDecoder<Vec<u8>>>),
    /// After a member: padding, another member, or the end.
    Between,
    /// Damaged further up, so that no sense can be made of the rest.
    Broken,
}

impl Source {
    /// A file of which nothing has been seen.
    pub fn new() -> Self {
        Source::Unknown(Vec::new())
    }

    /// Hand on the text of a block, in pieces of 32 KB at most where it was compressed.
    ///
    /// An error is told once: where the file is damaged.
    pub fn feed(
        &mut self,
        mut block: &[u8],
        sink: &mut impl FnMut(&[u8]),
    ) -> Result<(), &'static str> {
        if let Source::Unknown(seen) = self {
            seen.extend_from_slice(block);
            return self.recognise(sink);
        }
        while !block.is_empty() {
            match self {
                Source::Member(decoder) => match write(decoder, block, sink) {
                    Ok(0) => self.end_member()?,
                    Ok(taken) => block = &block[taken..],
                    Err(_) => return self.broken("the compressed data is damaged here"),
                },
                Source::Between if block[0] == 0 => block = &block[1..],
                Source::Between if block[0] == MAGIC[0] => {
                    *self = Source::Member(Box::new(GzDecoder::new(Vec::new())));
                }
                Source::Between => return self.broken("what follows here is not gzip"),
                Source::Broken => return Ok(()),
                Source::Plain | Source::Unknown(_) => {
                    sink(block);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Decide by the first two bytes what this is, and go on with what there is so far.
    fn recognise(&mut self, sink: &mut impl FnMut(&[u8])) -> Result<(), &'static str> {
        match self {
            Source::Unknown(seen)
                if seen.len() > 1 || seen.first().is_some_and(|&b| b != MAGIC[0]) =>
            {
                let seen = mem::take(seen);
                *self = if seen.starts_with(&MAGIC) {
                    Source::Between
                } else {
                    Source::Plain
                };
                self.feed(&seen, sink)
            }
            _ => Ok(()),
        }
    }

    /// The file is at its end. A member that is not complete is an error.
    pub fn end(&mut self, sink: &mut impl FnMut(&[u8])) -> Result<(), &'static str> {
        match self {
            Source::Unknown(before) => sink(&mem::take(before)),
            Source::Member(decoder) => {
                // What it holds back comes first, so that all that arrived is counted.
                let flushed = decoder.flush();
                sink(&mem::take(decoder.get_mut()));
                if flushed.is_err() || decoder.try_finish().is_err() {
                    let complete = matches!(decoder.write(&[0]), Ok(0)); // more would not be taken
                    return self.broken(if complete {
                        CHECKSUM
                    } else {
                        "the compressed data ends too early"
                    });
                }
            }
            Source::Plain | Source::Between | Source::Broken => (),
        }
        Ok(())
    }

    fn end_member(&mut self) -> Result<(), &'static str> {
        if let Source::Member(decoder) = self
            && decoder.try_finish().is_err()
        {
            return self.broken(CHECKSUM);
        }
        *self = Source::Between;
        Ok(())
    }

    fn broken(&mut self, reason: &'static str) -> Result<(), &'static str> {
        *self = Source::Broken;
        Err(reason)
    }
}

/// Let the decoder take of the block, and hand on what it gives. It takes
/// nothing after its member's end.
fn write(
    decoder: &mut GzDecoder<Vec<u8>>,
    block: &[u8],
    sink: &mut impl FnMut(&[u8]),
) -> io::Result<usize> {
    let taken = decoder.write(block);
    if !matches!(taken, Ok(1..)) {
        // At the member's end, or where it is damaged, what it has held back comes now.
        let _ = decoder.flush();
    }
    let text = decoder.get_mut();
    sink(text);
    text.clear();
    taken
}
