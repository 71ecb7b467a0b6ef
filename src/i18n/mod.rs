//! Every text of the interface, in every language, as one typed struct. What has no place in the struct cannot be in a
//! catalogue, and what is missing in a catalogue does not load.

mod words;

pub use words::{Sentence, Words};

const ZH_CN: &str = include_str!("../../assets/i18n/zh-CN.toml");
const EN: &str = include_str!("../../assets/i18n/en.toml");

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Language {
    #[default]
    En,
    ZhCn,
}

impl Language {
    pub const EVERY: [Self; 2] = [Self::En, Self::ZhCn];

    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|language| language.code().eq_ignore_ascii_case(code))
    }

    /// The language of a locale such as `zh_CN.UTF-8`. Every kind of Chinese is better served by the Chinese catalogue
    /// than by the English one.
    pub fn of_locale(locale: &str) -> Self {
        let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("zh") { Self::ZhCn } else { Self::En }
    }

    fn source(self) -> &'static str {
        match self {
            Self::En => EN,
            Self::ZhCn => ZH_CN,
        }
    }
}

impl Words {
    pub fn of(language: Language) -> Self {
        // A test reads every catalogue, so the default is never used.
        toml::from_str(language.source()).unwrap_or_default()
    }
}

/// Puts values into a template: `{name}` becomes the value of that name. What has no value stays as it is.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let known = after
            .split_once('}')
            .and_then(|(name, tail)| values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value, tail)));
        if let Some((value, tail)) = known {
            filled.push_str(value);
            rest = tail;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests;
