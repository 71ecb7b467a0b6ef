//! The way that a message came, a line for each step.

use super::super::Look;
use super::super::date::Calendar;
use super::super::pen::{Field as Run, Pen};
use crate::app::{PageLine, Step};
use crate::i18n::fill;
use crate::text::clip;

/// A machine that took longer than this kept the message waiting.
const SLOW: i64 = 300;

/// Columns of the number before the names.
const NUMBER: u16 = 4;

pub(super) fn draw(line: &PageLine, step: Step, look: &Look, calendar: &Calendar<'_>, run: Run, pen: &mut Pen<'_>) {
    let paint = &look.paint;
    pen.put(run.take(NUMBER - 1), &format!("{:>2}", step.number), paint.label);
    let run = run.skip(NUMBER);
    let took = step.at.zip(step.before).map(|(at, before)| at.0.saturating_sub(before.0));
    let is_slow = took.is_some_and(|seconds| seconds > SLOW);
    let mut times: Vec<String> = step.at.map(|at| calendar.time_with_seconds(at)).into_iter().collect();
    times.extend(took.map(|seconds| duration(seconds, look)));
    if is_slow {
        times.push(look.words.message.hop_slow.clone());
    }
    let times = times.join("  ");
    let used = pen.put_right(run, &times, if is_slow { paint.warning } else { paint.dim });
    let fact = |at: usize| line.facts.get(at).map_or("", |fact| fact.as_str()).trim();
    let names = format!("{} → {}", fact(0), fact(1));
    let room = run.columns.saturating_sub(used + 2);
    pen.put(run.take(room), &clip(names.trim(), usize::from(room)), paint.text);
}

/// How much later than the step before: clocks that differ make it earlier.
fn duration(seconds: i64, look: &Look) -> String {
    let words = &look.words.message;
    let (template, count) = match seconds.unsigned_abs() {
        count @ 0..120 => (&words.hop_seconds, count),
        count @ 120..7_200 => (&words.hop_minutes, count / 60),
        count => (&words.hop_hours, count / 3_600),
    };
    let sign = if seconds < 0 { "-" } else { "+" };
    fill(template, &[("count", &format!("{sign}{count}"))])
}
