//! A letter that promises a file and has none.

use super::answer_lines::own_lines;
use crate::model::Draft;

const WORDS: &str = include_str!("../../assets/attachment-words.txt");

/// Of a text, so much is looked at.
const LONGEST: usize = 256 * 1024;

/// True if what the user wrote speaks of a file, and none goes along.
pub fn forgot_attachment(draft: &Draft) -> bool {
    if draft.files.iter().any(|file| file.content_id.is_none()) {
        return false;
    }
    // The subject of an answer is somebody else's.
    let subject = if draft.about.is_some() { "" } else { draft.subject.as_str() };
    std::iter::once(subject).chain(own_lines(draft, LONGEST)).any(promises)
}

fn promises(line: &str) -> bool {
    let line = line.to_lowercase();
    let mut words = WORDS.lines().map(str::trim).filter(|word| !word.is_empty() && !word.starts_with('#'));
    words.any(|word| {
        line.match_indices(word).any(|(at, _)| {
            let before = line.get(..at).and_then(|before| before.chars().next_back());
            !word.is_ascii() || !before.is_some_and(|c| c.is_ascii_alphanumeric())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{About, Answering, Enclosed, EnclosedFrom};

    #[test]
    fn what_is_promised_goes_along() {
        for (body, forgot) in [
            ("请见附件。", true),
            ("报告附上", true),
            ("I attached the report.", true),
            ("Please find enclosed", true),
            ("我在附近", false),
            ("附议", false),
            ("unattached", false),
            ("hello", false),
            ("ok\n> see the attachment\n", false),
            ("ok\n------------------ 原始邮件 ------------------\n见附件", false),
            ("ok\n-- \nThe attachment company", false),
        ] {
            let mut draft = Draft { body: body.to_owned(), ..Draft::default() };
            assert_eq!(forgot_attachment(&draft), forgot, "{body}");
            let from = EnclosedFrom::Kept(String::new());
            let file = Enclosed { name: "a".into(), kind: "a/b".into(), size: 1, from, content_id: None };
            draft.files.push(file);
            assert!(!forgot_attachment(&draft));
        }
        let mut draft = Draft { subject: "附件：报告".to_owned(), ..Draft::default() };
        assert!(forgot_attachment(&draft));
        draft.about = Some(About {
            what: Answering::Reply,
            message_id: String::new(),
            references: Vec::new(),
            page: None,
            quoted_from: Some("on monday:\nsee the attachment\n".to_owned()),
            subject: String::new(),
            from: String::new(),
            date: None,
        });
        assert!(!forgot_attachment(&draft));
        draft.body = "ok\non monday:\nsee the attachment\n".to_owned();
        assert!(!forgot_attachment(&draft));
        draft.body.insert_str(0, "附件在此\n");
        assert!(forgot_attachment(&draft));
    }
}
