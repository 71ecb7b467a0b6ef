//! CREATE, RENAME, DELETE and SUBSCRIBE.

use super::command::Command;
use super::refusal;
use super::said::{State, Verdict};
use super::session::Session;
use super::utf7;
use crate::model::{Failure, FailureKind, FolderName, Retry};

/// No server takes a longer name of a folder.
const LONGEST: usize = 500;

impl Session {
    /// Makes a folder; its name on the wire.
    pub(in crate::sync) async fn make_folder(&mut self, name: &str) -> Result<Vec<u8>, Failure> {
        let wire = wire_of(name)?;
        let state = self.run(named("CREATE", &wire, name)?, |_| {}).await?;
        self.agreed(name, &state)?;
        // Other programs show only what is subscribed to. Where nobody knows of that, nothing is missing.
        let _ = self.run(named("SUBSCRIBE", &wire, name)?, |_| {}).await?;
        Ok(wire)
    }

    /// Gives a folder another name; that on the wire.
    pub(in crate::sync) async fn rename_folder(&mut self, from: &FolderName, name: &str) -> Result<Vec<u8>, Failure> {
        let wire = wire_of(name)?;
        let command = named("RENAME", &from.wire, name)?.with(&wire).ok_or_else(|| not_a_name(name))?;
        let state = self.run(command, |_| {}).await?;
        self.agreed(name, &state)?;
        let _ = self.run(named("UNSUBSCRIBE", &from.wire, name)?, |_| {}).await?;
        let _ = self.run(named("SUBSCRIBE", &wire, name)?, |_| {}).await?;
        Ok(wire)
    }

    pub(in crate::sync) async fn delete_folder(&mut self, folder: &FolderName) -> Result<(), Failure> {
        let name = utf7::decode(&folder.wire);
        let state = self.run(named("DELETE", &folder.wire, &name)?, |_| {}).await?;
        self.agreed(&name, &state)?;
        let _ = self.run(named("UNSUBSCRIBE", &folder.wire, &name)?, |_| {}).await?;
        Ok(())
    }

    fn agreed(&self, name: &str, state: &State) -> Result<(), Failure> {
        if state.verdict == Verdict::Ok {
            return Ok(());
        }
        let failure = refusal::of_a_command(state, self.host());
        if failure.kind != FailureKind::Refused {
            return Err(failure);
        }
        let about = Failure::passing(FailureKind::Refused, name, &state.words());
        Err(Failure { retry: Retry::AfterUser, remedy: failure.remedy, ..about })
    }
}

fn named(verb: &str, wire: &[u8], name: &str) -> Result<Command, Failure> {
    Command::from(verb).with(wire).ok_or_else(|| not_a_name(name))
}

fn wire_of(name: &str) -> Result<Vec<u8>, Failure> {
    if name.trim().is_empty() || name.chars().any(char::is_control) {
        return Err(not_a_name(name));
    }
    let wire = utf7::encode(name).into_bytes();
    if wire.len() > LONGEST { Err(not_a_name(name)) } else { Ok(wire) }
}

fn not_a_name(name: &str) -> Failure {
    let failure = Failure::passing(FailureKind::Refused, name, "a folder cannot have that name");
    Failure { retry: Retry::AfterUser, ..failure }
}
