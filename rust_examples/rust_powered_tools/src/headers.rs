//! ELF, Mach-O and PE: which of them a file is, and whether it is whole.
//!
//! Only headers are read, by the crate `object`, and as little of them as
//! will do: a header may lie, and whatever size it names, no more memory
//! is taken than a few megabytes.

use std::fs::File;

use object::read::elf::ProgramHeader as _;
use object::read::macho::{FatArch, MachOFatFile32, MachOFatFile64, Segment as _};
use object::read::{ReadCache, ReadRef};
use object::{Endianness, FileKind, elf, macho, pe};

/// A file says how many program headers, load commands and slices
/// it has. Beyond these, it lies.
const MOST_COMMANDS: u32 = 4 << 20;
const MOST_SLICES: u32 = 30;

type Input<'a> = &'a ReadCache<&'a File>;

/// The format of a native file, and up to which byte its header says that it reaches.
#[derive(Debug, Clone, Copy)]
pub struct Header {
    /// `ELF`, `Mach-O` or `PE`.
    pub format: &'static str,
    /// `None` where the header is damaged.
    pub end: Option<u64>,
}

/// What the header of a file says, where it has one that is native.
pub fn header(file: &File) -> Option<Header> {
    let input = &ReadCache::new(file);
    let magic = input.read_bytes_at(0, 4).ok()?;
    let format = match *magic {
        [0x7f, b'E', b'L', b'F'] => "ELF",
        [0xca, 0xfe, 0xba, 0xbe | 0xbf] if is_java(input) => return None,
        [0xca, 0xfe, 0xba, 0xbe | 0xbf]
        | [0xfe, 0xed, 0xfa, 0xce | 0xcf]
        | [0xce | 0xcf, 0xfa, 0xed, 0xfe] => "Mach-O",
        [b'M', b'Z', ..] => "PE",
        _ => return None,
    };
    let end = FileKind::parse(input).ok().and_then(|kind| match kind {
        FileKind::Elf32 => elf_end::<elf::FileHeader32<Endianness>>(input),
        FileKind::Elf64 => elf_end::<elf::FileHeader64<Endianness>>(input),
        FileKind::MachO32 => macho_end::<macho::MachHeader32<Endianness>>(input, 0),
        FileKind::MachO64 => macho_end::<macho::MachHeader64<Endianness>>(input, 0),
        FileKind::MachOFat32 => fat_end(input, MachOFatFile32::parse(input).ok()?.arches()),
        FileKind::MachOFat64 => fat_end(input, MachOFatFile64::parse(input).ok()?.arches()),
        FileKind::Pe32 => pe_end::<pe::ImageNtHeaders32>(input),
        FileKind::Pe64 => pe_end::<pe::ImageNtHeaders64>(input),
        _ => None,
    });
    Some(Header { format, end })
}

/// Java's class files begin like a universal Mach-O; what is a count of
/// slices there is a version here.
fn is_java(input: Input<'_>) -> bool {
    let count = input.read_bytes_at(4, 4).map(<[u8; 4]>::try_from);
    matches!(count, Ok(Ok(bytes)) if u32::from_be_bytes(bytes) > MOST_SLICES)
}

fn elf_end<H: object::read::elf::FileHeader<Endian = Endianness>>(input: Input<'_>) -> Option<u64> {
    let header = H::parse(input).ok()?;
    let endian = header.endian().ok()?;
    if header.e_phnum(endian) == elf::PN_XNUM {
        return None;
    }
    let table = u64::from(header.e_shnum(endian)) * u64::from(header.e_shentsize(endian));
    let mut end = header.e_shoff(endian).into().checked_add(table)?;
    for segment in header.program_headers(endian, input).ok()? {
        let (start, length) = segment.file_range(endian);
        end = end.max(start.checked_add(length)?);
    }
    Some(end)
}

fn macho_end<H: object::read::macho::MachHeader<Endian = Endianness>>(
    input: Input<'_>,
    offset: u64,
) -> Option<u64> {
    let header = H::parse(input, offset).ok()?;
    let endian = header.endian().ok()?;
    if header.sizeofcmds(endian) > MOST_COMMANDS {
        return None;
    }
    let mut commands = header.load_commands(endian, input, offset).ok()?;
    let mut end = 0;
    while let Some(command) = commands.next().ok()? {
        if let Some((segment, _)) = H::Segment::from_command(command).ok()? {
            let (start, length) = segment.file_range(endian);
            end = end.max(offset.checked_add(start)?.checked_add(length)?);
        }
    }
    Some(end)
}

fn fat_end(input: Input<'_>, slices: &[impl FatArch]) -> Option<u64> {
    let mut end = 0;
    for slice in slices {
        let (start, length) = slice.file_range();
        let within = match FileKind::parse_at(input, start).ok()? {
            FileKind::MachO32 => macho_end::<macho::MachHeader32<Endianness>>(input, start)?,
            FileKind::MachO64 => macho_end::<macho::MachHeader64<Endianness>>(input, start)?,
            _ => return None,
        };
        end = end.max(within).max(start.checked_add(length)?);
    }
    Some(end)
}

fn pe_end<H: object::read::pe::ImageNtHeaders>(input: Input<'_>) -> Option<u64> {
    let mut offset = pe::ImageDosHeader::parse(input)
        .ok()?
        .nt_headers_offset()
        .into();
    let (headers, _) = H::parse(input, &mut offset).ok()?;
    let mut end = offset;
    for section in headers.sections(input, offset).ok()?.iter() {
        let (start, length) = section.pe_file_range();
        end = end.max(u64::from(start) + u64::from(length));
    }
    Some(end)
}
