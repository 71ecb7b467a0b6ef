//! The last look before a message goes out.

use ratatui::style::Style;

use super::Look;
use super::compose::{label, label_columns};
use super::number::size;
use super::pen::{Field, Pen};
use crate::app::compose::{Doubt, Head, NoField, Recipient, Review};
use crate::app::{Area, Composer};
use crate::i18n::fill;
use crate::model::Form;
use crate::text::{SafeText, wrap};

/// A row: what stands in the margin, and what it says.
struct Row {
    margin: String,
    text: String,
    style: Style,
}

pub(super) fn draw(look: &Look, composer: &Composer, review: &Review, body: Area, pen: &mut Pen<'_>) {
    let margin = label_columns(&look.words);
    let room = usize::from(body.width.saturating_sub(margin + 2)).max(10);
    let rows = rows(look, composer, review, room);
    let text = review.rows();
    let last = (rows.len() + text.len()).saturating_sub(usize::from(body.height));
    let top = review.top.min(last);
    let field = |at: u16| Field::row(body, at).skip(1).less(1);
    let mut shown = 0;
    for (at, row) in (0..body.height).zip(rows.iter().skip(top)) {
        pen.put(field(at).take(margin), &row.margin, look.paint.label);
        pen.put(field(at).skip(margin), &row.text, row.style);
        shown = at + 1;
    }
    // All of what is said can be read here, so that nobody sends the wrong draft.
    for (at, row) in (shown..body.height).zip(text.iter().skip(top.saturating_sub(rows.len()))) {
        pen.put(field(at), row.as_str(), look.paint.text);
    }
    if top < last && body.height > 1 {
        let mark = Field::row(body, body.height - 1);
        pen.put_right(mark, "↓", look.paint.key);
    }
}

fn rows(look: &Look, composer: &Composer, review: &Review, room: usize) -> Vec<Row> {
    let (words, paint) = (&look.words.compose, &look.paint);
    let mut rows = Vec::new();
    let mut put = |margin: &str, text: String, style: Style| {
        rows.push(Row { margin: margin.to_owned(), text, style });
    };
    let doubts = |put: &mut dyn FnMut(&str, String, Style)| {
        for doubt in &review.doubts {
            let said = doubt_in_words(doubt, look);
            let (sign, style) = if doubt.is_in_the_way() { ("✗ ", paint.bad) } else { ("! ", paint.warning) };
            for (at, line) in wrap(&said, room.saturating_sub(2)).into_iter().enumerate() {
                put("", format!("{}{line}", if at == 0 { sign } else { "  " }), style);
            }
        }
        let likes = review.recipients.iter().any(|recipient| recipient.like.is_some());
        if review.doubts.is_empty() && !likes {
            put("", format!("✓ {}", words.ready), paint.good);
        }
    };
    doubts(&mut put);
    let from = composer.sender().map_or_else(SafeText::default, |sender| SafeText::of(&sender.from));
    let from = if from.is_empty() { words.no_sender.as_str() } else { from.as_str() };
    put(label(Head::From, &look.words), from.to_owned(), paint.text);
    let mut before = None;
    for recipient in &review.recipients {
        let margin = if before == Some(recipient.head) { "" } else { label(recipient.head, &look.words) };
        before = Some(recipient.head);
        let (text, style) = recipient_in_words(recipient, look);
        put(margin, text, style);
        if let Some(like) = &recipient.like {
            put("", format!("  ! {}", fill(&words.like, &[("address", like.as_str())])), paint.warning);
        }
    }
    let subject = SafeText::of(composer.subject().text().trim());
    let subject = if subject.is_empty() { look.words.list.no_subject.as_str() } else { subject.as_str() };
    for (at, line) in wrap(subject, room).into_iter().enumerate() {
        put(if at == 0 { label(Head::Subject, &look.words) } else { "" }, line.to_owned(), paint.subject);
    }
    if let Some(line) = composer.line(Head::ReplyTo).filter(|line| !line.text().trim().is_empty()) {
        put(label(Head::ReplyTo, &look.words), SafeText::of(line.text().trim()).into_string(), paint.text);
    }
    for (at, (name, value)) in composer.own_fields().into_iter().enumerate() {
        let margin = if at == 0 { label(Head::Own(0), &look.words) } else { "" };
        put(margin, SafeText::of(&format!("{name}: {value}")).into_string(), paint.text);
    }
    for (at, file) in composer.files().iter().enumerate() {
        let margin = if at == 0 { label(Head::Files, &look.words) } else { "" };
        put(margin, format!("{}  {}", SafeText::of(&file.name), size(file.size)), paint.attachment);
    }
    let form = match review.form {
        Form::Plain => &words.plain,
        Form::WithPage => &words.with_page,
        Form::Markdown => &words.markdown,
    };
    let about = fill(&words.size, &[("size", &size(review.size))]);
    put(&words.form, format!("{form} · {about}"), paint.dim);
    put("", String::new(), paint.text);
    rows
}

fn recipient_in_words(recipient: &Recipient, look: &Look) -> (String, Style) {
    if recipient.wrong.is_some() {
        let why = if recipient.is_one_too_many() { String::new() } else { format!(" · {}", look.words.compose.wrong) };
        return (format!("✗ {}{why}", recipient.text), look.paint.bad);
    }
    (recipient.text.as_str().to_owned(), look.paint.text)
}

fn doubt_in_words(doubt: &Doubt, look: &Look) -> String {
    let words = &look.words.compose.doubts;
    let (code, values) = match doubt {
        Doubt::NoRecipient => ("no-recipient", None),
        Doubt::WrongAddress => ("wrong-address", None),
        Doubt::TooManyAddresses => ("too-many-addresses", None),
        Doubt::NoSender => ("no-sender", None),
        Doubt::NoSubject => ("no-subject", None),
        Doubt::NoField(why, name) => {
            let code = if *why == NoField::Bad { "bad-field" } else { "reserved-field" };
            (code, Some((name.as_str().to_owned(), String::new())))
        }
        Doubt::NoText => ("no-text", None),
        Doubt::ForgottenFile => ("forgotten-file", None),
        Doubt::TooLarge { size: bytes, most } => ("too-large", Some((size(*bytes), size(*most)))),
    };
    let sentence = words.get(code).map_or(code, String::as_str);
    match values {
        Some((named, most)) => fill(sentence, &[("size", &named), ("name", &named), ("most", &most)]),
        None => sentence.to_owned(),
    }
}
