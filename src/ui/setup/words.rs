//! What the form says, from the top to the foot.

use crate::app::setup::{Doing, Form, KeepIn, Line, Purpose, Spot, Stage, Tried, Trouble};
use crate::i18n::{Language, fill};
use crate::model::{Failure, FailureKind, Server, TlsMode};
use crate::text::{SafeText, width};
use crate::ui::number::grouped;
use crate::ui::{Look, trouble};

use super::sheet::{Input, Sheet};

pub(super) fn title(form: &Form, look: &Look) -> String {
    let words = &look.words.setup;
    let template = match form.purpose() {
        Purpose::First | Purpose::Another => &words.title,
        Purpose::Secret { .. } => &words.title_secret,
        Purpose::Session { .. } => &words.title_session,
    };
    fill(template, &[("secret", &secret_name(form, look))])
}

fn is_chinese(look: &Look) -> bool {
    look.words.language == Language::ZhCn.code()
}

/// What the provider calls it.
fn secret_name(form: &Form, look: &Look) -> String {
    match form.preset() {
        Some(preset) if is_chinese(look) => preset.secret_zh.clone(),
        Some(preset) => preset.secret_en.clone(),
        // A server of somebody's own takes what everybody calls a password.
        None if form.is_somewhere_else() || !form.is_new() => look.words.setup.password.clone(),
        None => look.words.setup.secret.clone(),
    }
}

pub(super) fn write(form: &Form, look: &Look, sheet: &mut Sheet) {
    match form.stage() {
        Stage::Choosing { cursor, .. } => choices(form, look, *cursor, sheet),
        Stage::Done { tried, kept } => done(form, look, tried, *kept, sheet),
        Stage::Asking | Stage::Trying { .. } | Stage::Pinning(_) | Stage::Keeping { .. } => fields(form, look, sheet),
    }
}

fn fields(form: &Form, look: &Look, sheet: &mut Sheet) {
    let (words, paint) = (&look.words.setup, &look.paint);
    match form.purpose() {
        Purpose::First => sheet.say_by_the_way(&words.welcome, paint.text),
        Purpose::Another => sheet.say_by_the_way(&words.another, paint.text),
        Purpose::Secret { .. } => sheet.say(&words.change, paint.text),
        Purpose::Session { .. } => sheet.say(&words.session, paint.text),
    }
    sheet.blank();
    sheet.leave_room_for(&words.secret);
    sheet.field(Input { open: form.is_new(), ..input(form, look, Spot::Address, &words.address, form.address()) });
    if form.preset().is_some_and(|preset| preset.oauth_only) {
        sheet.blank();
        oauth(form, look, sheet);
    } else {
        let mut secret = input(form, look, Spot::Secret, &trouble::capital(&secret_name(form, look)), form.secret());
        if !form.is_revealed() {
            (secret.before, secret.after) = (masked(&secret.before), masked(&secret.after));
        }
        sheet.field(secret);
        if let Some(hand) = form.by_hand() {
            sheet.field(input(form, look, Spot::Server, &words.server, &hand.server));
            sheet.field(input(form, look, Spot::Port, &words.port, &hand.port));
            let mode = match hand.tls {
                TlsMode::StartTls => &words.starttls,
                TlsMode::Tls | TlsMode::None => &words.tls,
            };
            sheet.field(Input {
                label: words.encryption.clone(),
                before: format!("< {mode} >"),
                after: String::new(),
                style: if form.spot() == Spot::Encryption { paint.cursor } else { paint.text },
                has_keys: form.spot() == Spot::Encryption,
                open: false,
            });
            sheet.field(input(form, look, Spot::Login, &words.login, &hand.login));
        }
    }
    goes_on(form, look, sheet);
    sheet.blank();
    if !form.preset().is_some_and(|preset| preset.oauth_only) {
        where_it_is(form, look, sheet);
    }
    let button = |spot: Spot, word: &str| (word.to_owned(), form.spot() == spot && *form.stage() == Stage::Asking);
    let buttons = form.spots().into_iter().filter_map(|spot| match spot {
        Spot::Try => Some(button(spot, if form.is_new() { &words.log_in } else { &words.go })),
        Spot::ByHand => Some(button(spot, &words.by_hand)),
        Spot::Demo => Some(button(spot, &words.demo)),
        Spot::Address | Spot::Secret | Spot::Server | Spot::Port | Spot::Encryption | Spot::Login => None,
    });
    sheet.buttons(buttons.collect());
}

