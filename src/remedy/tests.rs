//! Every row of the table, from the bytes of a server to the sentence and what is done. The bytes stand here as servers
//! send them, apart from the file.

use std::collections::HashSet;

use super::Policy::{self, Ask, Doubtful, Handled, Identify, Later, Message, Patience};
use super::Protocol::{self, Bounce, Imap, Pop3, Smtp};
use super::*;
use crate::fuzzing::{Diet, Long, fuzz};
use crate::model::FailureKind::{self, Gone, Login, Mistrusted, Protocol as OutOfStep, Refused, Throttled};

type Row = (Protocol, &'static [u8], &'static str, Policy, FailureKind);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    (Imap, b"NO Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, or system is busy. More information at https://help.mail.qq.com/detail/108/1023", "qq-refused", Doubtful, Login),
    (Smtp, b"535 Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, or system is busy.", "qq-refused", Doubtful, Login),
    (Smtp, b"535 Login Fail. Please enter your authorization code to login. More information in http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=28&&no=1001256", "qq-code-or-rate", Doubtful, Login),
    (Smtp, b"535 Error: \xc7\xeb\xca\xb9\xd3\xc3\xca\xda\xc8\xa8\xc2\xeb\xb5\xc7\xc2\xbc\xa1\xa3\xcf\xea\xc7\xe9\xc7\xeb\xbf\xb4: http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=28&&no=1001256", "qq-use-code", Ask, Login),
    (Imap, b"NO \xe8\xaf\xb7\xe4\xbd\xbf\xe7\x94\xa8\xe6\x8e\x88\xe6\x9d\x83\xe7\xa0\x81\xe7\x99\xbb\xe5\xbd\x95\xe3\x80\x82", "qq-use-code", Ask, Login),
    (Pop3, b"-ERR \xb5\xc7\xc2\xbc\xcc\xab\xc6\xb5\xb7\xb1\xa3\xac\xc7\xeb\xc9\xd4\xba\xf3\xd4\xd9\xca\xd4", "login-too-often", Patience, Throttled),
    (Imap, b"NO LOGIN Please using authorized code to login.", "code-required", Ask, Login),
    (Imap, b"NO LOGIN Authorized code is incorrect", "code-required", Ask, Login),
    (Smtp, b"535 Please using weixin token to login", "code-required", Ask, Login),
    (Imap, b"NO System busy!", "qq-busy", Patience, Throttled),
    (Imap, b"NO Mails not exist!", "mails-not-exist", Handled, Gone),
    (Imap, b"NO 100001 Mails not exist!", "mails-not-exist", Handled, Gone),
    (Imap, b"NO Folder not exist!", "folder-not-exist", Message, Refused),
    (Imap, b"NO Mail has saved by smtp!", "saved-by-smtp", Handled, Refused),
    (Imap, b"NO [OVERQUOTA] Not enough disk quota (mail)", "no-room", Message, Refused),
    (Imap, b"NO [TRYCREATE] There is no such mailbox", "no-such-folder", Message, Refused),
    (Imap, b"NO SELECT Unsafe Login. Please contact kefu@188.com for help", "netease-mistrusted", Identify, Mistrusted),
    (Imap, b"NO EXAMINE Unsafe Login. Please contact kefu@188.com for help", "netease-mistrusted", Identify, Mistrusted),
    (Imap, b"NO LOGIN Login error or password error", "netease-login", Ask, Login),
    (Imap, b"NO LOGIN Login error password error", "netease-login", Ask, Login),
    (Pop3, b"-ERR Unable to log on", "netease-pop3-login", Ask, Login),
    (Smtp, b"535 Error: authentication failed", "netease-smtp-login", Ask, Login),
    (Smtp, b"550 User has no permission", "netease-smtp-off", Ask, Refused),
    (Smtp, b"553 Mail from must equal authorized user", "from-differs", Message, Refused),
    (Smtp, b"501 Mail from address must be same as authorization user.", "from-differs", Message, Refused),
    (Smtp, b"550 The \"From\" header is missing or invalid. Please follow RFC5322, RFC2047, RFC822 standard protocol. https://service.mail.qq.com/detail/124/995.", "qq-from-header", Message, Refused),
    (Smtp, b"502 Invalid input from 192.0.2.7 to newxmesmtplogicsvrszb20.example.", "smtp-out-of-step", Message, OutOfStep),
    (Smtp, b"503 Send command mailfrom first.", "smtp-out-of-step", Message, OutOfStep),
    (Smtp, b"554 DT:SPM 163 smtp11,D8CowABX2Q--.43886S2 1548385572,please see http://mail.163.com/help/help_spam_16.htm", "netease-spam", Message, Refused),
    (Smtp, b"550 DT:SPM 126 smtp3,DcmowABX", "netease-spam", Message, Refused),
    (Smtp, b"451 DT:SPM 163 smtp5,please try again", "netease-spam-for-now", Later, Throttled),
    (Smtp, b"554 DT:SUM 163 smtp2,envelope from and header from mismatch", "netease-envelope", Message, Refused),
    (Smtp, b"421 HL:REP 163 smtp9,xxxx", "netease-sending-rate", Patience, Throttled),
    (Smtp, b"421 HL:ICC 163 smtp9,xxxx", "netease-sending-rate", Patience, Throttled),
    (Smtp, b"421 HL:IFC 163 smtp9,xxxx", "netease-sending-rate", Patience, Throttled),
    (Smtp, b"421 HL:MEP 163 smtp9,xxxx", "netease-sending-rate", Patience, Throttled),
    (Smtp, b"450 MI:CEL 163 smtp9,xxxx", "netease-sending-rate", Patience, Throttled),
    (Smtp, b"450 MI:DMC 163 smtp9,xxxx", "netease-sending-rate", Patience, Throttled),
    (Smtp, b"450 MI:CCL 163 smtp9,xxxx", "netease-sending-rate", Patience, Throttled),
    (Smtp, b"450 RP:DRC 163 smtp9,xxxx", "netease-sending-rate", Patience, Throttled),
    (Smtp, b"451 MI:SFQ 163 smtp9,xxxx", "netease-sending-rate", Patience, Throttled),
    (Smtp, b"451 RP:QRC 163 smtp9,xxxx", "netease-sending-rate", Patience, Throttled),
    (Smtp, b"535 Error: too much fail authentication", "netease-sending-rate", Patience, Throttled),
    (Smtp, b"554 HL:IPB 163", "netease-address-blocked", Later, Throttled),
    (Smtp, b"554 HL:IHU 163", "netease-address-blocked", Later, Throttled),
    (Smtp, b"554 IP in blacklist", "netease-address-blocked", Later, Throttled),
    (Smtp, b"554 IP is rejected, smtp auth error limit exceed", "netease-address-blocked", Later, Throttled),
    (Smtp, b"550 MI:STC 163 smtp", "netease-quota", Later, Throttled),
    (Smtp, b"554 MI:STC 163 smtp", "netease-quota", Later, Throttled),
    (Smtp, b"550 RP:TRC 163", "netease-quota", Later, Throttled),
    (Smtp, b"554 MI:SPB 163", "netease-quota", Later, Throttled),
    (Smtp, b"550 RP:RCL 163 smtp", "too-many-recipients", Message, Refused),
    (Smtp, b"553 too much recipient", "too-many-recipients", Message, Refused),
    (Smtp, b"552 Illegal Attachment (.vbs)", "attachment-refused", Message, Refused),
    (Smtp, b"552 Requested mail action aborted: exceeded mailsize limit", "too-large", Message, Refused),
    (Smtp, b"552 message too large", "too-large", Message, Refused),
    (Smtp, b"552 5.3.4 Message size 80000000 exceeds fixed limit", "too-large", Message, Refused),
    (Bounce, b"550 Mail content denied. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000726", "qq-content-refused", Message, Refused),
    (Bounce, b"550 Spam is embedded in the email", "qq-content-refused", Message, Refused),
    (Bounce, b"550 Suspected spam.", "qq-content-refused", Message, Refused),
    (Bounce, b"550 Suspected spam ip.", "qq-sending-rate", Patience, Throttled),
    (Bounce, b"550 Ip frequency limited. http://service.mail.qq.com/cgi-bin/help?id=20022", "qq-sending-rate", Patience, Throttled),
    (Bounce, b"550 Domain frequency limited. http://service.mail.qq.com/cgi-bin/help?id=20022", "qq-sending-rate", Patience, Throttled),
    (Bounce, b"550 Sender frequency limited. http://service.mail.qq.com/cgi-bin/help?id=20022", "qq-sending-rate", Patience, Throttled),
    (Bounce, b"550 Connection frequency limited. http://service.mail.qq.com/cgi-bin/help?id=20022", "qq-sending-rate", Patience, Throttled),
    (Bounce, b"550 Connection denied.", "qq-sending-rate", Patience, Throttled),
    (Bounce, b"550 Mailbox not found. http://service.mail.qq.com/detail/0/169", "no-such-recipient", Message, Refused),
    (Bounce, b"550 Mailbox unavailable or access denied", "no-such-recipient", Message, Refused),
    (Bounce, b"550 deactivated mailbox", "no-such-recipient", Message, Refused),
    (Bounce, b"550 Mail is rejected by recipients", "refused-by-recipient", Message, Refused),
    (Bounce, b"550 SPF check failed.", "sender-unproven", Message, Refused),
    (Bounce, b"550 DMARC check failed.", "sender-unproven", Message, Refused),
    (Bounce, b"550 Bad address syntax.", "bad-address", Message, Refused),
    (Smtp, b"553 Envolope sender mismatch with login user", "from-differs", Message, Refused),
    (Smtp, b"440 mail from account doesn't conform with authentication (Auth Account:me@mail.example|Mail Account:x@mail.example)", "from-differs", Message, Refused),
    (Smtp, b"553 5.7.1 <x@mail.example>: Sender address rejected: not owned by user me@mail.example", "from-differs", Message, Refused),
    (Smtp, b"550 5.1.1 <x@mail.example>: Recipient address rejected: User unknown in virtual mailbox table", "no-such-recipient", Message, Refused),
    (Smtp, b"552 5.2.2 Over quota", "mailbox-full", Message, Refused),
    (Smtp, b"452 4.2.2 The recipient's inbox is out of storage space", "mailbox-full", Message, Refused),
    (Smtp, b"450 4.2.0 <x@mail.example>: Recipient address rejected: Greylisted, see https://postgrey.example/", "greylisted", Later, Throttled),
    (Smtp, b"535 the email account or password is incorrect", "sina-smtp-login", Ask, Login),
    (Smtp, b"526 Authentication failure[0]", "aliyun-smtp-login", Ask, Login),
    (Imap, b"BAD invalid command or parameters", "search-refused", Handled, Refused),
    (Imap, b"BAD Missing or invalid or unimplemented argument", "search-refused", Handled, Refused),
    (Smtp, b"550 13990a5e81cf4d2-1f2a3 Mail rejected", "139-rejected", Message, Refused),
    (Imap, b"NO Basic authentication is disabled.", "outlook-oauth", Ask, Login),
    (Imap, b"NO LOGIN is disabled here (LOGINDISABLED)", "outlook-oauth", Ask, Login),
    (Smtp, b"535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [TYCP286CA0001.JPNP286.PROD.OUTLOOK.COM]", "outlook-oauth", Ask, Login),
    (Imap, b"BAD User is authenticated but not connected.", "outlook-not-connected", Ask, Refused),
    (Smtp, b"535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.", "outlook-not-connected", Ask, Refused),
    (Imap, b"NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)", "gmail-app-password", Ask, Login),
    (Imap, b"NO [ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)", "gmail-web-login", Ask, Refused),
    (Imap, b"NO [ALERT] Your account is not enabled for IMAP use. Please visit your account settings page. (Failure)", "imap-is-off", Ask, Refused),
    (Pop3, b"-ERR [SYS/PERM] Your account is not enabled for POP access.", "pop3-is-off", Ask, Refused),
    (Imap, b"NO [ALERT] Too many simultaneous connections. (Failure)", "too-many-connections", Patience, Throttled),
    (Imap, b"NO [LIMIT] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)", "too-many-connections", Patience, Throttled),
    (Smtp, b"454 4.7.0 Too many login attempts, please try again later.", "too-many-connections", Patience, Throttled),
    (Imap, b"NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", "gmail-refused", Doubtful, Login),
    (Smtp, b"535-5.7.8 Username and Password not accepted. Learn more at", "gmail-refused", Doubtful, Login),
    (Pop3, b"-ERR [AUTH] Authentication failed.", "wrong-password", Ask, Login),
    (Smtp, b"535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6", "wrong-password", Ask, Login),
];

