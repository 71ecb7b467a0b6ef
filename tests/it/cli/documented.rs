//! docs/json.md against what the commands print.

use serde_json::Value;

use super::home::{Home, USER, server};

const DOCUMENT: &str = include_str!("../../../docs/json.md");

/// Names and kinds of everything in a value; of an array, what its first element has.
fn shape(value: &Value) -> String {
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

fn example(command: &str) -> Value {
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
    let list = home.run(&["list", "其他文件夹/项目", "--json"]).json();
    let mut folders = home.run(&["folders", "--json"]).json();
    folders.as_array_mut().unwrap().retain(|folder| folder["name"] == "其他文件夹/项目");
    let id = list[0]["id"].to_string();
    for (command, printed) in [
        ("account list", home.run(&["account", "list", "--json"]).json()),
        ("folders", folders),
        ("list", list),
        ("show", home.run(&["show", &id, "--json"]).json()),
        ("save-attachments", home.run(&["save-attachments", &id, "saved", "--json"]).json()),
        ("doctor", serde_json::from_str(tls_line(&home.run(&["doctor", "--json"]).out)).unwrap()),
        ("log", serde_json::from_str(home.run(&["log", "--json"]).good().out.lines().next().unwrap()).unwrap()),
    ] {
        assert_eq!(shape(&printed), shape(&example(command)), "{command}");
    }
}

fn tls_line(objects: &str) -> &str {
    objects.lines().find(|line| line.contains("\"check\":\"tls\"")).unwrap()
}
