use proptest::prelude::*;

use super::*;
use crate::model::{AccountId, Address, BodyState, Flags, Kind, MessageId, ThreadId, Timestamp};
use crate::text::Text;

fn order(of: &[(i64, i64)]) -> Vec<OrderEntry> {
    let mut order: Vec<OrderEntry> = of
        .iter()
        .map(|(placement, arrival)| OrderEntry { placement: PlacementId(*placement), arrival: Timestamp(*arrival) })
        .collect();
    order.sort_by_key(|entry| (-entry.arrival.0, -entry.placement.0));
    order
}

fn pane(entries: Vec<OrderEntry>) -> ListPane {
    let mut pane = ListPane::default();
    pane.open(Source::Folder(FolderId(1)), Sort::default(), Threads::Off);
    pane.resize(10);
    pane.replace_order(entries, Vec::new());
    pane
}

#[test]
fn a_folder_that_is_emptied_has_no_cursor_to_stand_on() {
    let mut pane = pane(order(&[(1, 1), (2, 2)]));
    pane.move_to(1);
    pane.replace_order(Vec::new(), Vec::new());
    assert_eq!((pane.cursor(), pane.top(), pane.placement_at_cursor()), (0, 0, None));
    pane.move_by(1);
    pane.page_by(-1);
    assert_eq!(pane.cursor(), 0);
}

#[test]
fn r02_fields_without_end_are_a_short_row() {
    // One letter with marks without end, and letters without end.
    for field in [format!("a{}", "\u{301}".repeat(30_000)), "鸿".repeat(20_000), "x".repeat(64_000)] {
        let row = Row {
            placement: PlacementId(1),
            message: MessageId(1),
            account: AccountId(1),
            folder: FolderId(1),
            uid: Some(1),
            from: Address { name: Text::new(field.as_str()), address: Text::default() },
            to: Address { name: Text::default(), address: Text::new(field.as_str()) },
            subject: Text::new(field.as_str()),
            date: Timestamp(0),
            arrival: Timestamp(0),
            size: 0,
            flags: Flags::NONE,
            pending: false,
            attachments: false,
            body: BodyState::Absent,
            only_here: false,
            kind: Kind::default(),
            thread: ThreadId::default(),
            conversation: None,
        };
        let shown = ListRow::new(row);
        for part in [shown.from, shown.to, shown.subject] {
            let start: String = field.chars().take(5).collect();
            assert!(part.as_str().starts_with(&start) && part.as_str().len() <= 4 * SHOWN, "{}", part.as_str().len());
        }
    }
}

proptest! {
    #[test]
    fn the_cursor_is_in_view_and_on_the_same_message_or_on_the_next(
        before in prop::collection::btree_map(0_i64..200, 0_i64..40, 1..80),
        gone in prop::collection::btree_set(0_i64..200, 0..60),
        new in prop::collection::btree_map(200_i64..260, 0_i64..60, 0..20),
        at in 0_usize..80,
        height in 1_usize..30,
    ) {
        let old = order(&before.iter().map(|(id, at)| (*id, *at)).collect::<Vec<_>>());
        let mut pane = pane(old.clone());
        pane.resize(height);
        pane.move_to(at);
        let here = pane.cursor();
        let kept: Vec<(i64, i64)> =
            before.iter().filter(|(id, _)| !gone.contains(id)).chain(new.iter()).map(|(id, at)| (*id, *at)).collect();
        let after = order(&kept);
        pane.replace_order(after.clone(), Vec::new());
        let expected = old.iter().skip(here).find(|entry| !gone.contains(&entry.placement.0));
        if let Some(expected) = expected {
            prop_assert_eq!(pane.placement_at_cursor(), Some(expected.placement));
        }
        prop_assert!(after.is_empty() || (pane.top() <= pane.cursor() && pane.cursor() < pane.top() + height));
        prop_assert!(pane.top() == 0 || pane.top() + height <= after.len().max(height));
    }
}
