//! STORE: making flags what the user wants, by difference.

use std::collections::HashMap;

use super::refusal;
use super::said::{Code, Said, State, Verdict};
use super::session::Session;
use super::set::sets;
use crate::model::{Failure, Flags};
use crate::store::{Outcome, Want};

const NUMBERS: usize = 500;

/// How often a set that is not understood is cut in two, in one go: what is left of it waits for the next.
const RETRIES: usize = 40;

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
            let mut waiting = sets(&uids, NUMBERS);
            waiting.reverse();
            let mut retries = RETRIES;
            while let Some(set) = waiting.pop() {
                let mut now = HashMap::new();
                let mut answer = Answer::Agreed;
                for (sign, flags) in [('+', Flags::from_bits(add)), ('-', Flags::from_bits(remove))] {
                    if !flags.is_empty() && answer == Answer::Agreed {
                        answer = self.store(&set.text, sign, flags, &mut now).await?;
                    }
                }
                let of_this_set: Vec<&Want> = group.iter().copied().filter(|want| set.holds(want.uid)).collect();
                if answer == Answer::Confused {
                    // One that it does not understand must not take the others along.
                    let (first, second) = of_this_set.split_at(of_this_set.len() / 2);
                    if !first.is_empty() && retries > 0 {
                        retries -= 1;
                        for half in [second, first] {
                            let uids: Vec<u32> = half.iter().map(|want| want.uid).collect();
                            waiting.extend(sets(&uids, NUMBERS));
                        }
                        continue;
                    }
                    answer = match of_this_set.as_slice() {
                        [one] if self.can_be_seen(one.uid).await? => Answer::Never,
                        _ => Answer::NotNow,
                    };
                }
                settled.extend(of_this_set.into_iter().map(|want| {
                    let outcome = match (answer, now.get(&want.uid)) {
                        (Answer::Agreed, Some(flags)) => Outcome::Has(*flags),
                        (Answer::Agreed, None) => Outcome::Agreed,
                        (Answer::NotNow | Answer::Confused, _) => Outcome::Later,
                        (Answer::Never, _) => Outcome::Refused,
                    };
                    (want.clone(), outcome)
                }));
            }
        }
        Ok(settled)
    }

    /// Whether the server still understands questions about this message: one that has closed the folder without a word
    /// understands nothing.
    async fn can_be_seen(&mut self, uid: u32) -> Result<bool, Failure> {
        let mut seen = false;
        let state = self
            .run(format!("UID FETCH {uid} (FLAGS)"), |said| {
                seen |= matches!(said, Said::Fetch(told) if told.uid == Some(uid));
            })
            .await?;
        Ok(seen && state.verdict == Verdict::Ok)
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
            _ if refusal::is_a_bad_moment(&tagged) => Answer::NotNow,
            Verdict::Bad => Answer::Confused,
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
    /// It says that it does not understand.
    Confused,
}

/// True for a NO that no patience changes, by its response code. Any other NO is taken for a bad moment: what the user
/// wants is not thrown away for it.
fn is_final(state: &State) -> bool {
    let by_code = |code: &Code| ["NOPERM", "READ-ONLY", "CANNOT"].iter().any(|name| code.is(name));
    state.code.as_ref().is_some_and(by_code) || state.text.to_ascii_uppercase().contains("READ-ONLY")
}
