//! `hongyan outbox`: what is on its way out, and what the user says of it.

use serde::Serialize;

use super::arguments::Outbox;
use super::attach::{Verb, Work};
use super::failed::Failed;
use super::ground::{Ground, runtime};
use super::json;
use super::keep::{Access, Keeper, access, hand_over};
use super::output::{Ending, Out, aside};
use super::{send, sentences};
use crate::config::Account;
use crate::model::{Outgoing, Reception, Sending, SentCopy, clock};
use crate::send::outbox::{Habits, is_asked};
use crate::send::wish::{Came, grant};
use crate::store::OwnReader;

#[derive(Serialize)]
struct Listed<'a> {
    id: i64,
    account: &'a str,
    from: &'a str,
    recipients: Vec<Recipient<'a>>,
    subject: &'a str,
    message_id: &'a str,
    size: u64,
    queued: Option<String>,
    /// Not before; of what was begun, when that was.
    at: Option<String>,
    attempts: u32,
    state: &'static str,
    /// Nobody knows whether it went, it was looked for, and the user has to say.
    asks: bool,
    copy: &'static str,
    failure: Option<Failed<'a>>,
}

#[derive(Serialize)]
struct Recipient<'a> {
    address: &'a str,
    /// `waiting`, `taken`, `refused` or `refused-for-now`.
    state: &'static str,
    /// In the words of the server.
    said: Option<&'a str>,
}

pub(super) fn outbox(ground: &Ground, asked: &Outbox) -> Result<(), Ending> {
    match asked {
        Outbox::List { json } => list(ground, *json),
        Outbox::Retry { id } => change(ground, Verb::Again, Some(*id)),
        Outbox::Sent { id } => change(ground, Verb::WasSent, Some(*id)),
        Outbox::Cancel { id } => change(ground, Verb::TakeBack, Some(*id)),
        Outbox::Drop { id } => change(ground, Verb::GiveUp, Some(*id)),
        Outbox::Flush => change(ground, Verb::Flush, None),
    }
}

fn letters(ground: &Ground) -> Result<Vec<Outgoing>, Ending> {
    let own = OwnReader::open(&ground.paths.profile).map_err(|error| ground.stored(&error))?;
    own.map_or_else(|| Ok(Vec::new()), |own| own.outbox(None).map_err(|error| ground.stored(&error)))
}

/// As its account is known to be; one that is in the settings no more may be anywhere.
fn asks(ground: &Ground, letter: &Outgoing) -> bool {
    let habits = ground.config.account(&letter.account).map(Habits::of);
    habits.map_or(letter.state == Sending::Unknown, |habits| is_asked(letter, &habits)) || letter.state == Sending::Asks
}

fn copy_code(copy: SentCopy) -> &'static str {
    match copy {
        SentCopy::Later => "later",
        SentCopy::Servers => "servers",
        SentCopy::LookFrom(_) => "look",
        SentCopy::Wanted => "wanted",
        SentCopy::Done => "done",
    }
}

fn list(ground: &Ground, as_json: bool) -> Result<(), Ending> {
    let letters = letters(ground)?;
    let mut out = Out::new();
    if as_json {
        let sentences: Vec<_> = letters
            .iter()
            .map(|letter| letter.failure.as_ref().map(|failure| sentences::failure(ground.tongue, failure)))
            .collect();
        let listed: Vec<Listed<'_>> =
            letters.iter().zip(&sentences).map(|(letter, why)| listed(ground, letter, why.as_ref())).collect();
        out.json(&listed)?;
        return out.end();
    }
    if letters.is_empty() {
        aside(&sentences::outbox::is_empty(ground.tongue));
    }
    for letter in &letters {
        let why = letter.failure.as_ref().map(|failure| sentences::failure(ground.tongue, failure));
        for line in sentences::outbox::lines(ground.tongue, letter, asks(ground, letter), why.as_deref()) {
            out.line(&line)?;
        }
    }
    out.end()
}

