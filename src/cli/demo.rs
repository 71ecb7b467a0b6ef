//! What `hongyan demo` needs from the command line's side: a password that nobody can guess, and telling where it is.

use std::fs::File;
use std::io::{self, Read as _};

use super::output::{Ending, Out};
use crate::demo::{self, Options};
use crate::model::{Secret, clock};

/// Other users of this machine reach the loopback too.
pub fn password() -> io::Result<Secret> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(Secret::new(format!("{:032x}", u128::from_ne_bytes(bytes))))
}

/// Prints where a demo serves, for other programs.
pub fn announce(served: &demo::Demo, password: &Secret) -> Result<(), Ending> {
    let mut out = Out::new();
    out.line(&format!("imap tls       localhost:{}", served.tls.port()))?;
    out.line(&format!("imap starttls  localhost:{}", served.starttls.port()))?;
    out.line(&format!("smtp tls       localhost:{}", served.smtp_tls.port()))?;
    out.line(&format!("smtp starttls  localhost:{}", served.smtp_starttls.port()))?;
    out.line(&format!("login          {}", Options::new(clock::now(), "").address))?;
    out.line(&format!("password       {}", password.expose()))?;
    for line in served.ca_pem.lines() {
        out.line(line)?;
    }
    out.end()
}
