//! docs/json.md against what the commands print.

use hongyan::demo::COREMAIL;
use hongyan::model::{FailureKind, Retry};
use serde_json::Value;

use hongyan::model::Quirk;

use super::account::learn;
use super::home::{Home, USER, server};
use crate::embedded::{ADDRESS, Embedded};

const DOCUMENT: &str = include_str!("../../../docs/json.md");

/// Names and kinds of everything in a value; of an array, what its first element has.
pub(super) fn shape(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}:{}", shape(value))).collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(elements) => format!("[{}]", elements.first().map(shape).unwrap_or_default()),
        Value::String(_) => "text".to_owned(),
        Value::Number(_) => "number".to_owned(),
        Value::Bool(_) => "bool".to_owned(),
        Value::Null => "null".to_owned(),
    }
}

pub(super) fn example(command: &str) -> Value {
    let (_, section) = DOCUMENT.split_once(&format!("## `hongyan {command}")).unwrap();
    let (_, block) = section.split_once("```json\n").unwrap();
    serde_json::from_str(block.split_once("```").unwrap().0).unwrap()
}

#[test]
fn the_document_shows_what_is_printed() {
    let server = server();
    server.deliver(
        USER,
        "其他文件夹/项目",
        b"From: a@b.example\r\nTo: me@mail.example\r\nSubject: s\r\nDate: Tue, 17 Nov 2026 09:30:00 +0800\r\n\
          Message-ID: <1@b.example>\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\r\nhello\r\n\
          --m\r\nContent-Type: image/png; name=map.png\r\n\r\nPNG\r\n--m--\r\n",
    );
    server.set_flags(USER, "其他文件夹/项目", 1, &["\\Seen"]);
    let home = Home::with_account(&server);
    home.run(&["sync", "--once"]).good();
    // Everything that an account can have.
    let with = |text: String| std::fs::write(home.path().join("config.toml"), text).unwrap();
    with(format!("{}provider = \"exmail\"\nidentities = [\"Me <work@mail.example>\"]\n", home.config()));
    learn(&home, Quirk::SilentIdle);
    let list = home.run(&["list", "其他文件夹/项目", "--json"]).json();
    let mut folders = home.run(&["folders", "--json"]).json();
    folders.as_array_mut().unwrap().retain(|folder| folder["name"] == "其他文件夹/项目");
    let id = list[0]["id"].to_string();
    for (command, printed) in [
        ("account list", home.run(&["account", "list", "--json"]).json()),
        ("folders", folders),
        ("list", list),
        ("show", home.run(&["show", &id, "--json"]).json()),
        ("search", home.run(&["search", "hello", "--json"]).json()),
        ("save-attachments", home.run(&["save-attachments", &id, "saved", "--json"]).json()),
        ("people list", home.run(&["people", "list", "--json"]).json()),
        ("doctor", serde_json::from_str(tls_line(&home.run(&["doctor", "--json"]).out)).unwrap()),
        ("log", serde_json::from_str(home.run(&["log", "--json"]).good().out.lines().next().unwrap()).unwrap()),
    ] {
        assert_eq!(shape(&printed), shape(&example(command)), "{command}");
    }
}

fn tls_line(objects: &str) -> &str {
    objects.lines().find(|line| line.contains("\"check\":\"tls\"")).unwrap()
}

#[test]
fn n07_how_a_round_went_is_told_to_programs() {
    let server = Embedded::start(|options| {
        options.personality = &COREMAIL;
        options.password = "another code".to_owned();
    });
    let home = server.home(server.port(), "");
    let done = home.run(&["sync", "--once", "--json", "--lang", "en"]);
    assert_eq!(done.code, Some(1), "{done:?}");
    let printed: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(shape(&printed), shape(&example("sync")));
    let trouble = &printed[0]["troubles"][0];
    let expected = &example("sync")[0]["troubles"][0];
    for field in ["kind", "said", "remedy", "retry"] {
        assert_eq!(trouble[field], expected[field], "{field}");
    }
    let sentence = trouble["sentence"].as_str().unwrap();
    assert_eq!(sentence.replace("localhost", "imap.mail.example"), expected["sentence"].as_str().unwrap());
    assert!(done.err.contains(sentence) && !done.err.contains("Login error"), "{done:?}");
    // What goes well is told too.
    let server = Embedded::start(|options| options.personality = &COREMAIL);
    let home = server.home(server.port(), "");
    let printed = home.run(&["sync", "--once", "--json"]).json();
    assert_eq!(printed, serde_json::json!([{"account": ADDRESS, "troubles": []}]));
    let done = home.run(&["sync", "--once", "--json", "--folder", "none"]);
    let printed: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(printed[0]["troubles"][0]["kind"], "gone", "{done:?}");
    assert_eq!(done.err.lines().count(), 1, "{done:?}");
}

/// Every name that a program may find there is in the document.
#[test]
fn the_document_names_every_kind_of_failure() {
    for kind in FailureKind::EVERY {
        assert!(DOCUMENT.contains(&format!("`{}`", kind.code())), "{}", kind.code());
    }
    for retry in Retry::EVERY {
        assert!(DOCUMENT.contains(&format!("`{}`", retry.code())), "{}", retry.code());
    }
}
