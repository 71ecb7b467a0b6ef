//! The session against the server of the demo, with everything that can go wrong there.

mod entrances;
mod faults;
mod lines;
mod mad;
mod whole;

use std::time::Duration;

use super::*;
use crate::demo::{Demo, Options, Personality, SmtpFault, serve_pipes};
use crate::model::{Failure, Secret, Server, Timestamp, TlsMode};
use crate::net::{Limits as Deadline, Line, Opened, Tap};

const SECRET: &str = "canary-7391-Wildgans";
const ME: &str = "demo@hongyan.example";

fn demo(personality: &'static Personality) -> Demo {
    serve_pipes(&Options { messages: 0, personality, ..Options::new(Timestamp(1_790_000_000), SECRET) })
}

/// Patient enough for a machine with much to do.
fn manners() -> Manners {
    Manners::default()
}

fn server() -> Server {
    Server { host: "mail.example".into(), port: 465, tls: TlsMode::Tls }
}

fn line(stream: tokio::io::DuplexStream) -> Opened {
    Opened { line: Line::over(stream, Deadline::default()), greeted: false, reached: Duration::ZERO }
}

async fn open_as(demo: &Demo, secret: Secret, manners: Manners) -> Result<Session, Failure> {
    Session::over(line(demo.smtp_pipe()), &server(), &Tap::default(), ME, &secret, manners).await
}

async fn open(demo: &Demo) -> Result<Session, Failure> {
    open_as(demo, Secret::new(SECRET.into()), manners()).await
}

fn to(recipients: &[&str]) -> Envelope {
    let recipients = recipients.iter().map(|to| (*to).to_owned()).collect();
    Envelope { from: ME.into(), recipients, ..Envelope::default() }
}

fn message(id: &str, body: &str) -> Vec<u8> {
    format!("From: {ME}\r\nTo: a@example.com\r\nMessage-ID: <{id}@hongyan.example>\r\nSubject: {id}\r\n\r\n{body}")
        .into_bytes()
}

async fn deliver(session: &mut Session, envelope: &Envelope, bytes: &[u8]) -> Delivered {
    session.deliver(envelope, bytes, async |_| Ok(()), |_| ()).await
}

async fn breaks(demo: &Demo, faults: &[SmtpFault]) {
    demo.break_submission(faults).await.unwrap();
}
