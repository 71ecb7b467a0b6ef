//! Each fault does what it says.

use super::*;

/// More than that is not read in answer to one command.
const ENOUGH: usize = 1024 * 1024;

/// A server with a fault, and a connection on which nothing was said yet.
async fn with(faults: &[Fault]) -> (Demo, DuplexStream) {
    let demo = serve_pipes(&Options { messages: 40, personality: &MODERN, ..options() });
    demo.break_connections(faults).await.unwrap();
    let pipe = demo.pipe();
    (demo, pipe)
}

#[derive(PartialEq, Eq, Debug)]
enum End {
    Answered,
    Closed,
    Silent,
    Endless,
}

/// What comes until a line starts with `until`, and how large the pieces were.
async fn hear(pipe: &mut DuplexStream, until: &str) -> (Vec<u8>, Vec<usize>, End) {
    let (mut all, mut pieces, mut buffer) = (Vec::new(), Vec::new(), vec![0; 128 * 1024]);
    loop {
        let count = match timeout(Duration::from_secs(30), pipe.read(&mut buffer)).await {
            Err(_) => return (all, pieces, End::Silent),
            Ok(Err(_) | Ok(0)) => return (all, pieces, End::Closed),
            Ok(Ok(count)) => count,
        };
        all.extend_from_slice(&buffer[..count]);
        pieces.push(count);
        let last = all.rsplitn(3, |b| *b == b'\n').nth(1).unwrap_or_default();
        if all.ends_with(b"\n") && (last.starts_with(until.as_bytes()) || until == "*") {
            return (all, pieces, End::Answered);
        }
        if all.len() > ENOUGH {
            return (all, pieces, End::Endless);
        }
    }
}

async fn say(pipe: &mut DuplexStream, command: &str) -> (String, End) {
    if pipe.write_all(format!("{command}\r\n").as_bytes()).await.is_err() {
        return (String::new(), End::Closed);
    }
    let until = if command.ends_with(" IDLE") || command.ends_with('}') {
        "+"
    } else if command == "DONE" {
        "q12"
    } else {
        command.split(' ').next().unwrap()
    };
    let (bytes, _, end) = hear(pipe, until).await;
    (String::from_utf8_lossy(&bytes).into_owned(), end)
}

const CONVERSATION: &[&str] = &[
    "q1 LOGIN demo@hongyan.example \"open sesame\"",
    "q2 ENABLE QRESYNC",
    "q3 LIST \"\" *",
    "q4 SELECT INBOX",
    "q5 FETCH 1:* (UID FLAGS RFC822.SIZE)",
    "q6 UID FETCH 1:20 (UID BODY.PEEK[])",
    "q7 UID SEARCH RETURN (ALL) ALL",
    "q8 MOVE 1 INBOX",
    "q9 NOOP",
    "q10 STARTTLS",
    "q11 APPEND INBOX {4}",
    "abcd",
    "q12 IDLE",
    "DONE",
    "q13 COMPRESS DEFLATE",
];

/// All that is heard in a whole conversation, with how each answer ended.
async fn conversation(faults: &[Fault]) -> Vec<(Vec<u8>, String)> {
    let (_demo, mut pipe) = with(faults).await;
    let mut heard = Vec::new();
    let mut record = |(bytes, _, end): (Vec<u8>, Vec<usize>, End)| {
        let going = matches!(end, End::Answered | End::Silent);
        heard.push((bytes, format!("{end:?}")));
        going
    };
    if !record(hear(&mut pipe, "*").await) {
        return heard;
    }
    for command in CONVERSATION {
        let until = match *command {
            "abcd" => "q11",
            "DONE" => "q12",
            _ if command.ends_with("IDLE") || command.ends_with('}') => "+",
            _ => command.split(' ').next().unwrap(),
        };
        if pipe.write_all(format!("{command}\r\n").as_bytes()).await.is_err() {
            break;
        }
        if !record(hear(&mut pipe, until).await) {
            return heard;
        }
    }
    // What follows where compression has begun.
    record(hear(&mut pipe, "nothing").await);
    heard
}

