//! The message itself.

mod head;
mod route;

use ratatui::style::{Modifier, Style};

use super::Look;
use super::bars;
use super::date::Calendar;
use super::list::ONLY_HERE;
use super::number;
use super::pen::{Field as Run, Pen, columns};
use super::prompt;
use super::trouble;
use crate::app::{
    Action, Area, Content, Field, Focus, Ink, PageLine, Pane, Run as InkRun, State, View, is_wide_for_headers,
};
use crate::config::keymap::KeyPane;
use crate::i18n::fill;
use crate::model::{BodySource, Row, SectionKind};
use crate::text::{SafeText, clip, width, wrap};
pub(super) use head::kind_in_words;

/// The column in which the values of the header lines begin; `app` breaks them to fit.
const LABEL: u16 = 8;
/// The same where all fields are listed.
const WIDE_LABEL: u16 = 22;

pub(super) fn draw(state: &State, look: &Look, pane: Pane, pen: &mut Pen<'_>) {
    let reader = state.reader();
    let right = aside(state, look);
    let subject_in_view = reader.lines().first().is_none_or(|line| line.field == Field::Subject && line.first);
    let subject = state.list().at_cursor().filter(|row| Some(row.row.placement) == reader.placement());
    let how = reader.how();
    let name = match subject {
        _ if how.view == View::Headers => &look.words.message.headers,
        _ if how.view == View::Source => &look.words.message.source,
        // Once the subject has been scrolled away, the title keeps it in sight.
        Some(row) if !subject_in_view && !row.subject.is_empty() => row.subject.as_str(),
        _ if how.inside.out().is_some() => &look.words.message.nested,
        _ => &look.words.reader.title,
    };
    bars::title(state, look, Focus::Reader, pane.title, name, &right, pen);
    let margin = state.margin();
    let body = Area { x: pane.body.x + margin, width: pane.body.width.saturating_sub(2 * margin), ..pane.body };
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
        Content::HeldBack(row) => {
            let below = head_of_row(row, look, &calendar, body, pen);
            let key = state.keymap().key_of(KeyPane::List, Action::Open).map(|key| key.to_string()).unwrap_or_default();
            let sentence = fill(&look.words.reader.held_back, &[("size", &number::size(row.size)), ("key", &key)]);
            for (line, at) in wrap(&sentence, usize::from(body.width)).into_iter().zip(below..body.height) {
                pen.put(Run::row(body, at), line, look.paint.dim);
            }
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
            let key = state.keymap().key_of(KeyPane::Reader, Action::FoldQuotes).map(|key| key.to_string());
            let sheet = Sheet { look, calendar, key: key.unwrap_or_default() };
            let mut row = 0;
            let mut before: Option<&PageLine> = None;
            for line in reader.lines() {
                if row >= body.height {
                    return;
                }
                if let Field::Badge(good) = line.field
                    && let Some(from) = before.filter(|line| line.field == Field::From && row > 0)
                {
                    // Beside the sender, if there is room; else below.
                    let used = LABEL + columns(from.text.as_str()) + 2;
                    let badge = sheet.badge(good);
                    if used + columns(badge) <= body.width {
                        pen.put(Run::row(body, row - 1).skip(used), badge, sheet.badge_style(good));
                        continue;
                    }
                }
                row += u16::from(sheet.draw(line, Run::row(body, row), pen));
                before = Some(line);
            }
        }
    }
}

