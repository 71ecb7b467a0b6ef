//! The form, as it is seen: empty, known, refused, let in, and on small and large screens.

use super::frames::described;
use super::*;
use crate::app::setup::{Doing, Effect, Event, Form, Hosting, Purpose, Tried};
use crate::config::{Presets, SecretSource};
use crate::model::{Failure, FailureKind, Key, KeyPress, Moment, Server, Ticket, TlsMode};

struct Desk {
    form: Form,
    last: Option<Ticket>,
}

impl Desk {
    fn new() -> Self {
        let form = Form::new(Presets::built_in(), Vec::new());
        Self { form: form.with_settings_in(SafeText::of("~/.config/hongyan/config.toml")), last: None }
    }

    fn tell(&mut self, event: Event) {
        for effect in self.form.update(event) {
            match effect {
                Effect::Try { ticket, .. } | Effect::LookUp { ticket, .. } | Effect::Keep { ticket, .. } => {
                    self.last = Some(ticket);
                }
                _ => {}
            }
        }
    }

    fn write(mut self, text: &str) -> Self {
        for c in text.chars() {
            self.tell(Event::Key(if c == '\n' { "Enter".parse().unwrap() } else { KeyPress::plain(Key::Char(c)) }));
        }
        self
    }

    fn press(mut self, keys: &str) -> Self {
        for key in keys.split_whitespace() {
            self.tell(Event::Key(key.parse().unwrap()));
        }
        self
    }

    fn refused(mut self, kind: FailureKind, host: &str, said: &str) -> Self {
        let result = Err(Failure::lasting(kind, host, said));
        self.tell(Event::Tried { ticket: self.last.unwrap(), result });
        self
    }

    fn let_in(mut self, host: &str, keyring: bool) -> Self {
        self.tell(Event::Keyring(if keyring { Ok(()) } else { Err(SafeText::of("none")) }));
        let server = Server { host: host.to_owned(), port: 993, tls: TlsMode::Tls };
        self.tell(Event::Tried { ticket: self.last.unwrap(), result: Ok(Tried { server, messages: 1234 }) });
        self
    }

    fn kept(mut self) -> Self {
        self.tell(Event::Kept { ticket: self.last.unwrap(), result: Ok(()) });
        self
    }

    fn guessed(mut self) -> Self {
        self.tell(Event::Clock(Moment(1000)));
        let at = |host: &str| Server { host: host.to_owned(), port: 993, tls: TlsMode::Tls };
        let hosting = Hosting::Guesses(vec![at("imap.firm.example"), at("mail.firm.example")]);
        self.tell(Event::Found { ticket: self.last.unwrap(), hosting });
        self
    }
}

fn screen(form: &Form, look: &Look, columns: u16, rows: u16) -> (Buffer, Option<(u16, u16)>) {
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
    let cursor = crate::ui::setup::draw(form, look, &mut buffer);
    (buffer, cursor)
}

fn keep(name: &str, sizes: &[(u16, u16)], desk: impl Fn() -> Desk) {
    for language in Language::EVERY {
        for (columns, rows) in sizes {
            let (buffer, cursor) = screen(&desk().form, &look(language, BuiltIn::Dark), *columns, *rows);
            let described = format!("cursor {cursor:?}\n{}", described(&buffer));
            insta::assert_snapshot!(format!("setup_{name}_{columns}x{rows}_{}", language.code()), described);
        }
    }
}

const USUAL: (u16, u16) = (80, 24);
const SMALL: (u16, u16) = (40, 10);

#[test]
fn the_first_thing_that_is_seen() {
    keep("empty", &[USUAL, SMALL, (120, 40)], Desk::new);
}

#[test]
fn a_provider_says_where_its_secret_is() {
    keep("known", &[USUAL, SMALL], || Desk::new().write("me@163.com\nabcdefgh"));
    keep("oauth", &[USUAL], || Desk::new().write("me@outlook.com\n"));
}

#[test]
fn what_goes_on() {
    keep("trying", &[USUAL], || {
        let mut desk = Desk::new().write("me@163.com\nabcdefgh\n");
        desk.tell(Event::Doing { ticket: desk.last.unwrap(), doing: Doing::Opening });
        desk
    });
}

#[test]
fn what_stands_in_the_way() {
    keep("probably_meant", &[USUAL, SMALL], || Desk::new().write("me@163.co\n"));
    let refused = || Desk::new().write("me@163.com\nabcdefgh\n").refused(FailureKind::Login, "imap.163.com", "no");
    keep("refused", &[USUAL, SMALL], refused);
    let told = || Desk::new().write("me@firm.example\nabcdefgh").guessed().write("\n");
    keep("guessed", &[USUAL, SMALL], told);
    let firm = || told().write("\n");
    keep("own_refused", &[USUAL], || firm().refused(FailureKind::Login, "imap.firm.example", "no"));
    keep("by_hand", &[USUAL, SMALL], || firm().refused(FailureKind::Unreachable, "imap.firm.example", ""));
    let said = format!("self-signed; it is for post.firm.example; sha256:{}", "0a".repeat(32));
    let untrusted = || firm().refused(FailureKind::UntrustedCertificate, "imap.firm.example", &said);
    keep("certificate", &[USUAL], untrusted);
    keep("pinning", &[USUAL], || untrusted().press("C-t"));
    let said = format!("self-signed; it is for imap.163.com; signed by Firm Proxy CA; sha256:{}", "0a".repeat(32));
    let known = || Desk::new().write("me@163.com\nabcdefgh\n");
    keep("intercepted", &[USUAL, SMALL], || known().refused(FailureKind::UntrustedCertificate, "imap.163.com", &said));
}

