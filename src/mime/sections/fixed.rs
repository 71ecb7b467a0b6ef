//! Lines that mean something by where their characters stand: tables drawn with blanks or lines, logs, stack traces.

use super::{Kinds, Line, Told};
use crate::model::SectionKind;
use crate::text::graphemes;

/// Longer lines are prose, or too long to be looked at.
const LONGEST_LINE: usize = 400;

/// Fewer lines than these that stand in columns may do so by chance.
const COLUMNS: usize = 3;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Nothing,
    /// A line of a table with its borders.
    Drawn,
    /// It begins with a date and a time.
    Log,
    /// `at com.example.Main(Main.java:12)`
    Frame,
}

pub(super) fn mark(lines: &[Line<'_>], kinds: &mut Kinds) {
    let open = |number: usize, kinds: &Kinds| {
        lines.get(number).is_some_and(|line| line.told == Told::Nothing && !line.is_blank())
            && kinds.get(number).is_some_and(Option::is_none)
    };
    let mut number = 0;
    while number < lines.len() {
        if !open(number, kinds) {
            number += 1;
            continue;
        }
        let end = (number..lines.len()).find(|at| !open(*at, kinds)).unwrap_or(lines.len());
        paragraph(lines.get(number..end).unwrap_or_default(), kinds.get_mut(number..end).unwrap_or_default());
        number = end;
    }
}

fn paragraph(lines: &[Line<'_>], kinds: &mut [Option<SectionKind>]) {
    let shapes: Vec<Shape> = lines.iter().map(|line| shape(line.text)).collect();
    let mut from = 0;
    for run in shapes.chunk_by(|a, b| a == b) {
        let shape = run.first().copied().unwrap_or(Shape::Nothing);
        let mut begin = from;
        let enough = shape != Shape::Nothing && run.len() >= 2;
        if enough && shape == Shape::Frame && from > 0 {
            // What went wrong stands above where it did.
            begin -= 1;
        }
        if enough {
            fill(kinds, begin, from + run.len());
        }
        from += run.len();
    }
    python(lines, kinds);
    columns(lines, kinds);
}

fn fill(kinds: &mut [Option<SectionKind>], from: usize, to: usize) {
    for kind in kinds.iter_mut().take(to).skip(from) {
        *kind = Some(SectionKind::Fixed);
    }
}

fn shape(text: &str) -> Shape {
    if text.len() > LONGEST_LINE {
        return Shape::Nothing;
    }
    let line = text.trim();
    if is_drawn(line) {
        Shape::Drawn
    } else if is_frame(line) {
        Shape::Frame
    } else if is_log(line) {
        Shape::Log
    } else {
        Shape::Nothing
    }
}

fn is_drawn(line: &str) -> bool {
    if line.starts_with('|') && line.ends_with('|') && line.len() > 2 {
        return true;
    }
    if line.starts_with('+') && line.ends_with('+') && line.len() > 2 {
        return line.bytes().all(|byte| matches!(byte, b'+' | b'-' | b'=' | b'|'));
    }
    line.chars().any(|c| matches!(c, '\u{2502}'..='\u{254b}' | '\u{2551}'..='\u{2570}'))
}

fn is_frame(line: &str) -> bool {
    (line.starts_with("at ") && line.ends_with(')') && line.contains('('))
        || line.starts_with("Caused by: ")
        || line.starts_with("... ") && line.ends_with(" more")
        || line.strip_prefix('#').is_some_and(|rest| {
            let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            rest.starts_with("  ") || rest.starts_with(" 0x")
        })
}

/// Year, month, day and a time with its seconds, in the ways that programs write them.
fn is_log(line: &str) -> bool {
    let line = line.trim_start_matches(['[', '<', '(']);
    let head: String = line.chars().take(24).map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let time = |rest: &str| rest.starts_with("00:00:00");
    let dated = ["0000-00-00", "0000/00/00", "00/00/0000", "00-00-0000", "00-00"];
    let by_date = dated
        .iter()
        .filter_map(|date| head.strip_prefix(date))
        .any(|rest| rest.strip_prefix(['T', ' ', '_', ':']).is_some_and(|rest| time(rest.trim_start())));
    // `Jan  2 11:23:45 host`, as syslog writes it.
    let month = line.get(..4).is_some_and(|month| {
        let names = ["Jan ", "Feb ", "Mar ", "Apr ", "May ", "Jun ", "Jul ", "Aug ", "Sep ", "Oct ", "Nov ", "Dec "];
        names.contains(&month)
    });
    let by_month =
        month && head.get(4..).and_then(|rest| rest.trim_start().split_once(' ')).is_some_and(|(_, t)| time(t));
    by_date || by_month || time(&head)
}

/// From `Traceback` to the line that says what went wrong.
fn python(lines: &[Line<'_>], kinds: &mut [Option<SectionKind>]) {
    let mut number = 0;
    while let Some(line) = lines.get(number) {
        if !line.text.starts_with("Traceback (most recent call last)") {
            number += 1;
            continue;
        }
        let inner = lines.iter().skip(number + 1).take_while(|line| line.text.starts_with(' ')).count();
        let end = number + inner + 2;
        fill(kinds, number, end);
        number = end;
    }
}

/// Lines in which something begins or ends at the same column, after three blanks or more.
fn columns(lines: &[Line<'_>], kinds: &mut [Option<SectionKind>]) {
    let mut before: Vec<usize> = Vec::new();
    let mut run = 0;
    for number in 0..=lines.len() {
        let stops = lines.get(number).map_or_else(Vec::new, |line| stops(line.text));
        let together = stops.iter().any(|stop| before.contains(stop));
        if !together {
            if run >= COLUMNS {
                fill(kinds, number - run, number);
            }
            run = 0;
        }
        run += usize::from(!stops.is_empty());
        before = stops;
    }
}

/// The columns where a field begins or ends that stands behind three blanks.
fn stops(text: &str) -> Vec<usize> {
    const MOST: usize = 24;
    let line = text.trim_end();
    if line.len() > LONGEST_LINE || !line.trim_start().contains("   ") {
        return Vec::new();
    }
    let mut stops = Vec::new();
    let (mut column, mut blanks, mut written, mut in_column) = (0, 0, false, false);
    for (grapheme, width) in graphemes(line) {
        if grapheme == " " {
            blanks += 1;
            if blanks == 3 && in_column {
                stops.push(column - 2);
                in_column = false;
            }
        } else {
            if blanks >= 3 && written {
                stops.push(column);
                in_column = true;
            }
            (blanks, written) = (0, true);
        }
        column += width;
        if stops.len() >= MOST {
            return stops;
        }
    }
    if in_column {
        stops.push(column);
    }
    stops
}