/// What stands at the right end of the title: where the search is, how the text is read, how far down it is.
fn aside(state: &State, look: &Look) -> String {
    let reader = state.reader();
    let words = &look.words.message;
    let mut parts = Vec::new();
    if reader.has_search() && state.prompt().is_none() {
        parts.extend(prompt::found(state, look));
    }
    let reading = reader.how().reading;
    if let Some(charset) = reading.charset {
        parts.push(fill(&words.encoding, &[("charset", charset)]));
    }
    match reading.source {
        Some(BodySource::Plain) => parts.push(words.text_form.clone()),
        // What cannot be drawn is shown as it is read.
        Some(BodySource::Drawn) if reader.is_drawn() => parts.push(words.drawn_form.clone()),
        Some(BodySource::Html | BodySource::Drawn) => parts.push(words.html_form.clone()),
        Some(BodySource::Nothing) | None => {}
    }
    parts.extend(reader.percent().map(|percent| format!("{percent}%")));
    parts.join(" · ")
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
    let sheet = Sheet { look, calendar: calendar.clone(), key: String::new() };
    for (field, text) in lines.into_iter().chain(only_here).chain([rule]) {
        if below < body.height {
            sheet.draw(&PageLine::of(field, text), Run::row(body, below), pen);
        }
        below += 1;
    }
    below
}

struct Sheet<'a> {
    look: &'a Look,
    calendar: Calendar<'a>,
    /// Which key unfolds quotations.
    key: String,
}

