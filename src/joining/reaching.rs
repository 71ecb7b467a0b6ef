//! How the servers of an account are reached: what its settings say, and what was said when the program was started.

use crate::config::{Account, Env};
use crate::net::{ConnectTo, Dialer, Limits};

/// Without what is shared between connections: whom to trust may be read already, and somebody may listen.
pub fn dialer(account: &Account, env: &Env, connect_to: &[ConnectTo], limits: Limits) -> Dialer {
    Dialer {
        ca_file: account.ca.clone(),
        pin: account.pin,
        route: account.route(env),
        insecure: account.insecure,
        connect_to: connect_to.to_vec(),
        limits,
        ..Dialer::default()
    }
}
