//! Who receives the mail of a domain, asked at a name server that may say anything.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use hongyan::config::Presets;
use hongyan::joining::{Hosting, find};
use hongyan::model::{FailureKind, clock};
use hongyan::net::{Limits, Resolver};

use crate::name_server::{NameServer, Says};

fn at(server: SocketAddr) -> Resolver {
    Resolver::system(Limits { connect: Duration::from_secs(3), ..Limits::default() }).at(server)
}

const OWN: &[(u16, &str)] = &[(20, "MXBIZ2.qq.com"), (10, "mxbiz1.qq.com"), (10, "mxbiz1.qq.com")];

#[tokio::test]
async fn machines_come_in_the_order_of_their_preference_in_lower_case_and_once() {
    let server = NameServer::start(&[("shop.example", Says::Mx(OWN)), ("big.example", Says::ByTcp(OWN))]);
    for domain in ["shop.example", "Shop.Example.", "big.example"] {
        let found = at(server.at).exchangers(domain).await.unwrap();
        let found: Vec<(u16, &str)> = found.iter().map(|found| (found.preference, found.host.as_str())).collect();
        assert_eq!(found, [(10, "mxbiz1.qq.com"), (20, "mxbiz2.qq.com")], "{domain}");
    }
}

#[tokio::test]
async fn nonsense_ends_soon_and_is_no_answer() {
    let odd: &[(u16, &str)] = &[(1, "."), (2, "a b.example"), (3, "\u{1b}[2J.example"), (4, "mx.example")];
    let server = NameServer::start(&[
        ("nothing.example", Says::Nothing),
        ("odd.example", Says::Mx(odd)),
        ("fault.example", Says::Fault),
        ("silence.example", Says::Silence),
        ("wrong-id.example", Says::WrongId),
        ("wrong-domain.example", Says::WrongDomain),
        ("loop.example", Says::Loop),
        ("cut.example", Says::Cut),
        ("garbage.example", Says::Garbage),
        ("circle.example", Says::Circle),
        ("many.example", Says::Many),
        ("too-many.example", Says::TooMany),
    ]);
    let resolver = at(server.at);
    assert_eq!(resolver.exchangers("nothing.example").await.unwrap(), []);
    let odd = resolver.exchangers("odd.example").await.unwrap();
    assert_eq!(odd.iter().map(|found| found.host.as_str()).collect::<Vec<_>>(), ["mx.example"]);
    let unknown = resolver.exchangers("nobody.example").await.unwrap_err();
    assert_eq!(unknown.kind, FailureKind::UnknownHost);
    for domain in ["fault", "silence", "wrong-id", "wrong-domain", "loop", "cut", "garbage", "circle", "too-many"] {
        let begun = clock::instant();
        let said = resolver.exchangers(&format!("{domain}.example")).await;
        let took = begun.elapsed();
        println!("{domain}: {said:?} in {took:?}");
        assert!(took < Duration::from_secs(6), "{domain}: {took:?}");
        match said {
            // The circle has no machine in it; that is an answer too.
            Ok(found) => assert!(domain == "circle" && found.is_empty(), "{domain}: {found:?}"),
            Err(failure) => {
                assert!(
                    matches!(failure.kind, FailureKind::TimedOut | FailureKind::Unreachable),
                    "{domain}: {failure:?}"
                );
            }
        }
    }
    let many = resolver.exchangers("many.example").await.unwrap();
    assert_eq!((many.len(), many[0].host.as_str()), (16, "m1899.example"), "{many:?}");
}

#[tokio::test]
async fn nobody_at_the_port_is_told_as_such() {
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let failure = at(closed).exchangers("shop.example").await.unwrap_err();
    println!("{failure:?}");
    assert!(matches!(failure.kind, FailureKind::TimedOut | FailureKind::Unreachable), "{failure:?}");
    for odd in ["a..b", "", &"x".repeat(300), "a b"] {
        let failure = at(closed).exchangers(odd).await.unwrap_err();
        assert!(matches!(failure.kind, FailureKind::UnknownHost | FailureKind::TimedOut | FailureKind::Unreachable));
    }
}

#[tokio::test]
async fn an_address_tells_where_its_mail_is() {
    let server = NameServer::start(&[
        ("shop.example", Says::Mx(OWN)),
        ("netease.example", Says::Mx(&[(5, "qiye163mx01.mxmail.netease.com")])),
        ("ali.example", Says::Mx(&[(5, "mxn.mxhichina.com")])),
        ("own.example", Says::Mx(&[(5, "mx.own.example")])),
        ("nothing.example", Says::Nothing),
        ("silence.example", Says::Silence),
    ]);
    let presets = Presets::built_in();
    let ask = async |address: &str| find(&address.parse().unwrap(), &presets, &at(server.at)).await;
    for (address, id) in
        [("me@shop.example", "exmail"), ("me@netease.example", "qiye163"), ("me@Ali.example", "aliqiye")]
    {
        let hosting = ask(address).await;
        assert!(matches!(&hosting, Hosting::Hosted(preset) if preset.id == id), "{address}: {hosting:?}");
        assert_eq!(hosting.entry(&address.parse().unwrap()).provider.as_deref(), Some(id));
    }
    for address in ["me@own.example", "me@nothing.example"] {
        let Hosting::Guesses(guesses) = ask(address).await else { panic!("{address}") };
        let domain = address.split_once('@').unwrap().1;
        let places: Vec<String> = guesses.iter().map(|server| format!("{server} {}", server.tls.code())).collect();
        assert_eq!(places, ["imap.", "mail.", ""].map(|prefix| format!("{prefix}{domain}:993 tls")));
    }
    assert!(matches!(ask("me@nobody.example").await, Hosting::Unknown(f) if f.kind == FailureKind::UnknownHost));
    assert!(matches!(ask("me@silence.example").await, Hosting::Unknown(f) if f.kind == FailureKind::TimedOut));
    // What is known needs nobody.
    let before = server.asked();
    assert!(matches!(ask("me@QQ.com").await, Hosting::Known(preset) if preset.id == "qq"));
    assert_eq!(server.asked(), before);
}