fn listed<'a>(ground: &Ground, letter: &'a Outgoing, why: Option<&'a String>) -> Listed<'a> {
    let one = |to: &'a crate::model::Recipient| {
        let (state, said) = match &to.state {
            Reception::Waiting => ("waiting", None),
            Reception::Taken => ("taken", None),
            Reception::Refused { said, for_good: true } => ("refused", Some(said.as_str())),
            Reception::Refused { said, for_good: false } => ("refused-for-now", Some(said.as_str())),
        };
        Recipient { address: &to.address, state, said }
    };
    Listed {
        id: letter.id.0,
        account: &letter.account,
        from: &letter.from,
        recipients: letter.recipients.iter().map(one).collect(),
        subject: letter.subject.as_str(),
        message_id: &letter.message_id,
        size: letter.size,
        queued: json::date(letter.queued),
        at: json::date(letter.hold_until),
        attempts: letter.attempts,
        state: letter.state.code(),
        asks: asks(ground, letter),
        copy: copy_code(letter.copy),
        failure: letter.failure.as_ref().zip(why).map(|(failure, why)| Failed::of(failure, why)),
    }
}

fn change(ground: &Ground, verb: Verb, id: Option<i64>) -> Result<(), Ending> {
    match access(ground)? {
        Access::Through(line) => {
            hand_over(ground, line, &Work::Outbox { verb, id })?;
            Ok(())
        }
        Access::Own(keeper) => {
            let runtime = runtime()?;
            let ended = runtime.block_on(change_here(ground, &keeper, verb, id));
            keeper.close();
            ended
        }
    }
}

async fn change_here(ground: &Ground, keeper: &Keeper, verb: Verb, id: Option<i64>) -> Result<(), Ending> {
    let Some(wish) = verb.wish(id) else { return Ok(()) };
    let came = grant(&ground.paths.profile, &keeper.store.own, wish, clock::now()).await;
    match came.map_err(|failure| ground.failed(&failure))? {
        Came::Done => {}
        Came::TooLate => return Err(Ending::because(sentences::outbox::too_late(ground.tongue))),
        Came::Nothing => return Err(Ending::because(sentences::outbox::makes_no_sense(ground.tongue))),
        Came::Unknown => {
            return Err(Ending::because(sentences::outbox::no_such(ground.tongue, id.unwrap_or_default())));
        }
    }
    match verb {
        Verb::TakeBack | Verb::GiveUp => Ok(()),
        Verb::Again | Verb::WasSent | Verb::Flush => Box::pin(send_all(ground, keeper)).await,
    }
}

/// Every account for which something waits, whether a message or a copy.
async fn send_all(ground: &Ground, keeper: &Keeper) -> Result<(), Ending> {
    let waiting = letters(ground)?;
    let has_work = |account: &&Account| waiting.iter().any(|letter| letter.account == account.name && is_work(letter));
    let mut wrong = Vec::new();
    for account in ground.config.accounts.iter().filter(has_work) {
        match Box::pin(send::work(ground, keeper, account)).await {
            Ok(round) => {
                let why = [round.failure, round.copies];
                wrong.extend(why.into_iter().flatten().map(|failure| sentences::failure(ground.tongue, &failure)));
            }
            Err(Ending::Failed(lines)) => wrong.extend(lines),
            Err(ending @ Ending::Unheard) => return Err(ending),
        }
    }
    for letter in letters(ground)?.iter().filter(|letter| letter.state != Sending::Sent) {
        let why = letter.failure.as_ref().map(|failure| sentences::failure(ground.tongue, failure));
        wrong.push(sentences::outbox::came_to(ground.tongue, letter, why.as_deref()));
    }
    wrong.dedup();
    if wrong.is_empty() { Ok(()) } else { Err(Ending::Failed(wrong)) }
}

fn is_work(letter: &Outgoing) -> bool {
    match letter.state {
        Sending::Queued | Sending::Unknown | Sending::Sent => true,
        Sending::Begun | Sending::Handed | Sending::Asks | Sending::Refused => false,
    }
}
