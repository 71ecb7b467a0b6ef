//! Flags of a whole folder out of a few lists: which messages have a flag, or have it not. Pure.

use std::collections::HashSet;

use crate::model::Flags;

/// Those messages, by place, that have this flag, or that have it not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Marked {
    pub flag: Flags,
    /// True if the list holds those that have it.
    pub set: bool,
    pub places: Vec<u32>,
}

/// Messages that may look different in a list and in a closer look because somebody changed them in between.
const RACES: usize = 3;

/// What differs from our flags. `newest` are exact, and tell whether the lists can be believed: `None` if they cannot.
/// `ours` are all messages of the folder, in their order, which is that of the places.
pub(in crate::sync) fn flag_changes(
    ours: &[(u32, Flags)],
    newest: &[(u32, Flags)],
    lists: &[Marked],
) -> Option<Vec<(u32, Flags)>> {
    let mut now: Vec<Flags> = ours.iter().map(|(_, flags)| *flags).collect();
    let mut listed = Flags::NONE;
    for list in lists {
        listed = listed.with(list.flag);
        let places: HashSet<u32> = list.places.iter().copied().collect();
        for (place, flags) in (1_u32..).zip(&mut now) {
            *flags = if places.contains(&place) == list.set { flags.with(list.flag) } else { flags.without(list.flag) };
        }
    }
    let mut disagree = 0;
    for (uid, exact) in newest {
        let Ok(at) = ours.binary_search_by_key(uid, |(uid, _)| *uid) else { continue };
        let Some(flags) = now.get_mut(at) else { continue };
        disagree += usize::from((flags.bits() ^ exact.bits()) & listed.bits() != 0);
        *flags = *exact;
    }
    if disagree > RACES {
        return None;
    }
    Some(ours.iter().zip(now).filter(|((_, had), now)| had != now).map(|((uid, _), now)| (*uid, now)).collect())
}

/// The list to ask for: whichever of those that have the flag and those that have it not is shorter by our account.
pub(in crate::sync) fn shorter_side(ours: &[(u32, Flags)], flag: Flags) -> bool {
    let with = ours.iter().filter(|(_, flags)| flags.contains(flag)).count();
    with * 2 <= ours.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list(flag: Flags, set: bool, there: &[(u32, Flags)]) -> Marked {
        let places = (1_u32..).zip(there).filter(|(_, (_, flags))| flags.contains(flag) == set);
        Marked { flag, set, places: places.map(|(place, _)| place).collect() }
    }

    #[test]
    fn lists_that_do_not_agree_with_a_closer_look_are_not_believed() {
        let ours: Vec<(u32, Flags)> = (1..=10).map(|uid| (uid, Flags::SEEN)).collect();
        let mute = [Marked { flag: Flags::SEEN, set: true, places: Vec::new() }];
        assert_eq!(flag_changes(&ours, &ours, &mute), None);
        assert_eq!(flag_changes(&ours, &ours, &[]), Some(Vec::new()));
    }

    proptest! {
        #[test]
        fn carrying_it_out_makes_both_sides_equal(
            both in proptest::collection::vec((0_u16..8, 0_u16..8), 0..60),
            close in 0_usize..60,
        ) {
            let side = |which: fn(&(u16, u16)) -> u16| -> Vec<(u32, Flags)> {
                (1_u32..).zip(&both).map(|(n, pair)| (n * 7, Flags::from_bits(which(pair)))).collect()
            };
            let (ours, theirs) = (side(|pair| pair.0), side(|pair| pair.1));
            let newest = &theirs[theirs.len() - close.min(theirs.len())..];
            let lists: Vec<Marked> = [Flags::SEEN, Flags::ANSWERED, Flags::FLAGGED]
                .into_iter()
                .map(|flag| list(flag, shorter_side(&ours, flag), &theirs))
                .collect();
            let changes = flag_changes(&ours, newest, &lists).unwrap();
            let mut after = ours.clone();
            for (uid, flags) in changes {
                let known = after.iter_mut().find(|(known, _)| *known == uid).unwrap();
                prop_assert_ne!(known.1, flags);
                known.1 = flags;
            }
            prop_assert_eq!(after, theirs);
        }
    }
}
