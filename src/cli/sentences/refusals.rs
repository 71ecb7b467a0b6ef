//! What the commands say of a refusal whose words are known.

use crate::cli::refusals::Refusal;
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

/// One after the other.
pub(in crate::cli) fn two(tongue: Language, first: &str, second: &str) -> String {
    match tongue {
        Chinese => format!("{first}；{second}"),
        English => format!("{first}; {second}"),
    }
}

/// Why a login is not tried, and when it will be.
pub(in crate::cli) fn left_alone(tongue: Language, refusal: &Refusal) -> String {
    let (left, times) = (refusal.left().div_ceil(60), refusal.times);
    let ago = match (tongue, refusal.ago / 60) {
        (Chinese, 0) => "刚才".to_owned(),
        (Chinese, minutes) => format!("{minutes} 分钟前"),
        (English, 0) => "just now".to_owned(),
        (English, 1) => "a minute ago".to_owned(),
        (English, minutes) => format!("{minutes} minutes ago"),
    };
    match tongue {
        Chinese => {
            format!("没有再登录：{ago}被拒绝（连续 {times} 次），{left} 分钟后再试；在终端里运行则立刻试")
        }
        English => format!(
            "not tried again: the login was refused {ago} ({times} in a row); it waits for {left} minutes, \
             or for somebody at a terminal"
        ),
    }
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
