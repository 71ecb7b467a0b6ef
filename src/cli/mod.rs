//! The commands that print.
//!
//! Those that read (`folders`, `list`, `show` and `export` of what is here) only look at the store: no lock, no network,
//! and they may run beside anything. Those that write take the profile's lock; if another hongyan has it, that one is asked to do the
//! work ([`attach`]). A command ends with 0 if it did what it was asked, with 1 and a line for each reason if not, and
//! with 2 if it was not understood.

mod account;
mod arguments;
mod ask;
pub mod attach;
mod cards;
mod command_line;
pub mod compose;
pub mod demo;
pub mod doctor;
mod export;
mod failed;
mod fetch;
pub(crate) mod find;
mod folders;
mod ground;
mod json;
mod keep;
mod letter;
mod list;
mod log;
mod named;
pub mod open;
mod outbox;
mod output;
mod people;
pub(crate) mod refusals;
mod save;
mod search;
mod send;
pub mod sentences;
mod show;
mod shown;
mod sync;
pub mod talk;

use std::process::ExitCode;

pub use arguments::{
    Account, Add, Arguments, Command, Compose, Demo, Doctor, Export, General, List, Log, NewSecret, Open, Outbox,
    People, SaveAttachments, Search, SecretStore, Send, Show, Sync, Talk, commands,
};
pub use ground::Ground;
pub use output::Ending;
pub(crate) use output::aside;

pub use crate::proc::leave_no_core;

/// A command that prints.
#[derive(Clone, Debug)]
pub enum Printing {
    Account(Account),
    Sync(Sync),
    Folders { json: bool },
    List(List),
    Search(Search),
    Show(Show),
    SaveAttachments(SaveAttachments),
    Export(Export),
    Send(Send),
    Outbox(Outbox),
    Log(Log),
    Talk(Talk),
    People(People),
}

/// Carries out a command and says what went wrong.
pub fn run(general: &General, command: &Printing) -> ExitCode {
    end(Ground::find(general).and_then(|ground| carry_out(&ground, command)))
}

/// Turns the end of a command into an exit code; the reasons of a failure go to the standard error.
pub fn end(ended: Result<(), Ending>) -> ExitCode {
    match ended {
        Ok(()) | Err(Ending::Unheard) => ExitCode::SUCCESS,
        Err(Ending::Failed(lines)) => {
            for line in lines {
                output::aside(&line);
            }
            ExitCode::FAILURE
        }
    }
}

fn carry_out(ground: &Ground, command: &Printing) -> Result<(), Ending> {
    match command {
        Printing::Account(Account::Add(add)) => account::add(ground, add),
        Printing::Account(Account::List { json }) => account::list(ground, *json),
        Printing::Account(Account::Show { name }) => account::show(ground, name),
        Printing::Account(Account::Secret(asked)) => account::new_secret(ground, asked),
        Printing::Account(Account::ForgetQuirks { name }) => account::forget_quirks(ground, name),
        Printing::Account(Account::Remove { name, yes }) => account::remove(ground, name, *yes),
        Printing::Sync(asked) => sync::once(ground, asked),
        Printing::Folders { json } => folders::folders(ground, *json),
        Printing::List(asked) => list::list(ground, asked),
        Printing::Search(asked) => search::search(ground, asked),
        Printing::Show(asked) => show::show(ground, asked),
        Printing::SaveAttachments(asked) => save::save(ground, asked),
        Printing::Export(asked) => export::export(ground, asked),
        Printing::Send(asked) => send::send(ground, asked),
        Printing::Outbox(asked) => outbox::outbox(ground, asked),
        Printing::Log(asked) => log::log(ground, asked),
        Printing::Talk(asked) => talk::talk(ground, asked),
        Printing::People(asked) => people::people(ground, asked),
    }
}
