//! What differs between what we have of a folder and what the server has. Pure.

mod bisect;
mod marks;
mod window;

pub(super) use bisect::Bisect;
pub use marks::Marked;
pub(super) use marks::{flag_changes, shorter_side};
pub(super) use window::aged;

use crate::model::Flags;
use crate::store::Spot;

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Plan {
    /// Ours, and not there any more.
    pub gone: Vec<u32>,
    /// Known on both sides, with other flags there.
    pub flags: Vec<(u32, Flags)>,
    /// There, and not ours yet.
    pub missing: Vec<u32>,
}

/// Compares two lists of (number, flags), both ascending. `complete` says that the server's list is known to be whole;
/// only then is anything gone.
pub fn plan(local: &[(u32, Flags)], remote: &[(u32, Flags)], complete: bool) -> Plan {
    let mut plan = Plan::default();
    let (mut ours, mut theirs) = (local, remote);
    loop {
        match (ours, theirs) {
            ([(our, had), our_rest @ ..], [(their, has), their_rest @ ..]) => match our.cmp(their) {
                std::cmp::Ordering::Less => {
                    plan.gone.push(*our);
                    ours = our_rest;
                }
                std::cmp::Ordering::Greater => {
                    plan.missing.push(*their);
                    theirs = their_rest;
                }
                std::cmp::Ordering::Equal => {
                    if had != has {
                        plan.flags.push((*their, *has));
                    }
                    (ours, theirs) = (our_rest, their_rest);
                }
            },
            (rest, []) => {
                plan.gone.extend(rest.iter().map(|(uid, _)| *uid));
                break;
            }
            ([], rest) => {
                plan.missing.extend(rest.iter().map(|(uid, _)| *uid));
                break;
            }
        }
    }
    if !complete {
        plan.gone.clear();
    }
    plan
}

/// Whether the numbers of a folder mean what they meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Numbers {
    Same,
    /// One stands for another message now.
    Others,
    /// One of those that we know stands for none: it left, or it has another number.
    Unsure,
}

/// Compares what a few numbers stood for with what they stand for.
pub(super) fn renumbered(ours: &[Spot], theirs: &[Spot]) -> Numbers {
    let mut there = 0;
    for our in ours {
        let Some(their) = theirs.iter().find(|their| their.uid == our.uid) else { continue };
        there += 1;
        if our.size != their.size && our.arrival != their.arrival {
            return Numbers::Others;
        }
    }
    if there < ours.len() { Numbers::Unsure } else { Numbers::Same }
}

/// The same for more of them and for what stands at the ends of the folder: true if they mean what they meant. `ours` is
/// what we know under those numbers, `highest` our highest number, where everything below it is known.
pub(super) fn still_known(ours: &[Spot], theirs: &[Spot], highest: Option<u32>) -> bool {
    let known = |uid: u32| ours.iter().any(|our| our.uid == uid);
    let stranger = theirs.iter().any(|their| highest.is_some_and(|highest| their.uid <= highest && !known(their.uid)));
    let some = theirs.is_empty() || theirs.iter().any(|their| known(their.uid));
    !stranger && some && renumbered(ours, theirs) != Numbers::Others
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::model::Timestamp;

    fn side() -> impl Strategy<Value = BTreeMap<u32, Flags>> {
        proptest::collection::btree_map(1_u32..60, (0_u16..4).prop_map(Flags::from_bits), 0..40)
    }

    #[test]
    fn numbers_that_mean_something_else_are_noticed() {
        let spot = |uid, size, arrival| Spot { uid, size, arrival: Timestamp(arrival) };
        let ours = [spot(1, 10, 100), spot(5, 50, 500), spot(9, 90, 900)];
        assert_eq!(renumbered(&ours, &ours), Numbers::Same);
        assert_eq!(renumbered(&ours, &ours[1..2]), Numbers::Unsure, "two were deleted, or have other numbers");
        assert_eq!(
            renumbered(&ours[..1], &[spot(1, 11, 100)]),
            Numbers::Same,
            "a server that counts differently today"
        );
        assert_eq!(renumbered(&ours, &[spot(5, 10, 100)]), Numbers::Others);
        assert_eq!(renumbered(&ours, &[]), Numbers::Unsure);
        assert_eq!(renumbered(&[], &[]), Numbers::Same);
        assert!(
            still_known(&ours, &[ours[1], spot(12, 1, 1000)], Some(9)),
            "some left at one end and came at the other"
        );
        assert!(still_known(&[], &[], Some(9)), "everything left, or nothing is told");
        assert!(!still_known(&ours, &[spot(5, 90, 900), spot(12, 1, 1000)], Some(9)), "another message");
        assert!(!still_known(&ours, &[spot(3, 30, 300), ours[2]], Some(9)), "what should be known, and is not");
        assert!(still_known(&ours, &[spot(3, 30, 300), ours[2]], None), "what need not be known");
        assert!(!still_known(&ours, &[spot(12, 1, 1000), spot(13, 1, 1000)], Some(9)), "nothing that we know");
    }

    proptest! {
        #[test]
        fn carrying_it_out_makes_both_sides_equal(local in side(), remote in side()) {
            let flat = |side: &BTreeMap<u32, Flags>| side.iter().map(|(uid, flags)| (*uid, *flags)).collect::<Vec<_>>();
            let plan = plan(&flat(&local), &flat(&remote), true);
            let mut after = local.clone();
            for uid in &plan.gone {
                prop_assert!(after.remove(uid).is_some());
            }
            for (uid, flags) in &plan.flags {
                prop_assert!(after.insert(*uid, *flags).is_some());
            }
            for uid in &plan.missing {
                prop_assert!(after.insert(*uid, remote[uid]).is_none());
            }
            prop_assert_eq!(after, remote);
        }

        #[test]
        fn a_list_that_may_be_cut_off_takes_nothing_away(local in side(), remote in side()) {
            let flat = |side: &BTreeMap<u32, Flags>| side.iter().map(|(uid, flags)| (*uid, *flags)).collect::<Vec<_>>();
            prop_assert!(plan(&flat(&local), &flat(&remote), false).gone.is_empty());
        }
    }
}
