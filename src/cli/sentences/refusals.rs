//! What the commands say of a refusal whose words are known.

use crate::i18n::Language::{self, En as English, ZhCn as Chinese};
use crate::model::Failure;
use crate::remedy::{self, Wording};

/// What is the matter and what to do about it, without the server's own words: `hongyan log` has them.
pub(super) fn advice(tongue: Language, failure: &Failure) -> Option<String> {
    let remedy = remedy::against(failure)?;
    let Wording { what, todo } = if tongue == Chinese { &remedy.zh } else { &remedy.en };
    Some(match (tongue, failure.about.as_str()) {
        (Chinese, "") => format!("{what}；{todo}"),
        (Chinese, host) => format!("{host}：{what}；{todo}"),
        (English, "") => format!("{what}; {todo}"),
        (English, host) => format!("{host}: {what}; {todo}"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::failure;
    use super::*;

    #[test]
    fn what_is_known_of_a_refusal_is_said_and_its_own_words_are_not() {
        for remedy in remedy::all() {
            for (tongue, wording) in [(Chinese, &remedy.zh), (English, &remedy.en)] {
                let sentence = failure(tongue, &remedy.failure("mail.example", "raw words"));
                assert!(sentence.contains(&wording.what) && sentence.contains(&wording.todo), "{sentence}");
                assert!(sentence.starts_with("mail.example") && !sentence.contains("raw"), "{sentence}");
                let sentence = failure(tongue, &remedy.failure("", ""));
                assert!(sentence.starts_with(&wording.what), "{sentence}");
            }
        }
    }
}
