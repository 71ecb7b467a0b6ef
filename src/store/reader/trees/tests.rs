use proptest::prelude::*;

use super::*;
use crate::model::{PlacementId, Timestamp};

fn member(id: i64, refs: &[i64]) -> Member {
    let entry = OrderEntry { placement: PlacementId(id), arrival: Timestamp(id) };
    Member { entry, names: [id, 0], refs: refs.to_vec() }
}

fn drawn(members: Vec<Member>) -> Vec<String> {
    tree(members)
        .into_iter()
        .map(|(entry, knot)| {
            let rails: String =
                (1..knot.depth).map(|level| if knot.rails & (1 << level) == 0 { ' ' } else { '|' }).collect();
            let end = match (knot.depth, knot.last) {
                (0, _) => "",
                (_, true) => "`",
                (_, false) => "+",
            };
            format!("{rails}{end}{}", entry.placement.0)
        })
        .collect()
}

#[test]
fn answers_stand_below_what_they_answer() {
    let members = vec![member(5, &[2]), member(1, &[]), member(2, &[1]), member(3, &[1]), member(4, &[2, 1])];
    assert_eq!(drawn(members), ["1", "+2", "|+4", "|`5", "`3"]);
}

#[test]
fn what_answers_somebody_who_is_not_here_stands_below_the_nearest_who_is() {
    assert_eq!(drawn(vec![member(1, &[]), member(4, &[3, 2, 1])]), ["1", "`4"]);
    assert_eq!(drawn(vec![member(5, &[99]), member(6, &[99]), member(7, &[6])]), ["5", "`6", " `7"]);
}

#[test]
fn two_copies_of_a_message_stand_side_by_side() {
    let copy = Member { entry: OrderEntry { placement: PlacementId(9), arrival: Timestamp(9) }, ..member(2, &[1]) };
    assert_eq!(drawn(vec![member(1, &[]), member(2, &[1]), copy, member(3, &[2])]), ["1", "+2", "|`3", "`9"]);
}

#[test]
fn m24_circles_are_cut_open_and_depth_has_an_end() {
    assert_eq!(drawn(vec![member(1, &[3]), member(2, &[1]), member(3, &[2])]), ["1", "`2", " `3"]);
    let chain: Vec<Member> = (1..=10_000).map(|id| member(id, &[id - 1])).collect();
    let lines = tree(chain);
    assert_eq!(lines.len(), 10_000);
    assert!(lines.iter().all(|(_, knot)| knot.depth <= DEEPEST));
}

proptest! {
    #[test]
    fn every_message_has_one_line_and_the_rails_meet(
        refs in prop::collection::vec(prop::collection::vec(1_i64..40, 0..4), 1..40),
    ) {
        let members: Vec<Member> = refs.iter().zip(1..).map(|(refs, id)| member(id, refs)).collect();
        let lines = tree(members.clone());
        let mut ids: Vec<i64> = lines.iter().map(|(entry, _)| entry.placement.0).collect();
        ids.sort_unstable();
        prop_assert_eq!(ids, (1..=i64::try_from(members.len()).unwrap()).collect::<Vec<_>>());
        prop_assert_eq!(lines[0].1.depth, 0);
        for (at, (_, knot)) in lines.iter().enumerate().skip(1) {
            prop_assert!(knot.depth >= 1 && knot.depth <= lines[at - 1].1.depth + 1);
            let next = lines.get(at + 1).map(|(_, next)| *next).unwrap_or_default();
            // A rail is never drawn into the empty.
            for level in 1..knot.depth {
                let goes_on = knot.rails & (1 << level) != 0;
                prop_assert!(!goes_on || next.depth > level && next.rails & (1 << level) != 0 || next.depth == level, "{:?}", lines);
            }
        }
    }
}
