//! A crontab, read line by line: plain Rust, with no Python in it.
//!
//! The format is that of crontab(5) for a user's own table. Three things are narrower
//! here: nicknames such as `@daily` and random times such as `5~15` are refused, and so
//! is a range that runs backwards, `FRI-SUN` included. Settings such as `MAILTO=me` say
//! how to run a job, not when: they are passed over.

use crate::fault::{Blame, CronError, Fault, short};
use crate::field::{FIELDS, Times};

const BLANKS: [char; 2] = [' ', '\t'];

/// When to run what.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Job {
    pub minutes: Times,
    pub hours: Times,
    pub days: Times,
    pub months: Times,
    pub weekdays: Times,
    pub command: String,
}

/// The job on this line, if it is not blank, a comment or a setting.
pub fn read_line(number: usize, line: &str) -> Result<Option<Job>, CronError> {
    let rest = line.trim_start_matches(BLANKS);
    if rest.is_empty() || rest.starts_with('#') || is_setting(rest) {
        return Ok(None);
    }
    match read_job(rest) {
        Ok(job) => Ok(Some(job)),
        Err((part, fault)) => Err(CronError {
            line: number,
            column: column(line, part),
            fault,
        }),
    }
}

/// In which column of `line` a part of it starts, in characters.
fn column(line: &str, part: &str) -> usize {
    let offset = part.as_ptr().addr() - line.as_ptr().addr();
    line[..offset].chars().count() + 1
}

/// `name = value`, with or without the blanks.
fn is_setting(line: &str) -> bool {
    line.split_once('=').is_some_and(|(name, _)| {
        let name = name.trim_end_matches(BLANKS);
        !name.is_empty() && !name.contains(BLANKS)
    })
}

fn read_job(line: &str) -> Result<Job, Blame<'_>> {
    if line.starts_with('@') {
        let (nickname, _) = split_word(line);
        return Err((nickname, Fault::Nickname(short(nickname))));
    }
    let mut rest = line;
    let mut times = [Times::default(); 5];
    for (field, times) in FIELDS.iter().zip(&mut times) {
        let (word, after) = split_word(rest);
        if word.is_empty() {
            return Err((rest, Fault::Missing(field.name)));
        }
        *times = field.read(word)?;
        rest = after;
    }
    if rest.is_empty() {
        return Err((rest, Fault::Missing("command")));
    }
    let [minutes, hours, days, months, weekdays] = times;
    let weekdays = weekdays.with_one_sunday();
    Ok(Job {
        minutes,
        hours,
        days,
        months,
        weekdays,
        command: rest.to_owned(),
    })
}

/// The first word of a line, and what follows the blanks behind it.
fn split_word(line: &str) -> (&str, &str) {
    let (word, rest) = line.split_at(line.find(BLANKS).unwrap_or(line.len()));
    (word, rest.trim_start_matches(BLANKS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(line: &str) -> Job {
        read_line(1, line).unwrap().unwrap()
    }

    fn message(line: &str) -> String {
        read_line(1, line).unwrap_err().to_string()
    }

    fn numbers(times: Times) -> Vec<u32> {
        times.iter().collect()
    }

    #[test]
    fn five_fields_and_a_command_are_a_job() {
        let job = job("*/20 8-10 1,15 jan-MAR Mon  backup --all ");
        assert_eq!(numbers(job.minutes), [0, 20, 40]);
        assert_eq!(numbers(job.hours), [8, 9, 10]);
        assert_eq!(numbers(job.days), [1, 15]);
        assert_eq!(numbers(job.months), [1, 2, 3]);
        assert_eq!(numbers(job.weekdays), [1]);
        assert_eq!(job.command, "backup --all ");
    }

    #[test]
    fn blank_lines_comments_and_settings_hold_no_job() {
        for line in [
            "",
            " \t",
            "# 0 0 * * * x",
            "MAILTO=me",
            "MAILTO = me",
            "A=0 0 * * * x",
        ] {
            assert_eq!(read_line(1, line), Ok(None), "{line}");
        }
    }

    #[test]
    fn a_command_may_hold_an_equals_sign() {
        assert_eq!(job("0 0 * * * A=1 backup").command, "A=1 backup");
    }

    #[test]
    fn sunday_is_nought_however_it_is_written() {
        for sunday in ["0", "7", "0,7", "SUN"] {
            assert_eq!(numbers(job(&format!("0 0 * * {sunday} x")).weekdays), [0]);
        }
        assert_eq!(numbers(job("0 0 * * 5-7 x").weekdays), [0, 5, 6]);
    }

    #[test]
    fn a_step_beyond_the_range_leaves_its_first_number() {
        assert_eq!(numbers(job("*/99999999999 0 * * * x").minutes), [0]);
    }

    #[test]
    fn every_fault_names_its_place_and_the_way_out() {
        for (line, expected) in [
            ("30  25 * * * x", "column 5: hour 25 is not in 0–23"),
            (
                "30  99999999999 * * * x",
                "column 5: hour 99999999999 is not in 0–23",
            ),
            ("  0 0 0 * * x", "column 7: day 0 is not in 1–31"),
            ("0,5,,6 0 * * * x", "column 5: minute '' is not a number"),
            ("+5 0 * * * x", "column 1: minute '+5' is not a number"),
            (
                "0 0 * JAM * x",
                "column 7: month 'JAM' is not a number or a name (JAN–DEC)",
            ),
            (
                "0 5-1/2 * * * x",
                "column 3: hour 5-1 runs backwards: write the smaller end first",
            ),
            (
                "5/15 0 * * * x",
                "column 1: minute 5 has a step but no range: write 5-59 or *",
            ),
            (
                "*/0 0 * * * x",
                "column 3: step 0 leads nowhere: write 1 or more",
            ),
            (
                "@daily x",
                "column 1: '@daily' is a nickname: write five fields, such as 0 0 * * *",
            ),
            (
                "0 0 *",
                "column 6: the month is missing: a job is five fields and a command",
            ),
            (
                "0 0 * * *",
                "column 10: the command is missing: a job is five fields and a command",
            ),
        ] {
            assert_eq!(message(line), format!("line 1, {expected}"));
        }
    }

    #[test]
    fn columns_count_characters() {
        assert!(message("ü/0 0 * * * x").starts_with("line 1, column 3: step 0"));
        let error = CronError::not_utf8(b"0\n\xc3\xbc\xe9", 4);
        assert_eq!((error.line, error.column), (2, 2));
    }

    #[test]
    fn a_control_character_is_not_printed() {
        assert_eq!(
            message("\x1b[2J 0 * * * x"),
            "line 1, column 1: minute '\u{fffd}[2J' is not a number"
        );
    }

    #[test]
    fn a_long_word_is_cut_short_in_the_message() {
        let word = "ü".repeat(1_000_000);
        assert_eq!(
            message(&format!("{word} 0 * * * x")),
            format!(
                "line 1, column 1: minute '{}…' is not a number",
                "ü".repeat(20)
            ),
        );
    }
}
