use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// Every text with its path.
fn flat(value: &toml::Value, path: &str, into: &mut BTreeMap<String, String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                flat(value, &format!("{path}.{key}"), into);
            }
        }
        toml::Value::Array(list) => {
            for (at, value) in list.iter().enumerate() {
                flat(value, &format!("{path}[{at}]"), into);
            }
        }
        other => {
            into.insert(path.to_owned(), other.as_str().unwrap().to_owned());
        }
    }
}

fn texts(language: Language) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    flat(&toml::Value::Table(toml::from_str(language.source()).unwrap()), "", &mut texts);
    texts
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn every_catalogue_loads() {
    for language in Language::EVERY {
        let words: Words = toml::from_str(language.source()).unwrap();
        assert_eq!(words.language, language.code());
        assert_eq!((words.dates.weekdays.len(), words.dates.months.len()), (7, 12));
    }
}

#[test]
fn the_catalogues_have_the_same_keys_and_the_same_placeholders() {
    let (en, zh) = (texts(Language::En), texts(Language::ZhCn));
    assert_eq!(en.keys().collect::<Vec<_>>(), zh.keys().collect::<Vec<_>>());
    for (key, text) in &en {
        assert_eq!(placeholders(text), placeholders(&zh[key]), "{key}");
        assert!(!text.trim().is_empty() && !zh[key].trim().is_empty(), "{key}");
    }
}

#[test]
fn nobody_is_shouted_at() {
    for language in Language::EVERY {
        for (key, text) in texts(language) {
            assert!(!text.contains(['!', '！']), "{key}: {text}");
        }
    }
}

#[test]
fn a_template_is_filled() {
    assert_eq!(fill("{a} of {b}, {c} {", &[("a", "1"), ("b", "{a}")]), "1 of {a}, {c} {");
    assert_eq!(fill("", &[]), "");
}

#[test]
fn the_language_follows_the_locale() {
    for (locale, language) in [
        ("zh_CN.UTF-8", Language::ZhCn),
        ("zh-Hans-CN", Language::ZhCn),
        ("zh_TW", Language::ZhCn),
        ("en_US.UTF-8", Language::En),
        ("C.UTF-8", Language::En),
        ("", Language::En),
    ] {
        assert_eq!(Language::of_locale(locale), language, "{locale}");
    }
}