#[tokio::test(start_paused = true)]
async fn every_named_fault_is_felt() {
    let plain = conversation(&[]).await;
    assert_eq!(plain.len(), CONVERSATION.len() + 2);
    let ends: Vec<&str> = plain.iter().map(|(_, end)| end.as_str()).collect();
    assert!(ends[..CONVERSATION.len()].iter().all(|end| *end == "Answered"), "{ends:?}");
    for NamedFault { name, faults } in FAULTS {
        let felt = conversation(faults).await;
        if matches!(*name, "byte-by-byte" | "all-at-once") {
            let bytes = |heard: &[(Vec<u8>, String)]| heard[..8].iter().map(|h| h.0.clone()).collect::<Vec<_>>();
            assert!(bytes(&felt) == bytes(&plain), "{name} changes what is said");
        } else {
            assert!(felt != plain, "{name} changes nothing");
        }
    }
    let mut names: Vec<&str> = FAULTS.iter().map(|f| f.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "each name once");
}

#[tokio::test(start_paused = true)]
async fn lines_end_in_five_ways() {
    for (fault, expected) in [
        (Fault::CutAfter(100), End::Closed),
        (Fault::ResetAfter(100), End::Closed),
        (Fault::EndAfter(100), End::Closed),
        (Fault::ByeAfter(100), End::Closed),
        (Fault::StallAfter(100), End::Silent),
    ] {
        let (_demo, mut pipe) = with(std::slice::from_ref(&fault)).await;
        let (bytes, _, end) = hear(&mut pipe, "nothing").await;
        assert_eq!(end, End::Silent, "{fault:?}");
        let greeting = bytes.len();
        pipe.write_all(b"q1 LOGIN demo@hongyan.example \"open sesame\"\r\n").await.unwrap();
        let (bytes, _, end) = hear(&mut pipe, "nothing").await;
        let bye = if matches!(fault, Fault::ByeAfter(_)) { "* BYE Closing\r\n".len() } else { 0 };
        assert_eq!((greeting + bytes.len(), end), (100 + bye, expected), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn bytes_come_slowly_singly_together_and_wrong() {
    let begin = tokio::time::Instant::now();
    let (_demo, mut pipe) = with(&[Fault::Trickle { after: 10, each: Duration::from_secs(2) }]).await;
    let (bytes, ..) = hear(&mut pipe, "*").await;
    let took = begin.elapsed().as_secs();
    assert!(took + 4 >= 2 * (bytes.len() as u64 - 10), "{took} s for {} bytes", bytes.len());

    let (_demo, mut pipe) = with(&[Fault::Pieces(3)]).await;
    let (_, pieces, _) = hear(&mut pipe, "*").await;
    assert!(pieces.len() > 10 && pieces.iter().all(|piece| *piece <= 3), "{pieces:?}");

    let (_demo, mut pipe) = with(&[Fault::Corrupt(2)]).await;
    let (bytes, ..) = hear(&mut pipe, "*").await;
    assert_eq!(bytes[..4], [b'*', b' ', b'O' ^ 0x55, b'K']);

    // Each message takes a second, and is sent when it is there, or with all the others.
    const SLOW: Personality =
        Personality { limits: Limits { per_message: Some(Duration::from_secs(1)), ..NO_LIMITS }, ..PLAIN };
    for (faults, at_once) in [(&[][..], false), (&[Fault::OneSegment][..], true)] {
        let demo = serve_pipes(&Options { personality: &SLOW, ..options() });
        demo.break_connections(faults).await.unwrap();
        let mut line = piped(&demo).await;
        line.say("a SELECT INBOX").await;
        let begin = tokio::time::Instant::now();
        line.0.get_mut().write_all(b"b FETCH 1:5 (FLAGS)\r\n").await.unwrap();
        line.next().await;
        assert_eq!(begin.elapsed() >= Duration::from_secs(5), at_once, "{:?}", begin.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn greetings_that_are_none() {
    let (_demo, mut pipe) = with(&[Fault::Greeting("* BYE Not today")]).await;
    let (bytes, _, end) = hear(&mut pipe, "nothing").await;
    assert_eq!((&bytes[..], end), (&b"* BYE Not today\r\n"[..], End::Closed));
    let (_demo, mut pipe) = with(&[Fault::Preauth]).await;
    assert!(hear(&mut pipe, "*").await.0.starts_with(b"* PREAUTH [CAPABILITY IMAP4rev1 "));
    assert!(say(&mut pipe, "a SELECT INBOX").await.0.contains("a OK"));
    let (demo, mut pipe) = with(&[Fault::AtMost(2)]).await;
    assert!(hear(&mut pipe, "*").await.0.starts_with(b"* OK"));
    let mut second = demo.pipe();
    assert!(hear(&mut second, "*").await.0.starts_with(b"* OK"));
    let mut third = demo.pipe();
    let (bytes, _, end) = hear(&mut third, "nothing").await;
    assert_eq!((&bytes[..], end), (&b"* BYE Too many connections\r\n"[..], End::Closed));
    drop(pipe);
    while demo.connections().await.unwrap() > 1 {
        tokio::task::yield_now().await;
    }
    assert!(hear(&mut demo.pipe(), "*").await.0.starts_with(b"* OK"), "one has gone");
}

#[tokio::test(start_paused = true)]
async fn commands_are_answered_otherwise_or_not_at_all() {
    let login = "q1 LOGIN demo@hongyan.example \"open sesame\"";
    let (_demo, mut pipe) = with(&[
        Fault::Say { on: "NOOP", place: FaultPlace::Ahead, bytes: b"* 1\r\n", times: 2 },
        Fault::Say { on: "NOOP", place: FaultPlace::Between, bytes: b"* 2\r\n", times: 1 },
        Fault::Say { on: "NOOP", place: FaultPlace::Behind, bytes: b"* 3\r\n", times: 1 },
        Fault::Replace { on: "SELECT", having: "EXISTS", by: b"" },
        Fault::Replace { on: "FETCH", having: "* 2 FETCH", by: b"* 0 FETCH (UID 7)\r\n" },
        Fault::Answer { on: "MOVE", words: "BAD Nonsense" },
        Fault::Deaf("CHECK"),
        Fault::Bye("CREATE"),
    ])
    .await;
    hear(&mut pipe, "*").await;
    say(&mut pipe, login).await;
    pipe.write_all(b"q2 NOOP\r\n").await.unwrap();
    assert_eq!(hear(&mut pipe, "* 3").await.0, b"* 1\r\n* 1\r\n* 2\r\nq2 OK NOOP completed\r\n* 3\r\n");
    for command in ["q3 SELECT INBOX", "q3 EXAMINE INBOX"] {
        let (said, _) = say(&mut pipe, command).await;
        assert!(!said.contains("EXISTS") && said.contains("RECENT"), "{said}");
    }
    let (said, _) = say(&mut pipe, "q4 UID FETCH 1:* FLAGS").await;
    assert!(said.contains("* 0 FETCH (UID 7)\r\n") && !said.contains("* 2 FETCH") && said.contains("* 3 FETCH"));
    assert_eq!(say(&mut pipe, "q5 UID MOVE 1 INBOX").await.0, "q5 BAD Nonsense\r\n");
    assert_eq!(say(&mut pipe, "q6 CHECK").await, (String::new(), End::Silent));
    assert!(say(&mut pipe, "q7 NOOP").await.0.contains("q7 OK"), "the others are");
    hear(&mut pipe, "* 3").await;
    assert_eq!(say(&mut pipe, "q8 CREATE x").await, ("* BYE Closing\r\n".to_owned(), End::Closed));

    let (_demo, mut pipe) = with(&[Fault::CloseEvery(3)]).await;
    hear(&mut pipe, "*").await;
    say(&mut pipe, login).await;
    assert_eq!(say(&mut pipe, "q2 NOOP").await.1, End::Answered);
    assert_eq!(say(&mut pipe, "q3 NOOP").await, (String::new(), End::Closed));
}

#[tokio::test(start_paused = true)]
async fn idle_goes_wrong_in_its_own_ways() {
    for (fault, first, done) in [
        (Fault::Bye("IDLE"), "+ idling\r\n* BYE Closing\r\n", End::Closed),
        (Fault::Deaf("DONE"), "+ idling\r\n", End::Silent),
    ] {
        let (_demo, mut pipe) = with(&[fault]).await;
        hear(&mut pipe, "*").await;
        for command in ["q1 LOGIN demo@hongyan.example \"open sesame\"", "q2 SELECT INBOX"] {
            say(&mut pipe, command).await;
        }
        pipe.write_all(b"q12 IDLE\r\n").await.unwrap();
        let (bytes, ..) = hear(&mut pipe, "nothing").await;
        assert_eq!(String::from_utf8_lossy(&bytes), first);
        assert_eq!(say(&mut pipe, "DONE").await.1, done);
    }
}

#[tokio::test(start_paused = true)]
async fn a_bomb_is_small_on_the_line_and_large_behind_it() {
    let (demo, mut pipe) = with(&[Fault::Bomb(64 * 1024 * 1024)]).await;
    hear(&mut pipe, "*").await;
    say(&mut pipe, "q1 LOGIN demo@hongyan.example \"open sesame\"").await;
    let before = demo.traffic().sent;
    pipe.write_all(b"q2 COMPRESS DEFLATE\r\n").await.unwrap();
    let (bytes, _, end) = hear(&mut pipe, "nothing").await;
    assert!(end == End::Silent && bytes.starts_with(b"q2 OK"));
    let packed = bytes.splitn(2, |b| *b == b'\n').nth(1).unwrap();
    let mut stream = flate2::Decompress::new(false);
    let (mut out, mut rest) = (vec![0; 1 << 20], packed);
    loop {
        let before = (stream.total_in(), stream.total_out());
        stream.decompress(rest, &mut out, flate2::FlushDecompress::None).unwrap();
        rest = &rest[usize::try_from(stream.total_in() - before.0).unwrap()..];
        if rest.is_empty() && stream.total_out() - before.1 < out.len() as u64 {
            break;
        }
    }
    assert_eq!(stream.total_out(), 64 * 1024 * 1024 + "* OK \r\n".len() as u64);
    assert!(packed.len() < 200_000 && demo.traffic().sent - before == bytes.len() as u64, "{}", packed.len());
}

/// What stands in clear behind the OK comes in the same bytes as it.
#[tokio::test]
async fn s03_something_is_said_in_clear_behind_starttls() {
    let demo = serve(options()).await.unwrap();
    let residue = Fault::Say { on: "STARTTLS", place: FaultPlace::Behind, bytes: b"* 99 EXISTS\r\n", times: 1 };
    demo.break_connections(&[residue]).await.unwrap();
    let mut stream = TcpStream::connect(demo.starttls).await.unwrap();
    let mut buffer = [0; 4096];
    let greeting = stream.read(&mut buffer).await.unwrap();
    assert!(buffer[..greeting].starts_with(b"* OK"));
    stream.write_all(b"a STARTTLS\r\n").await.unwrap();
    let mut line = Line(BufReader::new(stream));
    assert!(line.next().await.starts_with("a OK"));
    assert_eq!(line.next().await, "* 99 EXISTS\r\n");
}

/// How a client over TLS sees the end of a connection.
async fn last_words(demo: &Demo) -> io::Result<usize> {
    let mut line = logged_in(demo).await;
    line.0.get_mut().write_all(b"a SELECT INBOX\r\nb FETCH 1:* BODY.PEEK[]\r\n").await.unwrap();
    timeout(DEADLINE, line.0.read_to_end(&mut Vec::new())).await.expect("an end")
}

#[tokio::test]
async fn connections_with_tls_end_or_are_reset() {
    let demo = serve(options()).await.unwrap();
    demo.break_connections(&[Fault::EndAfter(3000)]).await.unwrap();
    let said = last_words(&demo).await;
    assert!(said.is_ok(), "{said:?}");
    demo.break_connections(&[Fault::ResetAfter(3000)]).await.unwrap();
    let error = last_words(&demo).await.expect_err("a reset");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset, "{error}");
    demo.break_connections(&[Fault::CutAfter(3000)]).await.unwrap();
    // Whether a missing goodbye is an error or an end is up to the client's library.
    assert!(last_words(&demo).await.is_ok_and(|bytes| bytes < 3000));
}

#[tokio::test]
async fn who_wants_too_much_is_reset() {
    let demo = serve(Options { messages: 180, personality: &COREMAIL, ..options() }).await.unwrap();
    let ca = native_tls::Certificate::from_pem(demo.ca_pem.as_bytes()).unwrap();
    let connector = native_tls::TlsConnector::builder().add_root_certificate(ca).build().unwrap();
    let stream = TcpStream::connect(demo.tls).await.unwrap();
    let stream = tokio_native_tls::TlsConnector::from(connector).connect("localhost", stream).await.unwrap();
    let mut line = Line(BufReader::new(stream));
    line.next().await;
    for command in ["l LOGIN demo@hongyan.example \"open sesame\"", "i ID (\"name\" \"x\")", "s SELECT INBOX"] {
        line.say(command).await;
    }
    line.0.get_mut().write_all(b"a UID FETCH 1:* (UID BODY.PEEK[])\r\n").await.unwrap();
    let error = timeout(DEADLINE, line.0.read_to_end(&mut Vec::new())).await.expect("an end").expect_err("a reset");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset, "{error}");
}
