//! The fields for a server that nobody knows: filled in by whoever runs it or was told about it.

use crate::app::edit::Line;
use crate::config::{AccountEntry, HostPort, Tls};
use crate::model::{Server, TlsMode, host_and_port};
use crate::text::typed_as_ascii;

/// What is written about a server.
#[derive(PartialEq, Eq, Default, Debug)]
pub struct ByHand {
    pub server: Line,
    pub port: Line,
    pub tls: TlsMode,
    pub login: Line,
}

/// Which of the fields makes no sense.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wrong {
    Server,
    Port,
}

impl ByHand {
    /// Filled with a guess that can be typed over.
    pub(super) fn guessing(guess: &Server, login: &str) -> Self {
        let mut fields = Self { tls: guess.tls, ..Self::default() };
        fields.server.set(&guess.host);
        fields.port.set(&guess.port.to_string());
        fields.login.set(login);
        for line in [&mut fields.server, &mut fields.port, &mut fields.login] {
            line.offer();
        }
        fields
    }

    /// The next way of encryption. A port that goes with the old one goes with the new one then.
    pub(super) fn turn(&mut self) {
        let (from, to) = match self.tls {
            TlsMode::Tls => ("993", "143"),
            TlsMode::StartTls | TlsMode::None => ("143", "993"),
        };
        self.tls = if self.tls == TlsMode::Tls { TlsMode::StartTls } else { TlsMode::Tls };
        if self.port.text().trim() == from {
            self.port.set(to);
        }
    }

    /// Puts it into the account.
    pub(super) fn write(&self, entry: &mut AccountEntry) -> Result<(), Wrong> {
        let typed: String = self.server.text().chars().filter_map(typed_as_ascii).collect();
        let (host, own_port) = host_and_port(&typed).map_err(|_| Wrong::Server)?;
        let port = match (own_port, self.port.text().trim()) {
            (Some(port), _) => Some(port),
            (None, "") => None,
            (None, port) => Some(port.parse().ok().filter(|port| *port != 0).ok_or(Wrong::Port)?),
        };
        entry.imap = Some(HostPort { host, port, tls: None });
        entry.tls = (self.tls != TlsMode::Tls).then_some(Tls(self.tls));
        let login = self.login.text().trim();
        entry.login = (!login.is_empty() && login != entry.address.as_str()).then(|| login.to_owned());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(fields: &ByHand) -> Result<String, Wrong> {
        let mut entry = AccountEntry::new("me@mail.example".parse().unwrap());
        fields.write(&mut entry)?;
        let place = entry.imap.map(String::from).unwrap_or_default();
        Ok(format!("{place} {} {}", entry.tls.map_or("-", |tls| tls.0.code()), entry.login.as_deref().unwrap_or("-")))
    }

    #[test]
    fn what_is_filled_in_becomes_an_account() {
        let guess = Server { host: "imap.mail.example".to_owned(), port: 993, tls: TlsMode::Tls };
        let mut fields = ByHand::guessing(&guess, "me@mail.example");
        assert_eq!(entry(&fields).unwrap(), "imap.mail.example:993 - -");
        fields.turn();
        fields.login.set("me");
        assert_eq!(entry(&fields).unwrap(), "imap.mail.example:143 starttls me");
        fields.turn();
        fields.server.set(" ｉｍａｐ。mail.example:1993 ");
        assert_eq!(entry(&fields).unwrap(), "imap.mail.example:1993 - me");
        fields.server.set("");
        assert_eq!(entry(&fields), Err(Wrong::Server));
        fields.server.set("x");
        fields.port.set("99999");
        assert_eq!(entry(&fields), Err(Wrong::Port));
    }
}