impl Sheet<'_> {
    fn badge(&self, good: bool) -> &str {
        let words = &self.look.words.message;
        if good { &words.verified } else { &words.unverified }
    }

    fn badge_style(&self, good: bool) -> Style {
        if good { self.look.paint.good } else { self.look.paint.bad }
    }

    /// False if there is nothing to draw of the line after all.
    fn draw(&self, line: &PageLine, run: Run, pen: &mut Pen<'_>) -> bool {
        let (paint, words) = (&self.look.paint, &self.look.words.reader);
        let message = &self.look.words.message;
        let text = line.text.as_str();
        if let Some(said) = head::said(line, self.look, &self.calendar) {
            return draw_sentence(line, &said, self.look, run, pen);
        }
        let mut labelled = |label: &str, value: &str, style: Style| {
            if line.first {
                pen.put(run.take(LABEL - 1), label, paint.label);
            }
            pen.put(run.skip(LABEL), value, style);
        };
        match line.field {
            Field::Subject if text.trim().is_empty() => {
                pen.put(run, &self.look.words.list.no_subject, paint.dim);
            }
            Field::Subject => {
                pen.put(run, text, paint.subject);
            }
            Field::From => labelled(&words.from, text, paint.text),
            Field::Badge(good) => {
                pen.put(run.skip(LABEL), self.badge(good), self.badge_style(good));
            }
            Field::To => labelled(&words.to, text, paint.text),
            Field::Cc => labelled(&words.cc, text, paint.text),
            Field::ReplyTo => labelled(&words.reply_to, text, paint.text),
            Field::Date(at) => labelled(&words.date, &self.calendar.full(at), paint.text),
            Field::OnlyHere => labelled(ONLY_HERE, &words.only_here, paint.notice),
            Field::Invitation(method) => {
                let label = message.invitations.get(head::method_code(method)).map_or("", String::as_str);
                labelled(label, text, paint.subject);
            }
            Field::Place => labelled(&message.place, text, paint.text),
            Field::Organizer => labelled(&message.organizer, text, paint.text),
            Field::Attendees => labelled(&message.attendees, text, paint.text),
            Field::MoreCards(count) => {
                labelled("", &fill(&message.more_cards, &[("count", &count.to_string())]), paint.dim);
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
                self.draw_text(line, style, run, pen);
            }
            Field::Part(kind) => {
                let style = match kind {
                    SectionKind::Quoted => paint.quote_1,
                    SectionKind::Signature => paint.dim,
                    SectionKind::Fixed => paint.text,
                    SectionKind::Added => paint.added,
                    SectionKind::Removed => paint.removed,
                    SectionKind::Hunk => paint.hunk,
                };
                self.draw_text(line, style, run, pen);
            }
            Field::Table => self.draw_text(line, paint.text, run, pen),
            Field::Fold { lines } => {
                let template = if self.key.is_empty() { &message.fold_bare } else { &message.fold };
                pen.put(run, &fill(template, &[("lines", &lines.to_string()), ("key", &self.key)]), paint.dim);
            }
            Field::Header => self.draw_header(line, run, pen),
            Field::Hop(step) => route::draw(line, step, self.look, &self.calendar, run, pen),
            Field::NoText => {
                pen.put(run, &words.no_text, paint.dim);
            }
            Field::Cut => {
                pen.put(run, &words.cut, paint.dim);
            }
            Field::TooDeep => {
                pen.put(run, &words.too_deep, paint.dim);
            }
            // They are sentences, and drawn above.
            Field::Warning(_)
            | Field::Delivery { .. }
            | Field::DeliveryRemedy(_)
            | Field::When { .. }
            | Field::Repeats
            | Field::Cloud
            | Field::Nested(_)
            | Field::Attachment { .. }
            | Field::Blocked { .. }
            | Field::Receipt => {}
        }
        true
    }

    fn draw_text(&self, line: &PageLine, style: Style, run: Run, pen: &mut Pen<'_>) {
        pen.put_with(run, line.text.as_str(), |at| ink_at(&line.runs, at).map_or(style, |ink| self.inked(ink, style)));
    }

    fn draw_header(&self, line: &PageLine, run: Run, pen: &mut Pen<'_>) {
        let wide = is_wide_for_headers(usize::from(run.columns));
        if let Some(name) = line.facts.first() {
            let known = self.look.words.header_fields.get(&name.as_str().to_lowercase());
            let known = known.map_or(name.as_str(), String::as_str);
            let room = if wide { run.take(WIDE_LABEL - 1) } else { run };
            pen.put(room, &clip(known, usize::from(room.columns)), self.look.paint.label);
        }
        self.draw_text(line, self.look.paint.text, run.skip(if wide { WIDE_LABEL } else { 2 }), pen);
    }

    fn inked(&self, ink: Ink, style: Style) -> Style {
        let paint = &self.look.paint;
        if ink.aside {
            return paint.dim;
        }
        let mut style = style;
        let mark = ink.look;
        if mark.code {
            style = style.patch(paint.code);
        }
        if mark.heading {
            style = style.patch(paint.heading);
        }
        if mark.picture {
            style = style.patch(paint.dim);
        }
        if let Some(colour) = mark.colour.and_then(|colour| self.look.colours.of(colour)) {
            style = style.fg(colour);
        }
        if ink.link {
            style = style.patch(paint.link);
        }
        let modifiers =
            [(mark.strong, Modifier::BOLD), (mark.emphasis, Modifier::ITALIC), (mark.struck, Modifier::CROSSED_OUT)];
        for (_, modifier) in modifiers.into_iter().filter(|(on, _)| *on) {
            style = style.add_modifier(modifier);
        }
        if ink.hit {
            style = style.patch(paint.hit);
        }
        if ink.chosen {
            style = style.patch(paint.chosen);
        }
        style
    }
}

fn ink_at(runs: &[InkRun], at: usize) -> Option<Ink> {
    runs.get(runs.partition_point(|run| run.to <= at)).map(|run| run.ink)
}

/// One of the lines of a sentence; false if the sentence is over already.
fn draw_sentence(line: &PageLine, said: &head::Said<'_>, look: &Look, run: Run, pen: &mut Pen<'_>) -> bool {
    let room = usize::from(run.columns.saturating_sub(LABEL)).max(1);
    let pieces = wrap(&said.sentence, room);
    let Some(piece) = pieces.get(line.part) else { return line.part == 0 };
    if line.first {
        pen.put(run.take(LABEL - 1), said.label, look.paint.label);
    }
    if line.part + 1 == line.parts && line.part + 1 < pieces.len() {
        // There is no more room for it: what is cut says so.
        let rest = pieces.get(line.part..).unwrap_or_default().join(" ");
        pen.put(run.skip(LABEL), &clip(&rest, room.min(width(&rest))), said.style);
    } else {
        pen.put(run.skip(LABEL), piece, said.style);
    }
    true
}
