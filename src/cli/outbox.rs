//! `hongyan outbox`: what is on its way out, and what the user says of it.

use serde::Serialize;

use super::arguments::Outbox;
use super::attach::{Verb, Work};
use super::failed::Failed;
use super::ground::{Ground, runtime};
use super::json;
use super::keep::{Access, Keeper, access, hear_the_other};
use super::list::local;
use super::output::{Ending, Out, aside};
use super::sentences::outbox::Told;
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
    let (now, zone) = (clock::now(), jiff::tz::TimeZone::system());
    for letter in &letters {
        let why = letter.failure.as_ref().map(|failure| sentences::failure(ground.tongue, failure));
        let at = (letter.state == Sending::Queued && letter.hold_until > now).then(|| local(letter.hold_until, &zone));
        let told = Told { asks: asks(ground, letter), at: at.as_deref(), why: why.as_deref() };
        for line in sentences::outbox::lines(ground.tongue, letter, &told) {
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
            let came = match hear_the_other(ground, line, &Work::Outbox { verb, id }) {
                Ok(_) => Came::Done,
                Err(failure) => Came::heard(&failure).ok_or_else(|| ground.failed(&failure))?,
            };
            tell(ground, came, verb, id)?;
            if came == Came::Done && matches!(verb, Verb::Again | Verb::Flush) {
                aside(&sentences::outbox::goes_there(ground.tongue, id));
            }
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

/// What came of it, by the number of the message.
fn tell(ground: &Ground, came: Came, verb: Verb, id: Option<i64>) -> Result<(), Ending> {
    let (tongue, id) = (ground.tongue, id.unwrap_or_default());
    let refused = |sentence: String| Err(Ending::because(sentence));
    match came {
        Came::Done => {
            match verb {
                Verb::TakeBack => aside(&sentences::outbox::taken_back(tongue, id)),
                Verb::GiveUp => aside(&sentences::outbox::given_up(tongue, id)),
                Verb::WasSent => aside(&sentences::outbox::said_sent(tongue, id)),
                Verb::Again | Verb::Flush => {}
            }
            Ok(())
        }
        Came::ForTheRest => {
            aside(&sentences::outbox::for_the_rest(tongue, id));
            Ok(())
        }
        Came::TooLate => refused(sentences::outbox::too_late(tongue, id)),
        Came::Nothing => refused(sentences::outbox::makes_no_sense(tongue, id)),
        Came::MayHaveGone => refused(sentences::outbox::may_have_gone(tongue, id)),
        Came::NoDraft => refused(sentences::outbox::no_draft(tongue, id)),
        Came::Unknown => refused(sentences::outbox::no_such(tongue, id)),
    }
}

async fn change_here(ground: &Ground, keeper: &Keeper, verb: Verb, id: Option<i64>) -> Result<(), Ending> {
    let Some(wish) = verb.wish(id) else { return Ok(()) };
    let came = grant(&ground.paths.profile, &keeper.store.own, wish, clock::now()).await;
    tell(ground, came.map_err(|failure| ground.failed(&failure))?, verb, id)?;
    match verb {
        Verb::TakeBack | Verb::GiveUp => Ok(()),
        Verb::Again | Verb::WasSent | Verb::Flush => Box::pin(send_all(ground, keeper, id)).await,
    }
}

/// Every account for which something waits, whether a message or a copy.
async fn send_all(ground: &Ground, keeper: &Keeper, asked: Option<i64>) -> Result<(), Ending> {
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
    let now = letters(ground)?;
    // What was waiting and is not any more, or waits for its copy alone, was sent.
    for was in waiting.iter().filter(|was| was.state == Sending::Queued) {
        let letter = now.iter().find(|letter| letter.id == was.id);
        if letter.is_none_or(|letter| letter.state == Sending::Sent && !sentences::outbox::has_refused(letter)) {
            aside(&sentences::outbox::one_sent(ground.tongue, was));
        }
    }
    let not_sent = |letter: &&Outgoing| {
        letter.state != Sending::Sent || (asked == Some(letter.id.0) && sentences::outbox::has_refused(letter))
    };
    for letter in now.iter().filter(not_sent) {
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
