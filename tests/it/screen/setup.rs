//! Two answers on the first screen, and mail is there: against servers that behave as the providers do, by their own
//! names.

use std::path::PathBuf;

use hongyan::demo::{COREMAIL, EXMAIL, Fault, PLAIN, Personality, QQ, SINA};
use hongyan::store::OwnReader;

use super::new_mail::systems;
use super::terminal::Terminal;
use crate::cli::home::Home;
use crate::embedded::{Embedded, SECRET};
use crate::name_server::{NameServer, Says};

/// A provider, to which whoever wants its server by name is sent.
struct Provider {
    server: Embedded,
    address: &'static str,
    host: &'static str,
}

impl Provider {
    fn start(address: &'static str, host: &'static str, personality: &'static Personality) -> Self {
        let server = Embedded::start(|options| {
            address.clone_into(&mut options.address);
            options.personality = personality;
            options.names = vec![host.to_owned()];
        });
        Self { server, address, host }
    }

    fn netease() -> Self {
        Self::start("me@163.com", "imap.163.com", &COREMAIL)
    }

    fn way(&self) -> String {
        format!("--connect-to={}:993=127.0.0.1:{}", self.host, self.server.port())
    }

    fn open(&self, home: &Home, locale: &str) -> Terminal {
        Terminal::start_trusting(&self.server.ca(), home.path(), &[&self.way()], locale)
    }

    /// The address is written, the secret pasted as a browser gives it.
    fn answer(&self, terminal: &mut Terminal, secret: &str) {
        terminal.press(self.address);
        terminal.press("\r");
        terminal.wait_for(self.address);
        terminal.press(&format!("\u{1b}[200~ {secret}\r\n\u{1b}[201~\r"));
    }

    /// There is no keyring here, so a file is chosen, and then mail is read.
    fn keep_in_file(terminal: &mut Terminal) {
        terminal.wait("the choice", |screen| screen.has("1  In a file") || screen.has("1  存在本机"));
        terminal.press("1");
        terminal.wait("the end", |screen| screen.has("Enter: read your mail") || screen.has("按 Enter 读邮件"));
        terminal.press("\r");
        terminal.wait("mail", |screen| screen.has("Up to date") || screen.has("已同步"));
    }

    /// The secret is in the file that was chosen, and nowhere else.
    #[track_caller]
    fn assert_silent(&self, home: &Home, terminal: &Terminal) {
        let bytes = |text: &[u8]| memchr::memmem::find(text, SECRET.as_bytes()).is_some();
        assert!(!bytes(&terminal.written), "on the screen");
        let with_it: Vec<PathBuf> =
            home.files().into_iter().filter(|(_, text)| bytes(text)).map(|(path, _)| path).collect();
        assert_eq!(with_it, [home.profile().join("secrets").join(self.address)]);
    }
}

#[track_caller]
fn leave(mut terminal: Terminal) -> Terminal {
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    terminal.assert_only_our_own_bytes();
    terminal
}

#[test]
fn two_answers_are_enough_at_every_provider() {
    let providers = [
        (Provider::netease(), "zh_CN.UTF-8", "授权码在哪里找"),
        (Provider::start("me@qq.com", "imap.qq.com", &QQ), "en_US.UTF-8", "Where to get the authorization code"),
        (Provider::start("me@sina.com", "imap.sina.com", &SINA), "zh_CN.UTF-8", "在哪里找"),
    ];
    for (provider, locale, help) in providers {
        let home = Home::new();
        let mut terminal = provider.open(&home, locale);
        terminal.wait("the form", |screen| screen.has("添加邮箱") || screen.has("add a mailbox"));
        assert!(terminal.is_alternate());
        terminal.press(provider.address);
        terminal.press("\r");
        terminal.wait_for(help);
        answer_secret(&mut terminal);
        Provider::keep_in_file(&mut terminal);
        let outside = terminal.outside();
        assert!(memchr::memmem::find(&outside, SECRET.as_bytes()).is_none());
        let terminal = leave(terminal);
        provider.assert_silent(&home, &terminal);
        let config = home.config();
        assert_eq!(config, format!("[[account]]\naddress = \"{}\"\nsecret = \"file\"\n", provider.address));
        // One login to try it, and at most two to read mail.
        let logins = provider.server.heard("LOGIN") + provider.server.heard("AUTHENTICATE");
        assert!((2..=3).contains(&logins), "{logins}");
        // The next start shows mail at once.
        let mut terminal = provider.open(&home, locale);
        terminal.wait("mail", |screen| screen.has("Up to date") || screen.has("已同步"));
        leave(terminal);
    }
}

fn answer_secret(terminal: &mut Terminal) {
    terminal.press(&format!("\u{1b}[200~ {SECRET}\r\n\u{1b}[201~"));
    terminal.wait("the mask", |screen| screen.has(&"*".repeat(SECRET.len())));
    terminal.press("\r");
}

