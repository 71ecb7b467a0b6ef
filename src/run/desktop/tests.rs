use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc as std_mpsc;

use super::*;
use crate::model::clock;
use crate::text::Text;

/// A bus of our own, if there is a program for it.
struct Bus {
    child: Child,
    address: String,
}

impl Bus {
    #[expect(clippy::disallowed_methods, reason = "a bus for the test")]
    fn start() -> Option<Self> {
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--print-address=1"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().ok()?;
        let mut address = String::new();
        BufReader::new(child.stdout.take()?).read_line(&mut address).ok()?;
        Some(Self { child, address: address.trim().to_owned() })
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Shows {
    abilities: Vec<String>,
    shown: std_mpsc::Sender<(String, String)>,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Shows {
    fn get_capabilities(&self) -> Vec<String> {
        self.abilities.clone()
    }

    #[expect(clippy::too_many_arguments, reason = "as it is written down")]
    fn notify(
        &self,
        program: &str,
        replaces: u32,
        icon: &str,
        title: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, zbus::zvariant::OwnedValue>,
        expires: i32,
    ) -> u32 {
        // Nothing that could be pressed, no picture from anywhere.
        let usual = (program, replaces, icon, expires) == ("hongyan", 0, "mail-unread", -1);
        let plain = actions.is_empty() && hints.keys().all(|hint| hint == "category" || hint == "desktop-entry");
        if usual && plain {
            let _ = self.shown.send((title, body));
        }
        1
    }
}

#[test]
fn t21_a_desktop_shows_plain_words_and_no_markup() {
    let Some(bus) = Bus::start() else { return };
    let evil = SafeText::new(&Text::new("<b>x</b> & <img src=\"https://e.example/\">\x1b[2J\r\n会议"));
    for (ability, body) in [
        ("body", "<b>x</b> & <img src=\"https://e.example/\">␛[2J  会议"),
        ("body-markup", "&lt;b&gt;x&lt;/b&gt; &amp; &lt;img src=\"https://e.example/\"&gt;␛[2J  会议"),
    ] {
        let (to, shown) = std_mpsc::channel();
        let shows = Shows { abilities: vec![ability.to_owned()], shown: to };
        let serving = Builder::address(bus.address.as_str()).unwrap().serve_at(PATH, shows).unwrap();
        let _serving = serving.name(SERVICE).unwrap().build().unwrap();
        let (tell, mut told) = mpsc::unbounded_channel();
        Desktop::at(&bus.address, tell).show(SafeText::of("李雷"), evil.clone());
        let expected = ("李雷".to_owned(), body.to_owned());
        assert_eq!(shown.recv_timeout(Duration::from_secs(20)).unwrap(), expected);
        assert!(told.try_recv().is_err());
    }
}

#[test]
fn where_nobody_shows_anything_that_is_told() {
    let bus = Bus::start();
    let nowhere = "unix:path=/nonexistent/bus".to_owned();
    for address in bus.iter().map(|bus| &bus.address).chain([&nowhere]) {
        let (tell, mut told) = mpsc::unbounded_channel();
        Desktop::at(address, tell).show(SafeText::of("a"), SafeText::of("b"));
        let Some(Input::NotShown { title, body, late }) = told.blocking_recv() else { panic!("{address}") };
        assert_eq!((title.as_str(), body.as_str(), late), ("a", "b", false));
    }
}

/// Somebody listens, and never says a word.
#[test]
fn a_bus_that_hangs_is_asked_once_and_the_terminal_shows_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bus");
    let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let (tell, mut told) = mpsc::unbounded_channel();
    let mut desktop = Desktop::at(&format!("unix:path={}", path.display()), tell);
    desktop.late = Duration::from_millis(50);
    assert!(desktop.is_free());
    desktop.show(SafeText::of("a"), SafeText::of("b"));
    let (held, _) = listener.accept().unwrap();
    let Some(Input::NotShown { title, body, late }) = told.blocking_recv() else { panic!("nobody is told") };
    assert_eq!((title.as_str(), body.as_str(), late), ("a", "b", true));
    assert!(!desktop.is_free(), "the next one would hang as well");
    drop(held);
    drop(listener);
    let until = clock::instant() + Duration::from_secs(20);
    while !desktop.is_free() {
        assert!(clock::instant() < until, "it stays busy for ever");
        thread::yield_now();
    }
    assert!(told.try_recv().is_err(), "it is told twice");
}
