//! What became of a message that was sent: reports of servers (RFC 3464), receipts of readers (RFC 8098), and the letters
//! that servers write where they know neither.

mod reason;

use std::collections::BTreeSet;

use super::entity;
use super::word;
use crate::model::{Address, Delivery, DeliveryAction};
use crate::text::Text;

use reason::{reason, status_in};

/// Nobody reads a longer list.
const MOST: usize = 500;

/// Of a letter, this much is looked through.
const LOOKED_THROUGH: usize = 64 * 1024;

/// What the other server said, at most.
const LONGEST_SAID: usize = 2 * 1024;

/// A `message/delivery-status`.
pub(super) fn report(part: &[u8]) -> Vec<Delivery> {
    let mut reporter = Text::default();
    let mut found = Vec::new();
    for block in entity::blocks(part, MOST + 1) {
        let value = |name: &str| block.iter().find(|(said, _)| said == name).map(|(_, value)| value.as_slice());
        if let Some(by) = value("reporting-mta") {
            reporter = Text::new(typed(by));
        }
        let Some(to) = value("original-recipient").filter(|to| to.contains(&b'@')).or(value("final-recipient")) else {
            continue;
        };
        let said = shortened(&typed(value("diagnostic-code").unwrap_or_default()));
        let mut status = decoded(value("status").unwrap_or_default());
        status.truncate(status.find([' ', '(']).unwrap_or(status.len()));
        let by = value("remote-mta").map(typed).filter(|by| !by.is_empty());
        found.push(Delivery {
            recipient: Text::new(address_of(&typed(to))),
            action: action(&decoded(value("action").unwrap_or_default()), &status),
            reason: reason(&status, &said),
            status: Text::new(status),
            said: Text::new(said),
            by: by.map_or_else(|| reporter.clone(), Text::new),
        });
    }
    found
}

/// A `message/disposition-notification`.
pub(super) fn receipt(part: &[u8]) -> Option<Delivery> {
    let block = entity::blocks(part, 1).into_iter().next()?;
    let value = |name: &str| block.iter().find(|(said, _)| said == name).map(|(_, value)| value.as_slice());
    let disposition = decoded(value("disposition")?).to_ascii_lowercase();
    let what = disposition.rsplit(';').next().unwrap_or_default().trim();
    let to = value("original-recipient").filter(|to| to.contains(&b'@')).or(value("final-recipient"));
    Some(Delivery {
        recipient: Text::new(address_of(&typed(to.unwrap_or_default()))),
        action: if what.starts_with("displayed") { DeliveryAction::Read } else { DeliveryAction::Delivered },
        said: Text::new(shortened(&decoded(value("disposition")?))),
        by: Text::new(decoded(value("reporting-ua").unwrap_or_default())),
        ..Delivery::default()
    })
}

