//! What messages can begin with: files of the user's own, written like a message. The first lines may be fields of the head,
//! up to a blank line; the rest is the text.

use super::clean;
use super::typed::addresses;
use crate::model::Draft;

/// Fields above the text that are looked at.
const MOST_FIELDS: usize = 50;

/// What is put in the place of `{date}`, `{name}` and `{first-name}`.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Blanks {
    /// As it is written today.
    pub date: String,
    /// Everybody whom the message goes to already.
    pub to: String,
}

/// A template as the beginning of a draft. What nobody knows stays a blank, for the user to see.
pub fn template(written: &str, blanks: &Blanks) -> Draft {
    let text = clean::lines(written.strip_prefix('\u{feff}').unwrap_or(written));
    let (fields, body) = parted(&text);
    let mut draft = Draft::default();
    for (name, value) in fields {
        let value = clean::line(value, 10_000);
        match name.to_ascii_lowercase().as_str() {
            "to" => draft.to = value,
            "cc" => draft.cc = value,
            "bcc" => draft.bcc = value,
            "reply-to" => draft.reply_to = value,
            "subject" => draft.subject = value,
            _ => draft.more.push((name.to_owned(), value)),
        }
    }
    let to = if blanks.to.trim().is_empty() { &draft.to } else { &blanks.to };
    let name = addresses(to).into_iter().find_map(|one| one.mailbox.ok()).map(|mailbox| mailbox.name().to_owned());
    let name = name.unwrap_or_default();
    let first = name.split_whitespace().next().unwrap_or_default().to_owned();
    let fill = |text: &str| {
        let text = text.replace("{date}", &blanks.date);
        if name.is_empty() { text } else { text.replace("{name}", &name).replace("{first-name}", &first) }
    };
    (draft.subject, draft.body) = (fill(&draft.subject), fill(body));
    draft
}

/// The fields of the head, if the text begins with nothing else, and the text below them.
fn parted(text: &str) -> (Vec<(&str, &str)>, &str) {
    let mut fields = Vec::new();
    let mut rest = text;
    while fields.len() < MOST_FIELDS {
        let (line, below) = rest.split_once('\n').unwrap_or((rest, ""));
        if line.trim().is_empty() && !fields.is_empty() {
            return (fields, below);
        }
        match line.split_once(':').filter(|(name, _)| is_field(name)) {
            Some((name, value)) => fields.push((name, value.trim())),
            None => return (Vec::new(), text),
        }
        if below.is_empty() {
            return (fields, "");
        }
        rest = below;
    }
    (Vec::new(), text)
}

fn is_field(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["to", "cc", "bcc", "reply-to", "subject"].contains(&lower.as_str())
        || lower.starts_with("x-") && super::no_field(name).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blanks(to: &str) -> Blanks {
        Blanks { date: "2025-03-12".to_owned(), to: to.to_owned() }
    }

    #[test]
    fn a_template_is_written_like_a_message() {
        let written = "\u{feff}Subject: 周报 {date}\r\nTo: 李静 <li@a.example>\r\nX-Kind: report\r\n\r\n{name}：\r\n\r\n正文: 好\r\n";
        let draft = template(written, &blanks(""));
        assert_eq!((draft.subject.as_str(), draft.to.as_str()), ("周报 2025-03-12", "李静 <li@a.example>"));
        assert_eq!(
            (draft.body.as_str(), draft.more),
            ("李静：\n\n正文: 好\n", vec![("X-Kind".into(), "report".into())])
        );
        assert_eq!(template("Subject: only", &blanks("")).subject, "only");
    }

    #[test]
    fn a_text_that_begins_with_something_else_is_all_text() {
        for text in
            ["Hello {name}\n", "Note: this\n\nx\n", "\nSubject: x\n", "To me\n", "Content-Type: text/html\n\nx", ""]
        {
            let draft = template(text, &blanks(""));
            assert_eq!((draft.body.as_str(), draft.subject.as_str()), (text, ""), "{text:?}");
        }
        let many = "To: a@a.example\n".repeat(60);
        assert_eq!(template(&many, &blanks("")).body, many);
    }

    #[test]
    fn names_are_those_of_whom_it_goes_to() {
        let of = |to: &str| template("{name}|{first-name}|{other}", &blanks(to)).body;
        assert_eq!(of("Ann Lee <ann@a.example>, b@b.example"), "Ann Lee|Ann|{other}");
        assert_eq!(of("ann@a.example"), "{name}|{first-name}|{other}");
        assert_eq!(template("To: Bob <b@b.example>\n\n{name}", &blanks("Ann <a@a.example>")).body, "Ann");
    }
}