#[test]
fn every_row_of_the_table_is_known_by_the_bytes_of_a_server() {
    let mut seen = HashSet::new();
    for (protocol, words, id, policy, kind) in ROWS {
        let shown = String::from_utf8_lossy(words);
        let remedy = of(*protocol, words).unwrap_or_else(|| panic!("nothing is known of {shown}"));
        assert_eq!((remedy.id.as_str(), remedy.policy, remedy.kind), (*id, *policy, *kind), "{shown}");
        seen.insert(remedy.id.as_str());
    }
    let by_words = all().iter().filter(|remedy| remedy.instead_of.is_none());
    let unseen: Vec<&str> = by_words.map(|remedy| remedy.id.as_str()).filter(|id| !seen.contains(id)).collect();
    assert_eq!(unseen, OF_OURS, "no bytes stand here for these");
}

/// Those that no server's words lead to.
const OF_OURS: [&str; 2] = ["worked-before", "account-removed"];

#[test]
fn there_are_words_for_an_account_that_was_removed() {
    let removed = Failure::account_removed("me@mail.example");
    let remedy = against(&removed).unwrap();
    assert_eq!((remedy.kind, remedy.policy.retry()), (removed.kind, removed.retry));
    assert!(removed.is_account_removed() && !remedy.en.to_string().contains("message"));
}