/// What stands behind `rfc822;` or `smtp;`.
fn typed(value: &[u8]) -> String {
    let text = decoded(value);
    let behind =
        text.split_once(';').filter(|(kind, _)| kind.trim().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    behind.map_or_else(|| text.clone(), |(_, rest)| rest.trim().to_owned())
}

fn decoded(value: &[u8]) -> String {
    word::decode(value, None).trim().to_owned()
}

fn address_of(recipient: &str) -> String {
    recipient.trim().trim_start_matches('<').trim_end_matches('>').to_owned()
}

fn action(said: &str, status: &str) -> DeliveryAction {
    match said.trim().to_ascii_lowercase().as_str() {
        "delayed" => DeliveryAction::Delayed,
        "delivered" => DeliveryAction::Delivered,
        "relayed" => DeliveryAction::Relayed,
        "expanded" => DeliveryAction::Expanded,
        "" if status.starts_with('2') => DeliveryAction::Delivered,
        "" if status.starts_with('4') => DeliveryAction::Delayed,
        _ => DeliveryAction::Failed,
    }
}

fn shortened(said: &str) -> String {
    let mut end = said.len().min(LONGEST_SAID);
    while !said.is_char_boundary(end) {
        end -= 1;
    }
    said.get(..end).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// True if a program wrote the message because another one could not be delivered.
pub(super) fn is_letter_of_a_server(subject: &str, from: &[Address]) -> bool {
    const WRITERS: [&str; 4] = ["mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon"];
    const SUBJECTS: [&str; 22] = [
        "undeliver",
        "delivery status notification",
        "delivery failure",
        "delivery notification",
        "delivery has failed",
        "mail delivery failed",
        "mail delivery system",
        "failure notice",
        "returned mail",
        "returned to sender",
        "delayed mail",
        "delivery delay",
        "退信",
        "无法投递",
        "投递失败",
        "无法送达",
        "未送达",
        "未能送达",
        "未传递",
        "无法传递",
        "投递状态",
        "投递延迟",
    ];
    let subject = subject.to_lowercase();
    let written = from.iter().take(1).any(|from| {
        let address = from.address.as_untrusted().to_ascii_lowercase();
        WRITERS.iter().any(|writer| {
            address.split('@').next().is_some_and(|local| local == *writer || local.starts_with("microsoftexchange"))
        })
    });
    // People write of returned mail too; programs do not write under every name.
    written && SUBJECTS.iter().any(|known| subject.contains(known))
}

/// Words before a recipient, and before what its server said.
const RECIPIENT: [&str; 11] = [
    "收件人",
    "收信人",
    "收件地址",
    "邮件地址",
    "无法发送到",
    "无法投递到",
    "无法送达",
    "recipient",
    "to",
    "failed address",
    "final-recipient",
];
const REASON: [&str; 12] = [
    "退信原因",
    "失败原因",
    "错误原因",
    "原因",
    "错误信息",
    "服务器返回",
    "对方服务器",
    "reason",
    "error",
    "diagnostic",
    "remote server",
    "remote host said",
];

/// What a letter says, as far as it can be told: recipients, and behind each what was said of it.
pub(super) fn letter(text: &str, from: &[Address]) -> Vec<Delivery> {
    let mut end = text.len().min(LOOKED_THROUGH);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let writer = from.first().map(|from| from.address.as_untrusted().to_ascii_lowercase()).unwrap_or_default();
    let mut by = Text::default();
    let mut seen = BTreeSet::new();
    let mut found: Vec<Delivery> = Vec::new();
    // What belongs to the last recipient, until there is another one or the original message begins.
    let mut said = String::new();
    let (mut indented, mut right_below) = (false, false);
    for line in text.get(..end).unwrap_or_default().lines() {
        let words = line.trim();
        if begins_original(words) {
            break;
        }
        if let Some(host) =
            after(words, "qmail-send program at ").or_else(|| after(words, "This is the mail system at host "))
        {
            by = Text::new(host.trim_end_matches(['.', ' ']));
        }
        let named = recipient(line, indented || found.is_empty());
        if let Some(address) = named
            && !address.eq_ignore_ascii_case(&writer)
            && found.len() < MOST
            && seen.insert(address.to_ascii_lowercase())
        {
            finish(&mut found, &mut said);
            found.push(Delivery { recipient: Text::new(address), by: by.clone(), ..Delivery::default() });
            indented = line.starts_with([' ', '\t']);
            right_below = words.starts_with('<') || indented;
            let rest = words.split_once(address).map_or("", |(_, rest)| rest).trim_start_matches(['>', ':', ' ', '*']);
            if !rest.is_empty() {
                said.push_str(rest);
                said.push(' ');
            }
            continue;
        }
        let told = labelled(words, &REASON).unwrap_or(words);
        let matters = told.len() < words.len() || !status_in(words).is_empty() || !said.is_empty() || right_below;
        if words.is_empty() {
            right_below = false;
            // A paragraph is over.
            if !said.is_empty() {
                said.push('\n');
            }
        } else if matters && said.len() < LONGEST_SAID && (!said.ends_with('\n') || is_first_code(&said, words)) {
            said.push_str(told);
            said.push(' ');
        }
    }
    finish(&mut found, &mut said);
    found.retain(|delivery| !delivery.said.is_empty() || !delivery.status.is_empty() || !delivery.recipient.is_empty());
    found
}

/// True if a line below the paragraph has the code that the paragraph does not have.
fn is_first_code(said: &str, words: &str) -> bool {
    !status_in(words).is_empty() && status_in(said).is_empty()
}

fn finish(found: &mut [Delivery], said: &mut String) {
    let said = std::mem::take(said);
    let Some(last) = found.last_mut() else { return };
    let said = shortened(&said);
    let status = status_in(&said);
    last.reason = reason(status, &said);
    last.action = if status.starts_with('4') { DeliveryAction::Delayed } else { DeliveryAction::Failed };
    last.status = Text::new(if status.contains('.') { status } else { "" });
    last.said = Text::new(said);
}

fn begins_original(words: &str) -> bool {
    const BEGINNINGS: [&str; 7] = [
        "--- below this line is a copy",
        "--- the original message",
        "------ this is a copy",
        "-----original message",
        "received:",
        "return-path:",
        "原始邮件",
    ];
    let start = words.to_ascii_lowercase();
    let bare = start.trim_start_matches(['-', ' ']);
    BEGINNINGS.iter().any(|known| start.starts_with(known)) || bare.starts_with("原始邮件")
}

fn after<'a>(words: &'a str, known: &str) -> Option<&'a str> {
    words.split_once(known).map(|(_, rest)| rest.split_whitespace().next().unwrap_or_default())
}

