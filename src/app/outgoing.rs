//! What is on its way out, as far as the screen tells of it all the time: how much waits, and how much will not go by itself.

use super::State;
use crate::model::{Outgoing, OutgoingId, Reception, Sending, Takes};

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct OnItsWay {
    /// Goes by itself, now or at its time.
    pub waiting: usize,
    /// Somebody has to say what is to become of it.
    pub stuck: usize,
    /// Which large message is on the line, and how many hundredths of it have gone.
    pub going: Option<(OutgoingId, u8)>,
}

impl OnItsWay {
    pub(super) fn of(letters: &[Outgoing]) -> Self {
        let mut seen = Self::default();
        for letter in letters {
            match letter.state {
                Sending::Queued | Sending::Begun | Sending::Handed => seen.waiting += 1,
                // It may be found among what was sent; until then nobody has to do anything.
                Sending::Unknown | Sending::Refused | Sending::Asks => seen.stuck += 1,
                Sending::Sent => {
                    let refused = |to: &Reception| matches!(to, Reception::Refused { .. });
                    seen.stuck += usize::from(letter.recipients.iter().any(|to| refused(&to.state)));
                }
            }
        }
        seen
    }
}

impl State {
    /// Whoever writes from this account hears beforehand of what is too much.
    pub(super) fn takes(&mut self, account: &str, takes: Takes) {
        for sender in self.settings.senders.iter_mut().filter(|sender| sender.account == account) {
            sender.most = takes.size;
        }
        self.composing.know_senders(&self.settings.senders);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::compose::Sender;
    use crate::app::rehearsal::{Rehearsal, letter};
    use crate::app::{Effect, Event, update};
    use crate::model::{Answer, Changed, Query};
    use crate::text::SafeText;

    #[test]
    fn what_waits_and_what_is_stuck_is_counted() {
        let refused = Reception::Refused { said: SafeText::default(), for_good: true };
        let letters = [
            letter(Sending::Queued, &[Reception::Waiting]),
            letter(Sending::Handed, &[Reception::Waiting]),
            letter(Sending::Refused, std::slice::from_ref(&refused)),
            letter(Sending::Unknown, &[Reception::Waiting]),
            letter(Sending::Sent, &[Reception::Taken]),
            letter(Sending::Sent, &[Reception::Taken, refused]),
        ];
        assert_eq!(OnItsWay::of(&letters), OnItsWay { waiting: 2, stuck: 3, going: None });
    }

    #[test]
    fn the_outbox_is_asked_for_when_something_changes_in_it() {
        let mut stage = Rehearsal::at(80, 24);
        let effects = update(&mut stage.state, Event::Changed(Changed::Outbox));
        assert_eq!(effects, [Effect::Ask(Query::Outbox)]);
        stage.send(Event::Answered(Answer::Outbox(vec![letter(Sending::Queued, &[])])));
        assert_eq!(stage.state.on_its_way(), OnItsWay { waiting: 1, stuck: 0, going: None });
        // A large message that goes is no less on its way for what else changes.
        let going = Some((OutgoingId(1), 40));
        stage.send(Event::Going(going));
        stage.send(Event::Answered(Answer::Outbox(Vec::new())));
        assert_eq!(stage.state.on_its_way(), OnItsWay { waiting: 0, stuck: 0, going });
        stage.send(Event::Going(None));
        assert_eq!(stage.state.on_its_way(), OnItsWay::default());
    }

    #[test]
    fn what_the_server_takes_is_known_to_whoever_writes_from_it() {
        let mut stage = Rehearsal::at(80, 24);
        let sender = |account: &str| Sender {
            account: account.into(),
            from: String::new(),
            signature: String::new(),
            most: Some(50_000_000),
        };
        stage.state.settings.senders = vec![sender("goose"), sender("swan")];
        let takes = Takes { size: Some(73_400_320), ..Takes::default() };
        stage.send(Event::Takes { account: "swan".into(), takes });
        let most: Vec<_> = stage.state.settings().senders.iter().map(|sender| sender.most).collect();
        assert_eq!(most, [Some(50_000_000), Some(73_400_320)]);
    }
}