#[test]
fn the_same_words_of_another_server_have_another_remedy() {
    let id = |words: &[u8], host: &str| against(&of(Imap, words).unwrap().failure(host, "")).unwrap().id.as_str();
    let refused = b"NO Login fail. Account is abnormal, service is not open, password is incorrect";
    for (host, known) in [
        ("imap.exmail.qq.com", "exmail-refused"),
        ("HWIMAP.exmail.QQ.com", "exmail-refused"),
        ("imap.qq.com", "qq-refused"),
        ("notexmail.qq.com", "qq-refused"),
        ("imap.exmail.qq.com.example", "qq-refused"),
        ("", "qq-refused"),
    ] {
        assert_eq!(id(refused, host), known, "{host}");
    }
    assert_eq!(id(b"NO System busy!", "imap.exmail.qq.com"), "exmail-busy");
    assert_eq!(id("NO 请使用授权码登录".as_bytes(), "imap.exmail.qq.com"), "exmail-use-code");
    // The one that it stands for is there, and nobody there hears of QQ.
    for own in all().iter().filter(|remedy| remedy.instead_of.is_some()) {
        let general = named(own.instead_of.as_ref().unwrap()).unwrap();
        assert_eq!((own.kind, own.policy, own.once_worked), (general.kind, general.policy, general.once_worked));
        assert!(!own.at.is_empty() && own.at.iter().all(|end| *end == end.to_lowercase()), "{}", own.id);
        assert!(!format!("{} {}", own.zh, own.en).contains("QQ"), "{}", own.id);
    }
}

