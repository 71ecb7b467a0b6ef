use super::*;
use crate::config::theme::{BuiltIn, Theme};
use crate::i18n::Language;

fn look(language: Language) -> Look {
    Look::new(&Theme::built_in(BuiltIn::Dark), Words::of(language), jiff::tz::TimeZone::fixed(jiff::tz::offset(8)))
}

#[test]
fn everything_that_can_be_said_has_words_in_every_language() {
    use DeliveryReason as R;
    for language in Language::EVERY {
        let words = Words::of(language).message;
        let cautions = [
            Caution::AsItCame,
            Caution::NameIsOtherAddress,
            Caution::LookAlike,
            Caution::LinkElsewhere,
            Caution::ReplyElsewhere,
            Caution::Hidden,
            Caution::TwoSenders,
            Caution::Forged,
            Caution::Disguised,
        ];
        assert!(cautions.map(caution_code).iter().all(|code| words.warnings.contains_key(*code)));
        assert_eq!(words.warnings.len(), cautions.len());
        let actions = [
            DeliveryAction::Failed,
            DeliveryAction::Delayed,
            DeliveryAction::Delivered,
            DeliveryAction::Relayed,
            DeliveryAction::Expanded,
            DeliveryAction::Read,
        ];
        assert!(actions.map(action_code).iter().all(|code| words.deliveries.contains_key(*code)));
        assert_eq!(words.deliveries.len(), actions.len());
        let reasons = [
            R::Unknown,
            R::NoSuchUser,
            R::NoSuchDomain,
            R::MailboxFull,
            R::MailboxOff,
            R::TooLarge,
            R::Content,
            R::Policy,
            R::TooOften,
            R::Network,
        ];
        assert!(reasons.map(reason_code).iter().all(|code| words.reasons.contains_key(*code)));
        assert_eq!(words.reasons.len(), reasons.len());
        let methods = [
            InvitationMethod::Publish,
            InvitationMethod::Request,
            InvitationMethod::Cancel,
            InvitationMethod::Reply,
            InvitationMethod::Counter,
        ];
        assert!(methods.map(method_code).iter().all(|code| words.invitations.contains_key(*code)));
        assert_eq!(words.invitations.len(), methods.len());
    }
}

#[test]
fn rules_of_calendars_become_words_or_stay_as_they_are() {
    let (zh, en) = (look(Language::ZhCn), look(Language::En));
    for (rule, chinese, english) in [
        ("FREQ=DAILY", "每天", "every day"),
        ("FREQ=WEEKLY;BYDAY=MO,WE;COUNT=5", "每周 · 周一 周三 · 共 5 次", "every week · Mon Wed · 5 times"),
        (
            "FREQ=WEEKLY;INTERVAL=2;UNTIL=20251231T000000Z",
            "每 2 周 · 到 2025-12-31 为止",
            "every 2 weeks · until 2025-12-31",
        ),
        ("FREQ=MONTHLY;BYDAY=2TU;WKST=MO", "每月 · 2TU", "every month · 2TU"),
        ("FREQ=SECONDLY", "FREQ=SECONDLY", "FREQ=SECONDLY"),
        ("x", "x", "x"),
    ] {
        assert_eq!((repeats(rule, &zh).as_str(), repeats(rule, &en).as_str()), (chinese, english));
    }
}

#[test]
fn kinds_of_files_in_words() {
    let kinds = Words::of(Language::En).message.kinds;
    for (kind, said) in [
        ("image/png", "a picture"),
        ("application/x-dosexec", "a program"),
        ("application/vnd.microsoft.portable-executable", "a program"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "a document"),
        ("application/zip", "an archive"),
        ("application/x-unheard-of", "application/x-unheard-of"),
    ] {
        assert_eq!(kind_in_words(kind, &kinds), said);
    }
}
