//! What a message is for, as far as its header tells: a bill, a code to log in with, news of a parcel, what comes to many.
//!
//! The words stand in `assets/message-kinds.txt`. People write of bills too: an answer is a letter, whatever it is about.

use std::sync::LazyLock;

use crate::model::{Headers, Kind};
use crate::text::folded;

/// Of a subject, so much is looked at.
const LONGEST: usize = 500;

static RULES: LazyLock<Vec<Rule>> =
    LazyLock::new(|| include_str!("../../assets/message-kinds.txt").lines().filter_map(Rule::read).collect());

#[derive(Debug)]
struct Rule {
    kind: Kind,
    place: Place,
    word: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    Subject,
    Sender,
}

impl Rule {
    fn read(line: &'static str) -> Option<Self> {
        let (kind, rest) = line.split_once(' ')?;
        let (place, word) = rest.split_once(' ')?;
        let place = match place {
            "subject" => Place::Subject,
            "sender" => Place::Sender,
            _ => return None,
        };
        Some(Self { kind: Kind::from_code(kind)?, place, word })
    }

    fn fits(&self, subject: &str, sender: &str) -> bool {
        match self.place {
            Place::Subject => has_word(subject, self.word),
            Place::Sender if self.word.contains('.') => {
                let domain = sender.rsplit('@').next().unwrap_or_default();
                domain.strip_suffix(self.word).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            Place::Sender => sender.split(['@', '.', '-', '_', '+']).any(|part| part == self.word),
        }
    }
}

/// `is_list`: a field says that it came to many.
pub(super) fn of(headers: &Headers, is_list: bool) -> Kind {
    let subject: String = headers.subject.as_untrusted().chars().take(LONGEST).flat_map(folded).collect();
    let is_answer = !headers.in_reply_to.is_empty() || !headers.references.is_empty() || begins_as_answer(&subject);
    if !is_answer {
        let sender = headers.from.first().map(|from| from.address.as_untrusted().to_lowercase()).unwrap_or_default();
        let kinds = [Kind::Code, Kind::Bill, Kind::Shipping];
        let fits = |kind: &Kind| RULES.iter().any(|rule| rule.kind == *kind && rule.fits(&subject, &sender));
        if let Some(kind) = kinds.into_iter().find(fits) {
            return kind;
        }
    }
    if is_list { Kind::Subscription } else { Kind::Letter }
}

fn begins_as_answer(subject: &str) -> bool {
    const ANSWERS: [&str; 12] =
        ["re:", "fw:", "fwd:", "aw:", "回复:", "回覆:", "答复:", "转发:", "轉發:", "回復:", "转寄:", "轉寄:"];
    let subject = subject.trim_start();
    ANSWERS.iter().any(|answer| subject.starts_with(answer))
}

/// True if a word stands there; one of Latin letters only where it begins a word.
fn has_word(text: &str, word: &str) -> bool {
    let latin = word.starts_with(|c: char| c.is_ascii_alphanumeric());
    let begins = |at: usize| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        !before.is_some_and(|c| c.is_ascii_alphanumeric())
    };
    let ends = |at: usize| {
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !after.is_some_and(|c| c.is_ascii_alphabetic() && c != 's')
    };
    text.match_indices(word).any(|(at, _)| !latin || begins(at) && ends(at))
}

#[cfg(test)]
mod tests {
    use crate::mime::headers;
    use crate::model::Kind;

    fn of(block: &str) -> Kind {
        headers(block.as_bytes()).kind
    }

    fn kind(from: &str, subject: &str) -> Kind {
        of(&format!("From: {from}\r\nSubject: {subject}\r\n\r\n"))
    }

    #[test]
    fn a_subject_says_what_it_is() {
        for (subject, expected) in [
            ("您的验证码是 123456", Kind::Code),
            ("【某某】登录验证码", Kind::Code),
            ("Your Verification Code", Kind::Code),
            ("123456 is your OTP", Kind::Code),
            ("2025年3月信用卡电子账单", Kind::Bill),
            ("您有一张电子发票", Kind::Bill),
            ("Invoice #12", Kind::Bill),
            ("Your receipts for March", Kind::Bill),
            ("您的订单已发货", Kind::Shipping),
            ("Your order has shipped", Kind::Shipping),
            ("会议纪要", Kind::Letter),
            ("receipting machines are here", Kind::Letter),
            ("photop album", Kind::Letter),
            ("Delivery Status Notification (Failure)", Kind::Letter),
            ("", Kind::Letter),
        ] {
            assert_eq!(kind("a@shop.example", subject), expected, "{subject}");
        }
        assert_eq!(kind("no-reply@invoice.shop.example", "三月"), Kind::Bill);
        assert_eq!(kind("x@mail.ups.com", "news"), Kind::Shipping);
        assert_eq!(kind("x@startups.com", "news"), Kind::Letter);
    }

    #[test]
    fn people_who_write_about_bills_write_letters() {
        assert_eq!(kind("a@b.example", "Re: 账单"), Kind::Letter);
        assert_eq!(kind("a@b.example", "转发：发票"), Kind::Letter);
        assert_eq!(of("Subject: 账单\r\nIn-Reply-To: <a@b.example>\r\n\r\n"), Kind::Letter);
    }

    #[test]
    fn what_comes_to_many_is_a_subscription() {
        for field in ["List-Id: <a.b.example>", "List-Unsubscribe: <mailto:x@b.example>", "Precedence: bulk"] {
            assert_eq!(of(&format!("Subject: 本周精选\r\n{field}\r\n\r\n")), Kind::Subscription, "{field}");
            assert_eq!(of(&format!("Subject: 三月账单\r\n{field}\r\n\r\n")), Kind::Bill, "{field}");
        }
        assert_eq!(of("Subject: x\r\nPrecedence: normal\r\n\r\n"), Kind::Letter);
        assert_eq!(of("Subject: x\r\nList-Unsubscribe:\r\n\r\n"), Kind::Letter);
    }

    #[test]
    fn every_line_of_the_words_is_understood() {
        let lines = include_str!("../../assets/message-kinds.txt").lines().filter(|line| !line.starts_with('#'));
        assert_eq!(super::RULES.len(), lines.count());
        let small = |word: &str| word.to_lowercase() == word;
        assert!(super::RULES.iter().all(|rule| small(rule.word)));
    }
}