fn input(form: &Form, look: &Look, spot: Spot, label: &str, line: &Line) -> Input {
    let (before, after) = line.around();
    let has_keys = form.spot() == spot && *form.stage() == Stage::Asking;
    Input {
        label: label.to_owned(),
        before: SafeText::of(before).into_string(),
        after: SafeText::of(after).into_string(),
        style: if line.is_offer() && has_keys { look.paint.chosen } else { look.paint.text },
        has_keys,
        open: true,
    }
}

/// As wide as it is, whatever it is.
fn masked(secret: &str) -> String {
    "*".repeat(width(secret))
}

/// What is being done, or what stands in the way.
fn goes_on(form: &Form, look: &Look, sheet: &mut Sheet) {
    let (words, paint) = (&look.words.setup, &look.paint);
    let secret = secret_name(form, look);
    let said = match form.stage() {
        Stage::Trying { doing, .. } => match doing {
            Doing::LookingUp(domain) => fill(&words.looking_up, &[("domain", domain.as_str())]),
            Doing::Connecting(place) => fill(&words.connecting, &[("place", place.as_str())]),
            Doing::LoggingIn => words.logging_in.clone(),
            Doing::Opening => words.opening.clone(),
            Doing::Keeping => words.keeping.clone(),
        },
        Stage::Keeping { .. } if form.trouble() == Some(&Trouble::Leaving) => words.leaving_unkept.clone(),
        Stage::Keeping { .. } => words.keeping.clone(),
        Stage::Pinning(pin) => {
            sheet.blank();
            sheet.say(&words.pin, paint.warning);
            sheet.say_indented(&pin.to_string(), paint.warning, 2);
            sheet.say(&words.pin_later, paint.text);
            sheet.say(&words.pin_keys, paint.notice);
            sheet.keep_in_view();
            return;
        }
        Stage::Asking | Stage::Choosing { .. } | Stage::Done { .. } => match form.trouble() {
            None if form.is_looking_up() => {
                let domain = form.address().text().rsplit_once('@').map_or("", |(_, domain)| domain);
                let said = fill(&words.looking_up, &[("domain", SafeText::of(domain).as_str())]);
                sheet.blank();
                sheet.say(&said, paint.dim);
                return;
            }
            None => return,
            Some(Trouble::Failed(failure)) => return failed(form, look, failure, sheet),
            Some(Trouble::NoAddress) => words.no_address.clone(),
            Some(Trouble::KnownAlready(address)) => fill(&words.known_already, &[("address", address.as_str())]),
            Some(Trouble::NoSecret) => fill(&words.no_secret, &[("secret", &secret)]),
            Some(Trouble::NoServer) => words.no_server.clone(),
            Some(Trouble::NoPort) => words.no_port.clone(),
            Some(Trouble::OAuthOnly) => words.oauth_only.clone(),
            Some(Trouble::ProbablyMeant(address)) => fill(&words.probably_meant, &[("address", address.as_str())]),
            Some(Trouble::ToBeTried(servers)) => to_be_tried(form, look, servers),
            Some(Trouble::Leaving) => words.leaving.clone(),
            Some(Trouble::Cancelled) => words.cancelled.clone(),
        },
    };
    sheet.blank();
    sheet.say(&said, paint.notice);
}

/// Who may get the secret, by name.
fn to_be_tried(form: &Form, look: &Look, servers: &[Server]) -> String {
    let domain = form.address().text().rsplit_once('@').map_or("", |(_, domain)| domain);
    let hosts: Vec<&str> = servers.iter().map(|server| server.host.as_str()).collect();
    let values = [
        ("domain", SafeText::of(domain).into_string()),
        ("hosts", SafeText::of(&hosts.join(", ")).into_string()),
        ("secret", secret_name(form, look)),
    ];
    fill(&look.words.setup.to_be_tried, &values.each_ref().map(|(name, value)| (*name, value.as_str())))
}

