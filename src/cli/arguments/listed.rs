//! The commands as a list, for who looks for one while reading mail.

use clap::{Command, CommandFactory as _};

use super::{Arguments, chinese};
use crate::i18n::Language;

/// Every command with what it does.
pub fn commands(language: Language) -> Vec<(String, String)> {
    let all = match language {
        Language::ZhCn => chinese::in_chinese(Arguments::command()),
        Language::En => Arguments::command(),
    };
    let named = |command: &Command| {
        let about = command.get_about()?.to_string();
        (!command.is_hide_set() && command.get_name() != "help").then(|| (command.get_name().to_owned(), about))
    };
    all.get_subcommands().filter_map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_are_told_in_both_languages() {
        for (language, said) in [(Language::En, "Fetch what is new"), (Language::ZhCn, "收取新邮件")] {
            assert!(commands(language).contains(&("sync".to_owned(), said.to_owned())), "{language:?}");
        }
    }
}
