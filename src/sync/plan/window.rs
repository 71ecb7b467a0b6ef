//! What left a folder: was it deleted, or did it only become too old for its server? Pure.
//!
//! Some servers list only the mail of the last month. What leaves there at the old end is still the user's mail, and it
//! stays here. Anything else that leaves was deleted, whether a list is missing it or the server told so.

use crate::model::{Flags, PlacementId, Timestamp};
use crate::store::Placed;

/// The shortest window that is known is 30 days. Servers and clocks may disagree by a day or two.
const INSIDE: u64 = 28 * 86_400;

/// Which of `gone` became too old. They are those that arrived long enough ago, and that are older than everything that
/// is still listed, by their number or by their arrival (a message that was moved here has a great number; one that was
/// put here with an old date arrived before all others). Nobody marked them as deleted.
///
/// `now` counts for at least the newest arrival: this machine's clock may have stopped.
pub(crate) fn aged(gone: &[Placed], listed: &[Placed], now: Timestamp) -> Vec<PlacementId> {
    let now = listed.iter().chain(gone).map(|message| message.arrival).fold(now, Timestamp::max);
    let lowest = listed.iter().filter_map(|message| message.uid).min();
    let earliest = listed.iter().map(|message| message.arrival).min();
    let is_oldest = |message: &Placed| {
        let by_number = message.uid.is_some_and(|uid| lowest.is_none_or(|lowest| uid < lowest));
        by_number || earliest.is_none_or(|earliest| message.arrival < earliest)
    };
    gone.iter()
        .filter(|message| now.since(message.arrival) >= INSIDE)
        .filter(|message| !message.flags.contains(Flags::DELETED) && is_oldest(message))
        .map(|message| message.placement)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000);

    fn message(uid: u32, days: i64) -> Placed {
        let arrival = Timestamp(NOW.0 - days * 86_400);
        Placed { placement: PlacementId(i64::from(uid)), uid: Some(uid), arrival, flags: Flags::NONE }
    }

    fn kept(gone: &[Placed], listed: &[Placed]) -> Vec<i64> {
        aged(gone, listed, NOW).into_iter().map(|placement| placement.0).collect()
    }

    #[test]
    fn what_leaves_at_the_old_end_is_too_old_and_a_gap_is_a_deletion() {
        let listed = [message(10, 29), message(11, 20), message(13, 1)];
        assert_eq!(kept(&[message(3, 45), message(9, 30)], &listed), [3, 9]);
        assert_eq!(kept(&[message(12, 10)], &listed), [] as [i64; 0]);
        assert_eq!(kept(&[message(14, 0)], &listed), [] as [i64; 0]);
    }

    #[test]
    fn what_is_young_was_deleted_even_at_the_old_end() {
        assert_eq!(kept(&[message(1, 29), message(2, 27)], &[message(3, 26)]), [1]);
    }

    #[test]
    fn a_folder_that_is_empty_now_was_emptied_as_far_as_its_mail_was_young() {
        assert_eq!(kept(&[message(1, 40), message(2, 31), message(3, 12), message(4, 0)], &[]), [1, 2]);
    }

    #[test]
    fn a_message_that_came_late_or_with_an_old_date_is_judged_by_either() {
        let listed = [message(10, 29), message(12, 3)];
        assert_eq!(kept(&[message(11, 31)], &listed), [11], "moved here last week, and old");
        let with_a_relic = [message(10, 29), message(12, 9_000)];
        assert_eq!(kept(&[message(9, 31)], &with_a_relic), [9]);
    }

    #[test]
    fn what_was_marked_as_deleted_was_deleted() {
        let marked = Placed { flags: Flags::SEEN.with(Flags::DELETED), ..message(1, 60) };
        assert_eq!(kept(&[marked], &[message(3, 1)]), [] as [i64; 0]);
    }

    #[test]
    fn what_lost_its_number_is_judged_by_its_arrival() {
        let left = Placed { uid: None, ..message(1, 31) };
        assert_eq!(kept(&[left], &[message(3, 30)]), [1]);
        assert_eq!(kept(&[left], &[message(3, 32)]), [] as [i64; 0]);
    }

    #[test]
    fn a_clock_that_stopped_does_not_delete() {
        let aged = aged(&[message(1, 40)], &[message(3, 1)], Timestamp(0));
        assert_eq!(aged, [PlacementId(1)]);
    }
}
