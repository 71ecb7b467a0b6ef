//! What is doubted of a message, in the sentences that the screen has for it.

use crate::i18n::{Language, Words, fill};
use crate::model::Warning;

pub(in crate::cli) fn doubt(tongue: Language, warning: &Warning) -> String {
    let (code, a, b) = match warning {
        Warning::AsItCame => ("as-it-came", "", ""),
        Warning::NameIsOtherAddress { name, address } => {
            ("name-is-other-address", name.as_untrusted(), address.as_untrusted())
        }
        Warning::LookAlike { domain, like } => ("look-alike", domain.as_untrusted(), like.as_untrusted()),
        Warning::LinkElsewhere { shown, leads } => ("link-elsewhere", shown.as_untrusted(), leads.as_untrusted()),
        Warning::ReplyElsewhere { domain } => ("reply-elsewhere", domain.as_untrusted(), ""),
        Warning::Hidden { field } => ("hidden", *field, ""),
        Warning::TwoSenders => ("two-senders", "", ""),
        Warning::Forged => ("forged", "", ""),
        Warning::Disguised { name } => ("disguised", name.as_untrusted(), ""),
    };
    let words = Words::of(tongue);
    let named = words.header_fields.get(a).filter(|_| matches!(warning, Warning::Hidden { .. }));
    let a = named.map_or(a, String::as_str);
    fill(words.message.warnings.get(code).map_or("{a} {b}", String::as_str), &[("a", a), ("b", b)])
}