#[test]
fn the_file_is_right() {
    let read = file::read(include_str!("../../assets/remedies.toml")).unwrap();
    assert_eq!(read.as_slice(), all());
    let ids: HashSet<&str> = all().iter().map(|remedy| remedy.id.as_str()).collect();
    assert_eq!(ids.len(), all().len(), "an id stands there twice");
    for remedy in all() {
        assert!(remedy.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{}", remedy.id);
        let of_words = remedy.instead_of.is_none() && !OF_OURS.contains(&remedy.id.as_str());
        assert_eq!(remedy.protocols.is_empty(), !of_words, "{}", remedy.id);
        assert_eq!(remedy.at.is_empty(), remedy.instead_of.is_none(), "{}", remedy.id);
        assert!(remedy.wait.is_none() || remedy.policy == Later, "{}", remedy.id);
        assert!(std::ptr::eq(named(&remedy.id).unwrap(), remedy));
    }
    for (wrong, why) in [
        ("contains = [\"\"]", "fits everything"),
        ("contains = [[]]", "fits everything"),
        ("contains = [\"x\"]\ncolour = 1", "unknown field"),
    ] {
        let entry = format!(
            "[[remedy]]\nid = \"x\"\nprotocols = [\"imap\"]\nkind = \"login\"\npolicy = \"ask\"\n{wrong}\n\
             zh = {{ what = \"\", todo = \"\" }}\nen = {{ what = \"\", todo = \"\" }}\n"
        );
        assert!(file::read(&entry).unwrap_err().contains(why), "{wrong}");
    }
}

/// One row of 80 columns holds what is the matter and when it is tried again, and one more holds what to do.
#[test]
fn sentences_are_short_calm_and_in_both_languages() {
    for remedy in all() {
        for (wording, is_chinese) in [(&remedy.zh, true), (&remedy.en, false)] {
            let (what, todo) = (crate::text::width(&wording.what), crate::text::width(&wording.todo));
            assert!((4..=46).contains(&what), "{what}: {}", wording.what);
            assert!((4..=78).contains(&todo), "{todo}: {}", wording.todo);
            assert!(crate::text::width(&wording.to_string()) <= 120, "{wording}");
            let both = wording.to_string();
            assert!(!both.contains(['!', '！', '{', '}', '\n', '。']), "{both}");
            assert_eq!(wording.what.chars().any(|c| ('一'..='龥').contains(&c)), is_chinese, "{both}");
        }
    }
}

#[test]
fn the_words_are_found_however_they_are_written() {
    let id = |words: &[u8]| of(Imap, words).map(|remedy| remedy.id.as_str());
    assert_eq!(id(b"no sYSTEM bUSY"), Some("qq-busy"));
    assert_eq!(id(b"System  busy"), None, "other words are other words");
    assert_eq!(id(b""), None);
    assert_eq!(id(b"NO it does not please me"), None);
    // Only what is said in this protocol counts.
    assert_eq!(of(Smtp, b"NO SELECT Unsafe Login.").map(|remedy| remedy.id.as_str()), None);
    // The first entry that fits counts, in the order of the file.
    assert_eq!(of(Bounce, b"550 Suspected spam ip").unwrap().id, "qq-sending-rate");
    // Words are at the beginning, and a cut in the middle of a character is no other encoding.
    let mut long = "系".repeat(700).into_bytes();
    long.truncate(2047);
    assert_eq!(decoded(&long).chars().count(), 682);
    let late = [&[b' '; 3000][..], b"System busy"].concat();
    assert_eq!(id(&late), None);
    let cut = "登录太频繁".as_bytes();
    assert_eq!(id(&cut[..cut.len() - 1]), Some("login-too-often"));
}

#[test]
fn a_secret_that_was_good_enough_is_not_called_wrong_at_first_sight() {
    let refused =
        of(Imap, b"NO LOGIN Login error or password error").unwrap().failure("imap.163.example", "Login error");
    assert_eq!((refused.kind, refused.retry, refused.remedy), (Login, Retry::AfterUser, Some("netease-login")));
    assert_eq!(against(&refused).unwrap().id, "netease-login");
    let again = once_worked(refused);
    assert_eq!((again.retry, again.remedy), (Retry::Doubtful, Some("netease-login")));
    assert_eq!(against(&again).unwrap().id, "worked-before");
    // Words that nobody knows, of a server that let us in a moment ago.
    let unknown = once_worked(Failure::lasting(Login, "mail.example", "no"));
    assert_eq!(unknown.retry, Retry::Doubtful);
    assert_eq!(against(&unknown).unwrap().id, "worked-before");
    // What is certain stays certain, and who asks for patience gets it.
    for (words, retry) in [
        (&b"NO Basic authentication is disabled."[..], Retry::AfterUser),
        (b"NO System busy!", Retry::Patience),
        (b"NO SELECT Unsafe Login.", Retry::AfterUser),
    ] {
        let remedy = of(Imap, words).unwrap();
        let failure = once_worked(remedy.failure("", ""));
        assert_eq!(failure.retry, retry);
        assert!(std::ptr::eq(against(&failure).unwrap(), remedy));
    }
    assert_eq!(against(&Failure::passing(FailureKind::Dropped, "", "")), None);
}

#[test]
fn every_policy_says_how_long_to_wait() {
    for (policy, retry) in [
        (Ask, Retry::AfterUser),
        (Identify, Retry::AfterUser),
        (Message, Retry::AfterUser),
        (Doubtful, Retry::Doubtful),
        (Patience, Retry::Patience),
        (Policy::Network, Retry::Later),
        (Later, Retry::Later),
        (Handled, Retry::Later),
    ] {
        assert_eq!(policy.retry(), retry, "{policy:?}");
    }
}

const WORDS: &[&[u8]] = &[
    b"NO Login fail. Account is abnormal, service is not open, password is incorrect",
    b"-ERR \xb5\xc7\xc2\xbc\xcc\xab\xc6\xb5\xb7\xb1",
    "535 Error: 请使用授权码登录。".as_bytes(),
    b"451 DT:SPM 163 smtp5",
    b"NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)",
];

const PIECES: &[&[u8]] =
    &[b"\xff", b"\x81", b"\x80\x30", b"\0", b"\r\n", b"[", b"]", "İ".as_bytes(), "系".as_bytes(), b"System busy", b" "];

#[test]
fn any_bytes_are_answered_or_not_and_nothing_breaks() {
    fuzz(&Diet { good: WORDS, pieces: PIECES }, Long::Runs(2_000_000), |bytes| {
        [Imap, Pop3, Smtp, Bounce].into_iter().all(|protocol| {
            let found = of(protocol, bytes);
            // The same in capitals, where they are only letters of ASCII.
            let same = !bytes.is_ascii() || found == of(protocol, &bytes.to_ascii_uppercase());
            same && found.is_none_or(|remedy| remedy.protocols.contains(&protocol))
        })
    });
}
