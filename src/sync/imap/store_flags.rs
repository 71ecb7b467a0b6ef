//! STORE: making flags what the user wants, by difference.

use std::collections::HashMap;

use async_imap::imap_proto::{Response, Status as Verdict};

use super::flags_of;
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
            let mut now = HashMap::new();
            let mut agreed = true;
            for (sign, flags) in [('+', Flags::from_bits(add)), ('-', Flags::from_bits(remove))] {
                if !flags.is_empty() {
                    agreed &= self.store(&uids, sign, flags, &mut now).await?;
                }
            }
            settled.extend(group.into_iter().map(|want| {
                let outcome = match now.get(&want.uid) {
                    _ if !agreed => Outcome::Refused,
                    Some(flags) => Outcome::Has(*flags),
                    None => Outcome::Agreed,
                };
                (want.clone(), outcome)
            }));
        }
        Ok(settled)
    }

    async fn store(
        &mut self,
        uids: &[u32],
        sign: char,
        flags: Flags,
        now: &mut HashMap<u32, Flags>,
    ) -> Result<bool, Failure> {
        let names: Vec<&str> = flags.imap_names().collect();
        for set in sets(uids, NUMBERS) {
            let command = format!("UID STORE {} {sign}FLAGS ({})", set.text, names.join(" "));
            let tagged = self
                .run(&command, |response| {
                    if let Response::Fetch(_, attributes) = response
                        && let (Some(uid), Some(flags)) = flags_of(attributes)
                    {
                        now.insert(uid, flags);
                    }
                })
                .await?;
            if tagged.verdict != Verdict::Ok {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
