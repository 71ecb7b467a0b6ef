//! The last look before a message goes out.

use ratatui::style::Style;

use super::Look;
use super::compose::{label, label_columns};
use super::number::size;
use super::pen::{Field, Pen};
use crate::app::compose::{Doubt, Head, Recipient, Review};
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
    let last = rows.len().saturating_sub(usize::from(body.height));
    for (at, row) in (0..body.height).zip(rows.into_iter().skip(review.top.min(last))) {
        let field = Field::row(body, at).skip(1).less(1);
        pen.put(field.take(margin), &row.margin, look.paint.label);
        pen.put(field.skip(margin), &row.text, row.style);
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
    // The beginning of what is said, so that nobody sends the wrong draft.
    put("", String::new(), paint.text);
    for line in (0..composer.body().line_count().min(6)).map(|line| composer.body().line(line)) {
        put("", SafeText::line(line).into_string(), paint.dim);
    }
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
        Doubt::NoText => ("no-text", None),
        Doubt::ForgottenFile => ("forgotten-file", None),
        Doubt::TooLarge { size: bytes, most } => ("too-large", Some((size(*bytes), size(*most)))),
    };
    let sentence = words.get(code).map_or(code, String::as_str);
    match values {
        Some((bytes, most)) => fill(sentence, &[("size", &bytes), ("most", &most)]),
        None => sentence.to_owned(),
    }
}