#[test]
fn where_the_secret_is_kept_and_what_was_found() {
    let tried = || Desk::new().write("me@qq.com\nabcdefgh\n");
    keep("choosing", &[USUAL, SMALL], || tried().let_in("imap.qq.com", false));
    keep("leaving_unkept", &[USUAL, SMALL], || tried().let_in("imap.qq.com", false).press("C-c"));
    keep("done", &[USUAL, SMALL], || tried().let_in("imap.qq.com", true).kept());
    keep("done_program", &[USUAL], || tried().let_in("imap.qq.com", false).write("3").kept());
}

#[test]
fn another_secret() {
    let qq = || Presets::built_in().named("qq").cloned();
    let purpose = || Purpose::Secret { name: "home".to_owned(), kept: SecretSource::File };
    keep("secret", &[USUAL], || Desk { form: Form::for_secret(purpose(), "me@qq.com", qq()), last: None });
    let session = || Purpose::Session { name: "home".to_owned() };
    keep("session", &[USUAL], || Desk { form: Form::for_secret(session(), "me@qq.com", qq()), last: None });
}

#[test]
fn whatever_stands_there_the_way_out_is_in_the_footer() {
    let desks: [fn() -> Desk; 6] = [
        Desk::new,
        || Desk::new().write("me@163.com\nabcdefgh"),
        || Desk::new().write("me@163.co\n"),
        || Desk::new().write("me@firm.example\nx").guessed().write("\n"),
        || Desk::new().write("me@firm.example\nx").guessed().write("\n\n").refused(FailureKind::Unreachable, "h", ""),
        || Desk::new().write("me@qq.com\nx\n").let_in("imap.qq.com", false),
    ];
    for desk in desks {
        for language in Language::EVERY {
            let drawn = rows(&screen(&desk().form, &look(language, BuiltIn::Plain), 40, 10).0);
            assert!(drawn.last().unwrap().contains("Esc"), "{}", drawn.join("\n"));
        }
    }
}

#[test]
fn nobody_with_a_server_of_their_own_hears_of_codes_of_providers() {
    let desks: [fn() -> Desk; 3] = [
        || Desk::new().write("me@firm.example\nx").guessed(),
        || Desk::new().write("me@firm.example\nx").guessed().write("\n"),
        || Desk::new().write("me@firm.example\nx").guessed().write("\n\n").refused(FailureKind::Login, "h", ""),
    ];
    for desk in desks {
        let drawn = rows(&screen(&desk().form, &look(Language::ZhCn, BuiltIn::Plain), 80, 24).0).join("\n");
        assert!(drawn.contains("密码") && !drawn.contains("授权码"), "{drawn}");
    }
}

#[test]
fn a_secret_is_seen_only_when_a_key_asks_for_it() {
    for language in Language::EVERY {
        let look = look(language, BuiltIn::Plain);
        let shown = |desk: &Desk| rows(&screen(&desk.form, &look, 80, 24).0).join("\n");
        let desk = Desk::new().write("me@qq.com\ncanary");
        assert!(!shown(&desk).contains("canary") && shown(&desk).contains("******"));
        let desk = desk.press("C-r");
        assert!(shown(&desk).contains("canary"));
        let desk = desk.press("Enter");
        assert!(!shown(&desk).contains("canary"), "while it is tried it is hidden again");
    }
}

#[test]
fn t24_the_form_fits_everywhere_and_the_cursor_is_in_view() {
    let desks: [fn() -> Desk; 7] = [
        Desk::new,
        || Desk::new().write("me@163.co\n"),
        || Desk::new().write("me@firm.example\nx").guessed().write("\n"),
        || Desk::new().write("me@163.com\nabcdefgh"),
        || Desk::new().write("me@firm.example\nx").guessed().write("\n\n").refused(FailureKind::Unreachable, "h", ""),
        || Desk::new().write("me@qq.com\nx\n").let_in("imap.qq.com", false),
        || Desk::new().write("me@qq.com\nx\n").let_in("imap.qq.com", true).kept(),
    ];
    for desk in desks {
        for language in Language::EVERY {
            for columns in (0..60).chain([80, 120, 300]) {
                for rows in (0..14).chain([24, 100]) {
                    let look = look(language, BuiltIn::Light);
                    let desk = desk().press("PageDown PageDown");
                    let (_, cursor) = screen(&desk.form, &look, columns, rows);
                    assert!(cursor.is_none_or(|(x, y)| x < columns && y < rows), "{columns}x{rows}: {cursor:?}");
                }
            }
        }
    }
}