/// What a certificate says of itself, as `net` tells it.
fn of_the_certificate<'a>(failure: &'a Failure, label: &str) -> Option<&'a str> {
    failure.said.as_str().split("; ").find_map(|part| part.strip_prefix(label))
}

fn failed(form: &Form, look: &Look, failure: &Failure, sheet: &mut Sheet) {
    let (words, paint) = (&look.words.setup, &look.paint);
    let (what, rest) = trouble::for_setup(failure, &look.words);
    sheet.blank();
    sheet.say(&what, paint.error);
    if let Some(pin) = form.refused() {
        sheet.say(&fill(&words.certificate, &[("place", failure.about.as_str())]), paint.text);
        if let Some(names) = of_the_certificate(failure, "it is for ") {
            sheet.say_indented(&fill(&words.certificate_names, &[("names", names)]), paint.text, 2);
        }
        sheet.say_indented(&pin.to_string(), paint.text, 2);
        sheet.say(&words.pin_offer, paint.text);
        return;
    }
    if let (Some(shown), Some(_)) = (form.shown_certificate(), form.preset()) {
        // Nobody stands between us and a provider that is known by name.
        sheet.say(&words.intercepted, paint.text);
        sheet.say(&fill(&words.certificate, &[("place", failure.about.as_str())]), paint.text);
        if let Some(issuer) = of_the_certificate(failure, "signed by ") {
            sheet.say_indented(&fill(&words.certificate_issuer, &[("issuer", issuer)]), paint.text, 2);
        }
        sheet.say_indented(&shown.to_string(), paint.text, 2);
        return;
    }
    let of_nobody_known = failure.kind == FailureKind::Login && form.preset().is_none() && !failure.is_advised();
    sheet.say(if of_nobody_known { &words.login_own } else { &rest }, paint.text);
}

/// Where the secret is to be found, word for word.
fn where_it_is(form: &Form, look: &Look, sheet: &mut Sheet) {
    let (words, paint) = (&look.words.setup, &look.paint);
    let Some(preset) = form.preset() else {
        if form.is_new() {
            if !form.is_somewhere_else() {
                sheet.say(&words.about, paint.dim);
            } else if form.by_hand().is_none() {
                sheet.say(&words.not_listed, paint.dim);
            }
            sheet.say(if form.is_somewhere_else() { &words.where_unknown } else { &words.about_secret }, paint.dim);
            sheet.blank();
        }
        return;
    };
    let lines = if is_chinese(look) { &preset.where_zh } else { &preset.where_en };
    if lines.is_empty() {
        return;
    }
    sheet.say(&fill(&words.where_to, &[("secret", &secret_name(form, look))]), paint.heading);
    for line in lines {
        sheet.say_indented(line, paint.text, 2);
    }
    if let Some(help) = &preset.help {
        sheet.say_indented(help, paint.dim, 2);
    }
    sheet.blank();
}

fn oauth(form: &Form, look: &Look, sheet: &mut Sheet) {
    let (words, paint) = (&look.words.setup, &look.paint);
    sheet.say(&fill(&words.oauth, &[("file", form.settings().as_str())]), paint.text);
    let address = SafeText::of(form.address().text().trim());
    for line in &words.oauth_lines {
        sheet.say_indented(&fill(line, &[("address", address.as_str())]), paint.code, 2);
    }
}

