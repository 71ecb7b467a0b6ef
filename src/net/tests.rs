//! The way to a server, tried against small servers that do one thing wrong.

mod before_encryption;
mod certificates;
pub(super) mod papers;
mod silence;
mod step_by_step;
mod strangers;
mod through_a_proxy;

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::{Dialer, Limits};
use crate::model::{Server, TlsMode};

fn server(port: u16, tls: TlsMode) -> Server {
    Server { host: "127.0.0.1".into(), port, tls }
}

/// Fast enough for a test, and slow enough for a machine with much to do.
fn patient() -> Limits {
    let limit = Duration::from_secs(20);
    Limits { connect: limit, handshake: limit, answer: limit }
}

fn dialer() -> Dialer {
    Dialer { limits: patient(), ..Dialer::default() }
}

/// A server that treats every connection alike.
pub(super) async fn serve<F>(each: impl Fn(TcpStream) -> F + Send + 'static) -> u16
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            tokio::spawn(each(tcp));
        }
    });
    port
}

/// A server that says `greeting`, and after each thing that it hears the next answer. What it heard can be asked for.
async fn scripted(greeting: &'static [u8], answers: &'static [&'static [u8]]) -> (u16, UnboundedReceiver<Vec<u8>>) {
    let (heard, hearing) = unbounded_channel();
    let port = serve(move |mut tcp| {
        let heard = heard.clone();
        async move {
            let _ = tcp.write_all(greeting).await;
            let mut answers = answers.iter();
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = tcp.read(&mut buffer).await {
                let _ = heard.send(buffer[..read].to_vec());
                if let Some(answer) = answers.next() {
                    let _ = tcp.write_all(answer).await;
                }
            }
        }
    })
    .await;
    (port, hearing)
}

fn all_heard(hearing: &mut UnboundedReceiver<Vec<u8>>) -> String {
    let mut all = Vec::new();
    while let Ok(bytes) = hearing.try_recv() {
        all.extend(bytes);
    }
    String::from_utf8_lossy(&all).into_owned()
}
