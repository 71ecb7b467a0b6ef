//! The ways in, at a server that somebody else has written.

use hongyan::model::{FolderName, Quirk, Quirks, Secret, Server, TlsMode};
use hongyan::net::Dialer;
use hongyan::sync::{First, Known, Manners, Way};
use tokio::sync::watch;

use crate::cli::home::{PASSWORD, USER, server};

#[tokio::test]
async fn dovecot_lets_in_who_says_it_in_any_way() {
    let dovecot = tokio::task::spawn_blocking(server).await.unwrap();
    let imap = |tls, port| Server { host: "localhost".into(), port, tls };
    let dialer = Dialer { ca_file: Some(dovecot.ca_path()), ..Dialer::default() };
    for (quirks, inline, secret, lets_in) in [
        (Quirks::default(), false, PASSWORD, true),
        (Quirks::default().with(Quirk::NoLogin), false, PASSWORD, true),
        (Quirks::default().with(Quirk::NoLogin), true, PASSWORD, true),
        (Quirks::default().with(Quirk::NoLogin), true, "wrong", false),
        (Quirks::default().with(Quirk::NoLogin).with(Quirk::NoInline), true, PASSWORD, true),
    ] {
        for at in [imap(TlsMode::Tls, dovecot.imaps_port()), imap(TlsMode::StartTls, dovecot.imap_port())] {
            let way = Way::new(dialer.clone(), at, USER.into(), Secret::new(secret.into()));
            let known = Known::of(quirks).mannered(Manners { inline, ..Manners::default() });
            let way = Way { known: watch::Sender::new(known), ..way };
            let opened = way.connect_and(First { folders: true, home: None }).await;
            assert_eq!(opened.is_ok(), lets_in, "{quirks:?} {inline}: {:?}", opened.err());
            if let Ok(mut session) = opened {
                session.look_into(&FolderName { wire: b"INBOX".to_vec(), delimiter: None }).await.unwrap();
                session.close().await;
            }
        }
    }
    let way = Way::new(dialer, imap(TlsMode::Tls, dovecot.imaps_port()), USER.into(), Secret::token("t0k".into()));
    let failure = way.connect().await.unwrap_err();
    assert!(failure.said.as_str().contains("AUTH=XOAUTH2"), "{failure:?}");
    tokio::task::spawn_blocking(|| drop(dovecot)).await.unwrap();
}
