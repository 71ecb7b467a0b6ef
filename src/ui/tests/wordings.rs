//! Everything that can be said has words, in every language.

use super::*;
use crate::app::{Action, Keymap};
use crate::config::keymap::{KeyPane, KeyTrouble, KeymapFile, KeymapProblem, Preset};
use crate::model::{Failure, FailureKind, Role};

#[test]
fn every_failure_has_a_sentence() {
    for language in Language::EVERY {
        let words = Words::of(language);
        for kind in FailureKind::EVERY {
            assert!(words.failures.contains_key(kind.code()), "{} in {}", kind.code(), language.code());
            for about in ["imap.example.com", ""] {
                let said = failure_sentence(&Failure::passing(kind, about, ""), &words);
                assert!(!said.as_str().contains(['{', '}']), "{said}");
            }
        }
        assert_eq!(words.failures.len(), FailureKind::EVERY.len(), "a sentence for nothing in {}", language.code());
    }
}

#[test]
fn every_action_has_a_help_text_and_every_hint_is_of_an_action() {
    for language in Language::EVERY {
        let words = Words::of(language);
        for action in Action::EVERY {
            assert!(words.actions.contains_key(action.name()), "{} in {}", action.name(), language.code());
        }
        assert_eq!(words.actions.len(), Action::EVERY.len());
        for name in words.hints.keys() {
            assert!(Action::named(name).is_some(), "{name}");
        }
        for role in Role::EVERY {
            assert!(words.folders.roles.contains_key(role.code()));
        }
        for pane in KeyPane::EVERY {
            assert!(words.help.panes.contains_key(pane.code()), "{}", pane.code());
        }
    }
}

#[test]
fn every_problem_with_keys_has_a_sentence() {
    for language in Language::EVERY {
        let words = Words::of(language);
        for trouble in KeyTrouble::EVERY {
            let problem = KeymapProblem { pane: KeyPane::List, key: "x".into(), action: "fly".into(), trouble };
            let said = keymap_sentence(&problem, &words);
            assert!(said.as_str().contains("`x`") && said.as_str().contains("[list]"), "{said}");
        }
    }
    let user = KeymapFile::parse("[list]\nx = 'fly'").unwrap();
    let (_, problems) = Keymap::new(Preset::Default, &user);
    let said = keymap_sentence(&problems[0], &Words::of(Language::En));
    assert_eq!(said.as_str(), "Keys [list]: `x` means `fly`, which does not exist; press ? for all actions");
}

#[test]
fn t04_the_title_is_one_safe_line() {
    let stage = super::scenes::stage(80, 24);
    assert_eq!(title(&stage.state, &Words::of(Language::ZhCn)).as_str(), "鸿雁 (5) · 收件箱");
    let mut mail = super::scenes::mailbox();
    mail.folders = vec![crate::app::rehearsal::folder(1, 1, "a\u{1b}]0;x\u{7}b", None, 0)];
    let stage = crate::app::rehearsal::Rehearsal::new(mail, 80, 24, crate::app::Settings::default());
    assert_eq!(title(&stage.state, &Words::of(Language::En)).as_str(), "Hongyan · a␛]0;x␇b");
}
