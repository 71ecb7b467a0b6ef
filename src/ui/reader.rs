//! The message itself.

use ratatui::style::Style;

use super::Look;
use super::bars;
use super::date::Calendar;
use super::list::ONLY_HERE;
use super::number::size;
use super::pen::{Field as Run, Pen};
use super::trouble;
use crate::app::{Area, Content, Field, Focus, PageLine, Pane, State};
use crate::i18n::fill;
use crate::model::Row;
use crate::text::{SafeText, wrap};

/// The column in which the values of the header lines begin; `app` breaks them to fit.
const LABEL: u16 = 8;

pub(super) fn draw(state: &State, look: &Look, pane: Pane, pen: &mut Pen<'_>) {
    let reader = state.reader();
    let percent = reader.percent().map(|percent| format!("{percent}%")).unwrap_or_default();
    let subject_in_view = reader.lines().first().is_none_or(|line| line.field == Field::Subject && line.first);
    let subject = state.list().at_cursor().filter(|row| Some(row.row.placement) == reader.placement());
    let name = match subject {
        // Once the subject has been scrolled away, the title keeps it in sight.
        Some(row) if !subject_in_view && !row.subject.is_empty() => row.subject.as_str(),
        _ => &look.words.reader.title,
    };
    bars::title(state, look, Focus::Reader, pane.title, name, &percent, pen);
    let body = Area { x: pane.body.x + 1, width: pane.body.width.saturating_sub(2), ..pane.body };
    let calendar = Calendar::new(state.now(), &look.zone, &look.words);
    match reader.content() {
        Content::Nothing => {
            if state.list().is_empty() {
                return;
            }
            pen.put_centred(Run::row(body, body.height / 3), &look.words.reader.nothing, look.paint.dim);
        }
        Content::Waiting(row) => {
            let below = head_of_row(row, look, &calendar, body, pen);
            pen.put(Run::row(body, below).less(0), &look.words.reader.waiting, look.paint.dim);
        }
        Content::Failed(row, failure) => {
            let mut below = head_of_row(row, look, &calendar, body, pen);
            let (what, rest) = trouble::paragraphs(failure, look);
            let mut say = |text: &str, style: Style| {
                for line in wrap(text, usize::from(body.width)) {
                    if below < body.height {
                        pen.put(Run::row(body, below), line, style);
                    }
                    below = below.saturating_add(1);
                }
            };
            say(&format!("{}：{what}", look.words.reader.failed).replace("：", colon(look)), look.paint.error);
            for text in rest {
                say(&text, look.paint.dim);
            }
        }
        Content::Ready => {
            for (row, line) in (0..body.height).zip(reader.lines()) {
                draw_line(line, look, &calendar, Run::row(body, row), pen);
            }
        }
    }
}

fn colon(look: &Look) -> &'static str {
    if look.words.language == "zh-CN" { "：" } else { ": " }
}

/// What the list knows of a message whose text is not here. Returns the row below it.
fn head_of_row(row: &Row, look: &Look, calendar: &Calendar<'_>, body: Area, pen: &mut Pen<'_>) -> u16 {
    let name = SafeText::new(&row.from.name);
    let address = SafeText::new(&row.from.address);
    let from = if name.is_empty() || name == address {
        address.into_string()
    } else {
        format!("{} <{}>", name.as_str(), address.as_str())
    };
    let only_here = row.only_here.then(|| (Field::OnlyHere, SafeText::default()));
    let lines = [
        (Field::Subject, SafeText::new(&row.subject)),
        (Field::From, SafeText::of(&from)),
        (Field::Date(row.date), SafeText::default()),
    ];
    let rule = (Field::Rule, SafeText::default());
    let mut below = 0;
    for (field, text) in lines.into_iter().chain(only_here).chain([rule]) {
        if below < body.height {
            draw_line(&PageLine { field, first: true, text }, look, calendar, Run::row(body, below), pen);
        }
        below += 1;
    }
    below
}

fn draw_line(line: &PageLine, look: &Look, calendar: &Calendar<'_>, run: Run, pen: &mut Pen<'_>) {
    let paint = &look.paint;
    let words = &look.words.reader;
    let text = line.text.as_str();
    let mut labelled = |label: &str, value: &str, style: Style| {
        if line.first {
            pen.put(run.take(LABEL - 1), label, paint.label);
        }
        pen.put(run.skip(LABEL), value, style);
    };
    match line.field {
        Field::Subject if text.trim().is_empty() => {
            pen.put(run, &look.words.list.no_subject, paint.dim);
        }
        Field::Subject => {
            pen.put(run, text, paint.subject);
        }
        Field::From => labelled(&words.from, text, paint.text),
        Field::To => labelled(&words.to, text, paint.text),
        Field::Cc => labelled(&words.cc, text, paint.text),
        Field::ReplyTo => labelled(&words.reply_to, text, paint.text),
        Field::Date(at) => labelled(&words.date, &calendar.full(at), paint.text),
        Field::OnlyHere => labelled(ONLY_HERE, &words.only_here, paint.notice),
        Field::Attachment { size: bytes } => {
            let size = size(bytes);
            labelled(&words.attachment, &format!("{text}  {size}"), paint.attachment);
        }
        Field::MoreAttachments(count) => {
            labelled("", &fill(&words.more_attachments, &[("count", &count.to_string())]), paint.dim);
        }
        Field::Rule => pen.fill(run, "─", paint.rule),
        Field::Text { quote } => {
            let style = match quote {
                0 => paint.text,
                1 => paint.quote_1,
                2 => paint.quote_2,
                3.. => paint.quote_3,
            };
            pen.put(run, text, style);
        }
        Field::NoText => {
            pen.put(run, &words.no_text, paint.dim);
        }
        Field::Cut => {
            pen.put(run, &words.cut, paint.dim);
        }
        Field::TooDeep => {
            pen.put(run, &words.too_deep, paint.dim);
        }
    }
}
