//! STORE: making flags what the user wants, by difference.

use std::collections::HashMap;

use super::said::{Code, Said, State, Verdict};
use super::session::Session;
use super::set::sets;
use crate::model::{Failure, Flags};
use crate::store::{Outcome, Want};

const NUMBERS: usize = 500;

impl Session {
    pub(super) async fn push(&mut self, wants: &[Want]) -> Result<Vec<(Want, Outcome)>, Failure> {
        let mut groups: Vec<((u16, u16), Vec<&Want>)> = Vec::new();
        for want in wants {
            let key = (want.add.bits(), want.remove.bits());
            match groups.iter_mut().find(|(known, _)| *known == key) {
                Some((_, group)) => group.push(want),
                None => groups.push((key, vec![want])),
            }
        }
        let mut settled = Vec::with_capacity(wants.len());
        for ((add, remove), group) in groups {
            let uids: Vec<u32> = group.iter().map(|want| want.uid).collect();
            for set in sets(&uids, NUMBERS) {
                let mut now = HashMap::new();
                let mut answer = Answer::Agreed;
                for (sign, flags) in [('+', Flags::from_bits(add)), ('-', Flags::from_bits(remove))] {
                    if !flags.is_empty() && answer == Answer::Agreed {
                        answer = self.store(&set.text, sign, flags, &mut now).await?;
                    }
                }
                let of_this_set = group.iter().filter(|want| set.holds(want.uid));
                settled.extend(of_this_set.map(|want| {
                    let outcome = match (answer, now.get(&want.uid)) {
                        (Answer::Agreed, Some(flags)) => Outcome::Has(*flags),
                        (Answer::Agreed, None) => Outcome::Agreed,
                        (Answer::NotNow, _) => Outcome::Later,
                        (Answer::Never, _) => Outcome::Refused,
                    };
                    ((*want).clone(), outcome)
                }));
            }
        }
        Ok(settled)
    }

    async fn store(
        &mut self,
        set: &str,
        sign: char,
        flags: Flags,
        now: &mut HashMap<u32, Flags>,
    ) -> Result<Answer, Failure> {
        let names: Vec<&str> = flags.imap_names().collect();
        let command = format!("UID STORE {set} {sign}FLAGS ({})", names.join(" "));
        let tagged = self
            .run(command.as_str(), |said| {
                if let Said::Fetch(told) = said
                    && let (Some(uid), Some(flags)) = (told.uid, told.flags)
                {
                    now.insert(uid, flags);
                }
            })
            .await?;
        Ok(match tagged.verdict {
            Verdict::Ok => Answer::Agreed,
            Verdict::Bad => Answer::Never,
            _ if is_final(&tagged) => Answer::Never,
            _ => Answer::NotNow,
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Answer {
    Agreed,
    NotNow,
    Never,
}

/// True for a NO that no patience changes, by its response code. Any other NO is taken for a bad moment: what the user
/// wants is not thrown away for it.
fn is_final(state: &State) -> bool {
    let by_code = |code: &Code| ["NOPERM", "READ-ONLY", "CANNOT"].iter().any(|name| code.is(name));
    state.code.as_ref().is_some_and(by_code) || state.text.to_ascii_uppercase().contains("READ-ONLY")
}
