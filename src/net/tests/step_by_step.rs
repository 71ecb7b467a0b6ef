//! Connecting step by step: what is told on the way, and that nothing is accepted that otherwise would not be.

use tokio::net::TcpListener;

use super::papers::{End, HOST, Papers, Shown, leaf};
use super::{dialer, scripted, server};
use crate::model::{Failure, FailureKind, Fingerprint, Proxy, Route, Server, TlsMode};
use crate::net::{Dialer, Opened, Protocol, Step, TlsVersion};

async fn closely(dialer: &Dialer, server: &Server) -> (Vec<Step>, Result<Opened, Failure>) {
    let mut steps = Vec::new();
    let opened = dialer.open_closely(server, Protocol::Imap, |step| steps.push(step)).await;
    (steps, opened)
}

fn names(steps: &[Step]) -> Vec<&'static str> {
    let name = |step: &Step| match step {
        Step::Named { .. } => "named",
        Step::Called { took: Some(_), .. } => "called",
        Step::Called { took: None, .. } => "silent",
        Step::Through { .. } => "through",
        Step::Agreed { .. } => "agreed",
        Step::Shown(_) => "shown",
        Step::Encrypted { .. } => "encrypted",
    };
    steps.iter().map(name).collect()
}

#[tokio::test]
async fn every_step_is_told_and_the_certificate_with_it() {
    let papers = Papers::new();
    let good = papers.good();
    let (port, _hearing) = good.port(b"x", End::Never).await;
    let (steps, opened) = closely(&papers.dialer(port), &papers.server(port, TlsMode::Tls)).await;
    assert!(opened.is_ok());
    assert_eq!(names(&steps), ["named", "called", "shown", "encrypted"]);
    let [.., Step::Shown(shown), Step::Encrypted { version, .. }] = steps.as_slice() else { panic!() };
    assert_eq!((shown.fingerprint, shown.names.as_slice()), (good.fingerprint, &[HOST.to_owned()][..]));
    assert!(shown.begins < shown.ends && !shown.issuer.is_empty());
    // The servers of these tests speak nothing newer.
    assert_eq!(*version, Some(TlsVersion::Tls12));
}

#[tokio::test]
async fn s07_a_refused_certificate_is_told_and_nothing_is_opened() {
    let papers = Papers::new();
    let mut old = leaf(&[HOST], HOST);
    old.not_after = rcgen::date_time_ymd(2020, 1, 1);
    let expired = Shown::signed(&old, &papers.authority);
    let stranger = Shown::self_signed(&leaf(&[HOST], HOST));
    let other = Shown::signed(&leaf(&["imap.other.example"], HOST), &papers.authority);
    for (shown, kind) in [
        (expired, FailureKind::Expired),
        (stranger, FailureKind::UntrustedCertificate),
        (other, FailureKind::WrongName),
    ] {
        let (port, _hearing) = shown.port(b"x", End::Never).await;
        let (steps, opened) = closely(&papers.dialer(port), &papers.server(port, TlsMode::Tls)).await;
        assert_eq!(opened.unwrap_err().kind, kind);
        assert_eq!(names(&steps), ["named", "called", "shown"]);
        assert!(matches!(steps.last(), Some(Step::Shown(told)) if told.fingerprint == shown.fingerprint));
    }
    let good = papers.good();
    let (port, _hearing) = good.port(b"x", End::Never).await;
    let pinned = Dialer { pin: Some(Fingerprint::new([7; 32])), ..papers.dialer(port) };
    let (steps, opened) = closely(&pinned, &papers.server(port, TlsMode::Tls)).await;
    assert_eq!(opened.unwrap_err().kind, FailureKind::PinChanged);
    assert_eq!(names(&steps), ["named", "called", "shown"]);
}

#[tokio::test]
async fn n04_what_fails_is_the_step_that_is_not_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = listener.local_addr().unwrap().port();
    drop(listener);
    let (steps, opened) = closely(&dialer(), &server(closed, TlsMode::Tls)).await;
    assert_eq!((names(&steps), opened.unwrap_err().kind), (vec!["named", "silent"], FailureKind::Unreachable));
    let nowhere = Server { host: "no-such-host.invalid".into(), port: closed, tls: TlsMode::Tls };
    let (steps, opened) = closely(&dialer(), &nowhere).await;
    assert_eq!((names(&steps), opened.unwrap_err().kind), (vec![], FailureKind::UnknownHost));
    let (plain, _) = scripted(b"* OK ready\r\n", &[]).await;
    let (steps, opened) = closely(&dialer(), &server(plain, TlsMode::Tls)).await;
    assert_eq!((names(&steps), opened.unwrap_err().kind), (vec!["named", "called"], FailureKind::PlainPort));
    let (refuses, _) = scripted(b"* OK ready\r\n", &[b"s1 BAD no\r\n"]).await;
    let (steps, opened) = closely(&dialer(), &server(refuses, TlsMode::StartTls)).await;
    assert_eq!((names(&steps), opened.unwrap_err().kind), (vec!["named", "called"], FailureKind::StartTls));
    let proxy: Proxy = format!("socks5://127.0.0.1:{closed}").parse().unwrap();
    let through = Dialer { route: Route::Through(proxy), ..dialer() };
    let (steps, opened) = closely(&through, &server(plain, TlsMode::Tls)).await;
    assert_eq!((names(&steps), opened.unwrap_err().kind), (vec![], FailureKind::Proxy));
    // 192.0.2.1 is reserved for examples; the answer comes before anything is sent.
    let far = Server { host: "192.0.2.1".into(), port: 143, tls: TlsMode::None };
    assert_eq!(closely(&dialer(), &far).await.1.unwrap_err().kind, FailureKind::Plaintext);
}