#[test]
fn n07_a_wrong_code_is_told_once_and_the_right_one_takes_its_place() {
    let provider = Provider::netease();
    let home = Home::new();
    let mut terminal = provider.open(&home, "zh_CN.UTF-8");
    terminal.wait_for("添加邮箱");
    provider.answer(&mut terminal, "WRONGCODE");
    terminal.wait("the sentence", |screen| screen.has("拒绝") || screen.has("错误") || screen.has("不对"));
    assert_eq!(provider.server.heard("LOGIN"), 1);
    assert!(terminal.has("*********") && !terminal.has("WRONGCODE"), "{}", terminal.text());
    assert_eq!(home.config(), "", "nothing is written before it works");
    // What is pasted takes the place of what was refused.
    answer_secret(&mut terminal);
    Provider::keep_in_file(&mut terminal);
    let terminal = leave(terminal);
    provider.assert_silent(&home, &terminal);
}

#[test]
fn esc_ends_a_login_that_hangs_and_what_was_typed_stays() {
    let provider = Provider::netease();
    provider.server.fail(&[Fault::StallAfter(0)]);
    let home = Home::new();
    let mut terminal = provider.open(&home, "en_US.UTF-8");
    terminal.wait_for("add a mailbox");
    provider.answer(&mut terminal, SECRET);
    terminal.wait_for("Connecting to imap.163.com");
    // The keys are alive meanwhile, and so is the size.
    for (columns, rows) in [(40, 10), (1, 1), (200, 60), (12, 3), (80, 24)] {
        terminal.resize(columns, rows);
    }
    terminal.wait_for("Esc cancel");
    terminal.press("\u{1b}");
    terminal.wait_for("Cancelled");
    terminal.wait("the mask", |screen| screen.has(&"*".repeat(SECRET.len())));
    provider.server.fail(&[]);
    terminal.press("\r");
    Provider::keep_in_file(&mut terminal);
    let terminal = leave(terminal);
    provider.assert_silent(&home, &terminal);
}

#[test]
fn whoever_leaves_the_form_leaves_nothing_behind() {
    let home = Home::new();
    let mut terminal = Terminal::start(home.path(), &[], 80, 24);
    terminal.wait_for("add a mailbox");
    terminal.press("me@qq.com\rabc");
    terminal.wait_for("***");
    terminal.press("\u{1b}");
    terminal.wait_for("Esc once more");
    terminal.press("\u{1b}");
    assert_eq!(terminal.ended(), 0);
    assert!(!terminal.is_alternate());
    assert_eq!(home.config(), "");
    terminal.assert_only_our_own_bytes();
}

#[test]
fn one_can_look_round_without_an_account() {
    let home = Home::new();
    let mut terminal = Terminal::start(home.path(), &[], 80, 24);
    terminal.wait_for("Look round without an account");
    terminal.press("\u{1b}[Z\r");
    terminal.wait("the demo", |screen| screen.has("Up to date") && screen.has("/150"));
    // The account there is not the user's.
    terminal.press("\u{1b}OR");
    terminal.wait_for("run hongyan without `demo`");
    let terminal = leave(terminal);
    assert!(!terminal.is_alternate());
    assert_eq!(home.config(), "");
}