/// What stands behind one of the words and a colon; behind a Chinese one a blank is enough, as cells of tables have it.
fn labelled<'a>(words: &'a str, known: &[&str]) -> Option<&'a str> {
    if let Some((label, rest)) = words.split_once(char::is_whitespace)
        && !label.is_ascii()
        && known.contains(&label)
    {
        return Some(rest.trim());
    }
    let colon = words.find([':', '：'])?;
    let label =
        words.get(..colon)?.trim_matches(|c: char| c.is_whitespace() || "【[（(*•-<>".contains(c)).to_lowercase();
    if label.chars().count() > 24 {
        return None;
    }
    let fits = known.iter().any(|word| {
        if word.is_ascii() { label == *word || label.ends_with(&format!(" {word}")) } else { label.contains(word) }
    });
    fits.then(|| words.get(colon..)?.chars().next().and_then(|c| words.get(colon + c.len_utf8()..)))
        .flatten()
        .map(str::trim)
}

/// The address that a line names as the one of a recipient.
fn recipient(line: &str, indented_counts: bool) -> Option<&str> {
    let words = line.trim();
    let address = address_in(words)?;
    let alone = words.trim_matches(['<', '>', ':', ' ', '*', '\t']) == address;
    let begins = words.trim_start_matches('<').starts_with(address);
    let closed = words.starts_with('<') && words.contains(">:");
    let indented = line.starts_with([' ', '\t']) && begins && indented_counts;
    let labelled =
        labelled(words, &RECIPIENT).is_some_and(|rest| rest.trim_start_matches(['<', '"', '\'']).starts_with(address));
    (alone || closed || indented || labelled).then_some(address)
}

/// The first address in a text.
fn address_in(words: &str) -> Option<&str> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._%+-=~!#$&'*/?^{|}".contains(c);
    let at = words.find('@')?;
    let before = words.get(..at)?;
    let start = before.char_indices().rev().take_while(|(_, c)| fits(*c)).last()?.0;
    let behind = words.get(at + 1..)?;
    let length = behind.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-')).unwrap_or(behind.len());
    let host = behind.get(..length)?.trim_end_matches(['.', '-']);
    (host.contains('.') && at + 1 + host.len() - start < 320).then(|| words.get(start..at + 1 + host.len()))?
}

#[cfg(test)]
mod tests;