fn choices(form: &Form, look: &Look, cursor: usize, sheet: &mut Sheet) {
    let (words, paint) = (&look.words.setup, &look.paint);
    let secret = secret_name(form, look);
    sheet.say(&words.let_in, paint.good);
    sheet.blank();
    sheet.say(&fill(&words.keep_where, &[("secret", &secret)]), paint.text);
    sheet.blank();
    for (at, choice) in KeepIn::CHOICES.into_iter().enumerate() {
        let word = match choice {
            KeepIn::File | KeepIn::Keyring => &words.keep_file,
            KeepIn::EachTime => &words.keep_each_time,
            KeepIn::Program => &words.keep_program,
        };
        let word = fill(word, &[("file", form.settings().as_str())]);
        let (mark, style) = if at == cursor { ("▸", paint.cursor) } else { (" ", paint.text) };
        sheet.say(&format!("{mark} {}  {word}", at + 1), style);
        if at == cursor {
            sheet.keep_in_view();
        }
    }
    if form.trouble() == Some(&Trouble::Leaving) {
        sheet.blank();
        sheet.say(&words.leaving_unkept, paint.notice);
        sheet.keep_in_view();
    }
}

fn done(form: &Form, look: &Look, tried: &Tried, kept: Option<KeepIn>, sheet: &mut Sheet) {
    let (words, paint) = (&look.words.setup, &look.paint);
    let secret = secret_name(form, look);
    let address = SafeText::of(form.address().text());
    sheet.say(&fill(&words.joined, &[("address", address.as_str())]), paint.good);
    let count = grouped(u64::from(tried.messages));
    sheet.say(&fill(&words.messages, &[("count", &count), ("place", &tried.server.host)]), paint.text);
    let template = match kept {
        Some(KeepIn::Keyring) | None => &words.kept_keyring,
        Some(KeepIn::File) => &words.kept_file,
        Some(KeepIn::EachTime) => &words.kept_each_time,
        Some(KeepIn::Program) => &words.kept_program,
    };
    sheet.say(&fill(template, &[("secret", &secret), ("file", form.settings().as_str())]), paint.text);
    if kept == Some(KeepIn::Program) {
        sheet.say_indented(&words.kept_program_line, paint.code, 2);
    }
    let notes = form.preset().map(|preset| if is_chinese(look) { &preset.notes_zh } else { &preset.notes_en });
    if let Some(notes) = notes.filter(|notes| !notes.is_empty()) {
        sheet.blank();
        sheet.say(&words.notes, paint.heading);
        for note in notes {
            sheet.say_indented(note, paint.text, 2);
        }
    }
    sheet.blank();
    sheet.say(&words.go_on, paint.key);
}

/// Keys and what they do now, the most important first.
pub(super) fn keys<'a>(form: &Form, look: &'a Look, more: bool) -> Vec<(&'static str, &'a str)> {
    let keys = &look.words.setup.keys;
    let (leave, back) = (keys.leave.as_str(), keys.back.as_str());
    let mut hints: Vec<(&'static str, &'a str)> = match form.stage() {
        Stage::Trying { .. } => vec![("Esc", &keys.cancel)],
        Stage::Keeping { .. } => Vec::new(),
        Stage::Pinning(_) => vec![("y", &keys.trust), ("Esc", back)],
        Stage::Choosing { .. } => vec![("Enter", &keys.take), ("Esc", back), ("1-3", &keys.choose)],
        Stage::Done { .. } => vec![("Enter", &keys.go_on)],
        Stage::Asking => {
            let enter = match form.spot() {
                Spot::Address if form.secret().is_empty() => &keys.next,
                Spot::Demo | Spot::ByHand => &keys.take,
                _ if form.is_new() => &keys.log_in,
                _ => &keys.go,
            };
            let mut hints = vec![("Enter", enter.as_str())];
            hints.push(("Esc", if *form.purpose() == Purpose::First { leave } else { back }));
            if matches!(form.trouble(), Some(Trouble::ProbablyMeant(_))) {
                hints.push(("Ctrl-Y", &keys.meant));
            }
            if form.refused().is_some() {
                hints.push(("Ctrl-T", &keys.pin));
            }
            if form.spot() == Spot::Encryption {
                hints.push(("Space", &keys.turn));
            }
            if *enter != keys.next {
                hints.push(("Tab", keys.tab.as_str()));
            }
            if !form.secret().is_empty() {
                hints.push(("Ctrl-R", if form.is_revealed() { &keys.hide } else { &keys.reveal }));
            }
            hints
        }
    };
    if more {
        hints.insert(hints.len().min(2), ("PageDown", &keys.more));
    }
    hints
}