#[test]
fn another_account_and_another_secret_while_mail_is_read() {
    let first = Provider::netease();
    let second = Provider::start("me@sina.com", "imap.sina.com", &SINA);
    let home = Home::new();
    // Both have to be trusted.
    let both = home.path().join("both.pem");
    let authorities = [first.server.ca(), second.server.ca()].map(|file| std::fs::read_to_string(file).unwrap());
    std::fs::write(&both, authorities.concat()).unwrap();
    std::fs::set_permissions(&both, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let ways = [first.way(), second.way()];
    let arguments: Vec<&str> = ways.iter().map(String::as_str).collect();
    let mut terminal = Terminal::start_trusting(&both, home.path(), &arguments, "en_US.UTF-8");
    terminal.wait_for("add a mailbox");
    first.answer(&mut terminal, SECRET);
    Provider::keep_in_file(&mut terminal);
    // A star, some words, and at once the form: neither is lost.
    terminal.press("sca@example.com\tin one breath\u{1b}OR");
    terminal.wait_for("One more mailbox");
    let drafts = || OwnReader::open(&home.profile()).unwrap().unwrap().drafts().unwrap();
    assert_eq!(drafts().iter().map(|draft| draft.subject.as_str()).collect::<Vec<_>>(), ["in one breath"]);
    terminal.press("me@163.com\r");
    terminal.wait_for("was added before");
    terminal.press("\u{15}");
    terminal.wait_gone("me@163.com");
    second.answer(&mut terminal, SECRET);
    terminal.wait_for("1  In a file");
    terminal.press("2");
    terminal.wait_for("Enter: read your mail");
    // Mail that came behind the form is told of after it.
    let letter = b"From: <a@example.com>\r\nSubject: behind the form\r\n\r\nhello\r\n".to_vec();
    first.server.ask(async |demo| demo.deliver("INBOX", letter, &[]).await);
    home.run(&["sync", "--once"]);
    assert_eq!(systems(&terminal.written).1, 0, "it is told of in the form");
    terminal.press("\r");
    terminal.wait("the bell", |screen| systems(&screen.written).1 == 1);
    // Whoever wrote goes on writing, at the same draft.
    terminal.wait_for("in one breath");
    terminal.press(" more");
    terminal.wait_for("in one breath more");
    terminal.press("\u{1b}");
    terminal.wait_gone("in one breath more");
    terminal.wait("both accounts", |screen| screen.has("me@163.com") && screen.has("me@sina.com"));
    terminal.wait("both up to date", |screen| screen.text().matches("Up to date").count() == 2);
    let terminal = leave(terminal);
    assert_eq!(drafts().iter().map(|draft| draft.subject.as_str()).collect::<Vec<_>>(), ["in one breath more"]);
    first.assert_silent(&home, &terminal);
    assert_eq!(first.server.ask(async |demo| demo.snapshot().await).iter().filter(|folder| starred(folder)).count(), 1);

    // The secret that is kept nowhere is asked for on the screen; whoever gives none reads what is here.
    let mut terminal = Terminal::start_trusting(&both, home.path(), &arguments, "en_US.UTF-8");
    terminal.wait_for("is kept nowhere");
    assert!(terminal.has("me@sina.com"), "{}", terminal.text());
    terminal.press("\u{1b}");
    terminal.wait_for("F2 new code");
    // It is entered later, and the engine takes it at once.
    terminal.press("\u{1b}OQ");
    terminal.wait_for("What you enter is tried first");
    answer_secret(&mut terminal);
    terminal.wait_for("is in use now");
    terminal.wait("both up to date", |screen| screen.text().matches("Up to date").count() == 2);
    let terminal = leave(terminal);
    first.assert_silent(&home, &terminal);
}

#[test]
fn a_domain_of_ones_own_is_found_by_who_receives_its_mail() {
    let provider = Provider::start("me@shop.example", "imap.exmail.qq.com", &EXMAIL);
    let names = NameServer::start(&[("shop.example", Says::Mx(&[(5, "mxbiz1.qq.com"), (10, "mxbiz2.qq.com")]))]);
    let (way, dns) = (provider.way(), format!("--dns={}", names.at));
    let home = Home::new();
    let mut terminal = Terminal::start_trusting(&provider.server.ca(), home.path(), &[&way, &dns], "zh_CN.UTF-8");
    terminal.wait_for("添加邮箱");
    terminal.press(provider.address);
    // It rests, and then its provider is known.
    terminal.wait_for("客户端专用密码在哪里找");
    terminal.press("\r");
    answer_secret(&mut terminal);
    Provider::keep_in_file(&mut terminal);
    let terminal = leave(terminal);
    provider.assert_silent(&home, &terminal);
    assert!(home.config().contains("provider = \"exmail\"\n") && !home.config().contains("imap ="));
}

#[test]
fn s07_an_unknown_server_is_filled_in_and_its_certificate_trusted_by_a_second_key() {
    let provider = Provider::start("me@firm.example", "post.firm.example", &PLAIN);
    let names = NameServer::start(&[("firm.example", Says::Nothing)]);
    // Nobody answers at what is guessed.
    let mut arguments = vec![provider.way(), format!("--dns={}", names.at), "--patience=3".to_owned()];
    for guess in ["imap.firm.example", "mail.firm.example", "firm.example"] {
        arguments.push(format!("--connect-to={guess}:993=127.0.0.1:1"));
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let home = Home::new();
    // Nobody vouches for it.
    let mut terminal = Terminal::start(home.path(), &arguments, 80, 24);
    terminal.wait_for("add a mailbox");
    provider.answer(&mut terminal, SECRET);
    // Who may get the password is named first.
    terminal.wait_for("imap.firm.example, mail.firm.example");
    terminal.press("\r");
    terminal.wait_for("IMAP server");
    terminal.press("\u{15}post.firm.example\r");
    terminal.wait_for("sha256:");
    assert!(terminal.has("Ctrl-T trusts it alone") && terminal.has("for localhost"), "{}", terminal.text());
    assert_eq!(provider.server.heard("LOGIN"), 0, "no password before the certificate is trusted");
    terminal.press("\u{14}");
    terminal.wait_for("Trust this certificate alone");
    terminal.press("x");
    terminal.wait_gone("Trust this certificate alone");
    terminal.press("\u{14}");
    terminal.wait_for("Trust this certificate alone");
    terminal.press("y");
    Provider::keep_in_file(&mut terminal);
    let terminal = leave(terminal);
    provider.assert_silent(&home, &terminal);
    let config = home.config();
    assert!(config.contains("imap = \"post.firm.example:993\"") && config.contains("pin = \"sha256:"), "{config}");
}

fn starred(folder: &hongyan::demo::Kept) -> bool {
    folder.messages.iter().any(|message| message.flags.iter().any(|flag| flag == "\\Flagged"))
}
