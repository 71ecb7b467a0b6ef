use super::*;

const ROUTES: &str = "\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
";

const ROUTES_6: &str = "\
20010db8000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001   veth12
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000064 00000007 00000000 00000003     eth0
20010db8000000000000000000000005 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000003 00000000 80200001     eth0
ff000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000004 00000000 00000001     eth0
";

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn sky(awake: u64, passed: u64) -> Sky {
    Sky { awake: seconds(awake), passed: seconds(passed), routes: of_version_4(ROUTES), ..Sky::default() }
}

#[test]
fn sleep_is_told_from_time_that_went_by() {
    assert_eq!(weather(&sky(100, 1000), &sky(105, 1005)), None);
    // A machine with much to do is late, and did not sleep.
    assert_eq!(weather(&sky(100, 1000), &sky(400, 1300)), None);
    assert_eq!(weather(&sky(100, 1000), &sky(105, 4605)), Some(Weather::Slept(seconds(3600))));
    assert_eq!(weather(&sky(100, 1000), &sky(105, 1000)), None, "a clock that goes backwards");
}

#[test]
fn another_route_or_address_is_another_network() {
    let before = sky(0, 0);
    let other_gateway = ROUTES.replace("010200C0", "FE0200C0");
    let moved = Sky { routes: of_version_4(&other_gateway), ..before.clone() };
    assert_eq!(weather(&before, &moved), Some(Weather::Moved));
    let moved = Sky { routes: Vec::new(), ..before.clone() };
    assert_eq!(weather(&before, &moved), Some(Weather::Moved));
    let moved = Sky { addresses: vec![Ipv4Addr::new(192, 0, 2, 7).into()], ..before.clone() };
    assert_eq!(weather(&before, &moved), Some(Weather::Moved));
}

#[test]
fn counters_and_neighbours_are_no_news() {
    assert_eq!(of_version_4(ROUTES), ["eth0 00000000 010200C0 00000000", "eth0 000200C0 00000000 00FFFFFF"]);
    let used = ROUTES.replace("0003\t0\t0", "0003\t4\t99");
    assert_eq!(of_version_4(ROUTES), of_version_4(&used));
    let routes = of_version_6(ROUTES_6);
    assert_eq!(routes.len(), 2, "{routes:?}");
    assert_eq!(routes, of_version_6(&ROUTES_6.replace("00000007", "00000008").replace("veth12", "veth13")));
    for odd in ["", "\n\n", "one\ntwo", "a b c d e f g"] {
        assert!(of_version_4(odd).is_empty() && of_version_6(odd).is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_happens_while_nothing_happens() {
    let mut lookout = Lookout::new();
    // Dropped again and again, as in a select, it still looks at its times.
    for _ in 0..10 {
        let waited = tokio::time::timeout(Duration::from_secs(2), lookout.next()).await;
        // Other programs of this machine may change its routes meanwhile; sleep it does not.
        assert!(!matches!(waited, Ok(Weather::Slept(_))), "{waited:?}");
    }
    lookout.last.routes.push("gone".to_owned());
    assert_eq!(lookout.next().await, Weather::Moved);
    lookout.last.passed = lookout.last.passed.saturating_sub(seconds(600));
    assert!(matches!(lookout.next().await, Weather::Slept(slept) if slept >= seconds(599)));
}
