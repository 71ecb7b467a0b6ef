//! What a page wanted from the network, and whom that would have told. Nothing here asks anybody for anything.

use super::css;
use super::gate::{LONGEST_VALUE, Raw};
use crate::model::Blocked;
use crate::text::Text;

const MOST_HOSTS: usize = 100;
const MOST_CONTENT_IDS: usize = 1_000;

/// After so many bytes of attributes nothing more is counted.
const MOST_LOOKED_AT: usize = 8 * 1024 * 1024;

#[derive(Default)]
pub(super) struct Ledger {
    pub(super) blocked: Blocked,
    /// Parts of the message that the page shows.
    pub(super) content_ids: Vec<Text>,
    looked_at: usize,
}

#[derive(Clone, Copy)]
enum Wish {
    Picture,
    Tracker,
    Other,
}

impl Ledger {
    pub(super) fn tag(&mut self, name: &str, attributes: &[Raw<'_>]) {
        self.looked_at += attributes.iter().map(|attribute| attribute.value.len().min(LONGEST_VALUE)).sum::<usize>();
        if self.looked_at > MOST_LOOKED_AT {
            return;
        }
        let is_hidden = || {
            attributes.iter().any(|attribute| match attribute.name.as_str() {
                "width" | "height" => is_a_dot(&attribute.meant()),
                "style" => css::is_a_dot(&attribute.meant()),
                "hidden" => true,
                _ => false,
            })
        };
        let mut is_counted = false;
        for attribute in attributes {
            let wish = match (name, attribute.name.as_str()) {
                ("img" | "image" | "v:imagedata" | "v:fill", "src" | "href" | "xlink:href" | "srcset" | "lowsrc")
                | ("input", "src")
                | ("picture" | "source", "srcset") => {
                    if is_hidden() {
                        Wish::Tracker
                    } else {
                        Wish::Picture
                    }
                }
                (_, "background") => Wish::Picture,
                (_, "src" | "poster" | "action" | "formaction" | "data" | "archive" | "codebase" | "manifest")
                | ("link" | "use", "href" | "xlink:href")
                | ("a" | "area", "ping") => Wish::Other,
                ("meta", "content") => {
                    let content = attribute.meant();
                    let to = content.split_once(['=']).map(|(_, to)| to.trim().trim_matches(['"', '\'']));
                    if content.to_ascii_lowercase().contains("url=") {
                        self.wanted(to.unwrap_or_default(), Wish::Other);
                    }
                    continue;
                }
                (_, "style") => {
                    self.sheet(&attribute.meant());
                    continue;
                }
                _ => continue,
            };
            let meant = attribute.meant();
            // A list of addresses, each with its size; one of them is taken.
            let mut addresses = meant.split(',').map(|one| one.trim().split(' ').next().unwrap_or_default());
            let first = if attribute.name == "srcset" { addresses.next() } else { Some(meant.as_str()) };
            // One element is one picture, in whatever sizes.
            if self.wanted_once(first.unwrap_or_default(), wish, is_counted) {
                is_counted = matches!(wish, Wish::Picture | Wish::Tracker) && attribute.name != "background";
            }
        }
    }

    /// A style sheet, or the styles of one element.
    pub(super) fn sheet(&mut self, sheet: &str) {
        for (address, is_picture) in css::addresses(sheet) {
            self.wanted(&address, if is_picture { Wish::Picture } else { Wish::Other });
        }
    }

    fn wanted(&mut self, address: &str, wish: Wish) {
        self.wanted_once(address, wish, false);
    }

    /// True if it would have been fetched.
    fn wanted_once(&mut self, address: &str, wish: Wish, is_counted: bool) -> bool {
        let address: String = address.trim().chars().filter(|c| !c.is_ascii_control()).collect();
        if let Some(id) = after_scheme(&address, "cid:") {
            let id = Text::new(unescaped(id));
            if self.content_ids.len() < MOST_CONTENT_IDS && !self.content_ids.contains(&id) {
                self.content_ids.push(id);
            }
            return false;
        }
        let Some(host) = host_of(&address) else { return false };
        if !is_counted {
            let count = match wish {
                Wish::Picture => &mut self.blocked.pictures,
                Wish::Tracker => &mut self.blocked.trackers,
                Wish::Other => &mut self.blocked.others,
            };
            *count = count.saturating_add(1);
        }
        let host = Text::new(host);
        if self.blocked.hosts.len() < MOST_HOSTS && !self.blocked.hosts.contains(&host) {
            self.blocked.hosts.push(host);
        }
        true
    }
}

/// Pictures of one point are for counting readers.
fn is_a_dot(size: &str) -> bool {
    let size = size.trim().trim_end_matches("px").trim_end();
    matches!(size, "0" | "1" | "0.0" | "1.0")
}

pub(super) fn after_scheme<'a>(address: &'a str, scheme: &str) -> Option<&'a str> {
    let start = address.get(..scheme.len())?;
    if start.eq_ignore_ascii_case(scheme) { address.get(scheme.len()..) } else { None }
}

/// Whom an address asks, if it asks anybody.
fn host_of(address: &str) -> Option<String> {
    let after = ["http:", "https:", "ftp:", "ws:", "wss:"].iter().find_map(|scheme| after_scheme(address, scheme));
    let named = match after {
        Some(after) => after.trim_start_matches(['/', '\\']),
        None => address.strip_prefix("//").or_else(|| address.strip_prefix("\\\\"))?,
    };
    let whole = named.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    let host = whole.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().to_lowercase();
    let short: String = host.chars().take(255).collect();
    if short.is_empty() { None } else { Some(short) }
}

/// `%40` is `@`.
pub(super) fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *first == b'%').and_then(|digits| {
            let digits = std::str::from_utf8(digits).ok()?;
            u8::from_str_radix(digits, 16).ok()
        });
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
