//! The `hongyan` program: the command line decides whether mail is read or something is printed.

use std::process::ExitCode;

use hongyan::cli::{self, Arguments, Command, Printing};
use hongyan::run;

fn main() -> ExitCode {
    let Arguments { general, command } = match Arguments::read(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    let printing = match command {
        None => return run::tui(&general),
        Some(Command::Demo(demo)) => return run::demo(&general, &demo),
        Some(Command::Account(account)) => Printing::Account(account),
        Some(Command::Sync(asked)) => Printing::Sync(asked),
        Some(Command::Folders { json }) => Printing::Folders { json },
        Some(Command::List(asked)) => Printing::List(asked),
        Some(Command::Show(asked)) => Printing::Show(asked),
    };
    cli::run(&general, &printing)
}
