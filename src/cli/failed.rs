//! A failure for programs: the stable words, the server's own, and the sentence that people are told.

use serde::Serialize;

use crate::model::Failure;

#[derive(Serialize)]
pub(super) struct Failed<'a> {
    kind: &'static str,
    about: &'a str,
    said: &'a str,
    remedy: Option<&'static str>,
    retry: &'static str,
    sentence: &'a str,
}

impl<'a> Failed<'a> {
    pub(super) fn of(failure: &'a Failure, sentence: &'a str) -> Self {
        Self {
            kind: failure.kind.code(),
            about: failure.about.as_str(),
            said: failure.said.as_str(),
            remedy: failure.remedy,
            retry: failure.retry.code(),
            sentence,
        }
    }
}
