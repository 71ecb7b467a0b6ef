//! Random schedules: the program is killed at any commit and at any step of the network, servers refuse, lose lines and
//! forget to answer, the user says something. Nothing is lost, nothing goes twice without the user's word, and nobody is
//! asked twice about the same letter.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::future::{Future, ready};
use std::rc::Rc;
use std::time::Duration;

use crate::config::Sent;
use crate::model::{Failure, FailureKind, Outgoing, OutgoingId, Reception, Retry, Sending, SentCopy, Timestamp};
use crate::send::copy::{SentFolder, see_to_copies};
use crate::send::drain::{Books, Postman, drain};
use crate::send::outbox::{self, Habits, Look, Step, Word};
use crate::send::smtp::{Delivered, Envelope, Limits, Outcome, Refusal};
use crate::sync::{SentAnswer, SentQuestion};
use crate::text::SafeText;

/// xorshift64*: the same seed, the same schedule.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % below
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.roll(100) < percent
    }
}

struct World {
    dice: Dice,
    now: i64,
    disk: BTreeMap<i64, Outgoing>,
    /// How often the server took a letter for somebody.
    taken: HashMap<(i64, String), u32>,
    /// What lies in the folder for sent mail, and since when it is seen.
    copies: Vec<(String, i64)>,
    server_saves: bool,
    server_refuses_copies: bool,
    lag: i64,
    /// In percent.
    badness: u64,
    /// After so many more events the program is killed.
    killed_in: Option<u32>,
    dead: bool,
    kills: u32,
    /// Nobody gets mail there.
    nobody: HashSet<String>,
    agains: HashMap<i64, u32>,
    /// How often the user was asked whether somebody got a letter.
    questions: HashMap<(i64, String), u32>,
    /// The user said that it was sent, or gave it up.
    word: HashSet<i64>,
}

#[derive(Clone)]
struct Hand(Rc<RefCell<World>>);

fn broken(kind: FailureKind) -> Failure {
    Failure::passing(kind, "mail.example", "")
}

impl World {
    /// True if the program lives on.
    fn tick(&mut self) -> bool {
        if let Some(left) = &mut self.killed_in {
            *left = left.saturating_sub(1);
            if *left == 0 {
                (self.dead, self.killed_in) = (true, None);
                self.kills += 1;
            }
        }
        !self.dead
    }

    fn bad(&mut self) -> bool {
        let badness = self.badness;
        self.dice.chance(badness)
    }

    fn write(&mut self, was: Sending, now: &Outgoing) -> Result<bool, Failure> {
        let lives = self.tick();
        // Killed in the middle of a commit, it is on the disk or it is not.
        if !lives && self.dice.chance(50) {
            return Err(broken(FailureKind::Disk));
        }
        let written = match self.disk.get(&now.id.0) {
            Some(there) => there.state == was,
            None => false,
        };
        if written {
            let settled = now.state == Sending::Sent && matches!(now.copy, SentCopy::Servers | SentCopy::Done);
            let told = now.recipients.iter().any(|to| matches!(to.state, Reception::Refused { .. }));
            if settled && !told {
                self.disk.remove(&now.id.0);
            } else {
                self.disk.insert(now.id.0, now.clone());
            }
        }
        if lives { Ok(written) } else { Err(broken(FailureKind::Disk)) }
    }

    fn deliver_to(&mut self, id: i64, message_id: &str, to: &[String]) {
        for to in to {
            *self.taken.entry((id, to.clone())).or_default() += 1;
        }
        if self.server_saves {
            let from = self.now + self.dice.roll(u64::try_from(self.lag + 1).unwrap()).cast_signed();
            self.copies.push((message_id.to_owned(), from));
        }
    }
}

impl Books for Hand {
    fn letters(&self) -> Result<Vec<Outgoing>, Failure> {
        let world = self.0.borrow();
        if world.dead { Err(broken(FailureKind::Disk)) } else { Ok(world.disk.values().cloned().collect()) }
    }

    fn bytes(&self, letter: OutgoingId) -> Result<Vec<u8>, Failure> {
        Ok(format!("{}@example.com", letter.0).into_bytes())
    }

    fn step(&self, was: Sending, now: &Outgoing) -> impl Future<Output = Result<bool, Failure>> + Send {
        let mut world = self.0.borrow_mut();
        ready(if world.dead { Err(broken(FailureKind::Disk)) } else { world.write(was, now) })
    }

    fn now(&self) -> Timestamp {
        Timestamp(self.0.borrow().now)
    }
}

struct Carrier {
    hand: Hand,
    alive: bool,
}

fn refusal(failure: &Failure) -> Refusal {
    let for_good = failure.retry == Retry::AfterUser;
    Refusal { said: failure.said.clone(), for_good, failure: failure.clone() }
}

fn no(for_good: bool, said: &str) -> Failure {
    let failure = Failure::passing(FailureKind::Refused, "mail.example", said);
    if for_good { Failure { retry: Retry::AfterUser, ..failure } } else { failure }
}

impl Postman for Carrier {
    fn limits(&self) -> Limits {
        Limits::default()
    }

    fn is_alive(&self) -> bool {
        self.alive && !self.hand.0.borrow().dead
    }

    async fn deliver(
        &mut self,
        envelope: &Envelope,
        bytes: &[u8],
        before_dot: impl AsyncFnOnce(Vec<(String, Result<(), Refusal>)>) -> Result<(), Failure>,
        _: impl FnMut(u64),
    ) -> Delivered {
        let message_id = String::from_utf8(bytes.to_vec()).unwrap();
        let id: i64 = message_id.split('@').next().unwrap().parse().unwrap();
        let of_all = |failure: &Failure| {
            envelope.recipients.iter().map(|to| (to.clone(), Err(refusal(failure)))).collect::<Vec<_>>()
        };
        let lost = |recipients| Delivered { recipients, outcome: Outcome::Lost(broken(FailureKind::Dropped)) };
        let (mut came, mut early) = (Vec::new(), None);
        {
            let world = &mut *self.hand.0.borrow_mut();
            assert!(!envelope.recipients.is_empty(), "a letter to nobody");
            if !world.tick() || world.bad() {
                self.alive = false;
                return lost(of_all(&broken(FailureKind::Dropped)));
            }
            if world.bad() {
                let failure = no(world.dice.chance(30), "sender");
                return Delivered { recipients: of_all(&failure), outcome: Outcome::Refused(failure) };
            }
            for to in &envelope.recipients {
                let failure = if world.nobody.contains(to) {
                    Some(no(true, &format!("550 no {to}")))
                } else {
                    world.bad().then(|| no(false, &format!("450 greylisted {to}")))
                };
                came.push((to.clone(), failure.as_ref().map_or(Ok(()), |failure| Err(refusal(failure)))));
                early = early.or(failure);
            }
            let none = came.iter().all(|(_, came)| came.is_err());
            if let Some(failure) = early.filter(|_| none || !envelope.go_on) {
                return Delivered { recipients: came, outcome: Outcome::Refused(failure) };
            }
            if world.bad() {
                let failure = no(world.dice.chance(30), "data");
                return Delivered { recipients: came, outcome: Outcome::Refused(failure) };
            }
            if !world.tick() || world.bad() {
                self.alive = false;
                return lost(came);
            }
        }
        if let Err(failure) = before_dot(came.clone()).await {
            self.alive = false;
            return Delivered { recipients: came, outcome: Outcome::Lost(failure) };
        }
        let world = &mut *self.hand.0.borrow_mut();
        assert!(
            world.disk.get(&id).is_some_and(|letter| letter.state == Sending::Handed) || world.dead,
            "the end goes out and the disk does not know"
        );
        let unknown = |recipients| Delivered { recipients, outcome: Outcome::Unknown(broken(FailureKind::Dropped)) };
        // Killed before the end is said, or it was said and came nowhere.
        if !world.tick() || world.bad() {
            self.alive = false;
            return unknown(came);
        }
        if world.bad() {
            let failure = no(world.dice.chance(30), "content");
            return Delivered { recipients: came, outcome: Outcome::Refused(failure) };
        }
        let to: Vec<String> = came.iter().filter(|(_, came)| came.is_ok()).map(|(to, _)| to.clone()).collect();
        world.deliver_to(id, &message_id, &to);
        // The server has it, and its word does not come.
        if !world.tick() || world.bad() {
            self.alive = false;
            return unknown(came);
        }
        Delivered { recipients: came, outcome: Outcome::Taken(SafeText::of("250 OK")) }
    }

    async fn quit(self) {}
}

impl SentFolder for Hand {
    async fn ask(&mut self, question: SentQuestion) -> Result<SentAnswer, Failure> {
        let world = &mut *self.0.borrow_mut();
        if !world.tick() || world.bad() {
            return Err(broken(FailureKind::Offline));
        }
        if world.bad() {
            return Err(broken(FailureKind::Dropped));
        }
        let (SentQuestion::IsThere { message_id } | SentQuestion::Put { message_id, .. }) = &question;
        let there = world.copies.iter().any(|(id, from)| id == message_id && *from <= world.now);
        match question {
            _ if there => Ok(SentAnswer::There),
            SentQuestion::IsThere { .. } => Ok(SentAnswer::NotThere),
            SentQuestion::Put { .. } if world.server_refuses_copies => Ok(SentAnswer::ServerKeeps),
            SentQuestion::Put { .. } if world.bad() => Err(no(false, "[OVERQUOTA] full")),
            SentQuestion::Put { message_id, .. } => {
                world.copies.push((message_id, world.now));
                // It is there, and its word does not come.
                if !world.tick() || world.bad() { Err(broken(FailureKind::Dropped)) } else { Ok(SentAnswer::There) }
            }
        }
    }
}

/// What happens at every start.
fn put_right(world: &mut World) {
    world.dead = false;
    for letter in world.disk.values_mut() {
        match letter.state {
            Sending::Begun => letter.state = Sending::Queued,
            Sending::Handed => letter.state = Sending::Unknown,
            _ => {}
        }
    }
}

/// What the user says of what stands there.
fn user(world: &mut World, habits: &Habits, patient: bool) {
    let letters: Vec<Outgoing> = world.disk.values().cloned().collect();
    for letter in letters {
        let id = letter.id.0;
        let now = Timestamp(world.now);
        if outbox::is_asked(&letter, habits) {
            for to in letter.recipients.iter().filter(|to| to.state == Reception::Waiting) {
                *world.questions.entry((id, to.address.clone())).or_default() += 1;
            }
            let word = match world.dice.roll(3) {
                0 if !patient => Some(Word::Again),
                1 => Some(Word::WasSent),
                _ => None,
            };
            if word == Some(Word::Again) {
                *world.agains.entry(id).or_default() += 1;
            } else {
                world.word.insert(id);
            }
            match word.and_then(|word| outbox::said(&letter, word, now)) {
                Some(came) => drop(world.disk.insert(id, came)),
                None => drop(world.disk.remove(&id)),
            }
        } else if letter.state == Sending::Refused && world.dice.chance(60) {
            if let Some(came) = outbox::said(&letter, Word::Again, now).filter(|_| world.dice.chance(70)) {
                world.disk.insert(id, came);
            } else {
                world.word.insert(id);
                world.disk.remove(&id);
            }
        }
    }
}

async fn schedule(seed: u64) -> (u32, u32) {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let sent = [Sent::Server, Sent::Append, Sent::Check][usize::try_from(dice.roll(3)).unwrap()];
    let lag = [0, 30, 180][usize::try_from(dice.roll(3)).unwrap()];
    let server_saves = match sent {
        Sent::Server => true,
        Sent::Append => false,
        Sent::Check => dice.chance(50),
    };
    let habits = Habits { sent, lag: Duration::from_secs(lag), turns_up: outbox::TURNS_UP, append_limit: None };
    let badness = dice.roll(25);
    let mut world = World {
        now: 1_000,
        disk: BTreeMap::new(),
        taken: HashMap::new(),
        copies: Vec::new(),
        server_saves,
        server_refuses_copies: server_saves && dice.chance(50),
        lag: lag.cast_signed(),
        badness,
        killed_in: None,
        dead: false,
        kills: 0,
        nobody: HashSet::new(),
        agains: HashMap::new(),
        questions: HashMap::new(),
        word: HashSet::new(),
        dice,
    };
    let letters = 1 + world.dice.roll(4).cast_signed();
    for id in 1..=letters {
        let to: Vec<String> = (0..=world.dice.roll(3)).map(|n| format!("r{n}-{id}@example.com")).collect();
        if world.dice.chance(20) {
            world.nobody.insert(to[0].clone());
        }
        let to: Vec<&str> = to.iter().map(String::as_str).collect();
        let letter = super::letter(id, &to);
        world
            .disk
            .insert(id, Outgoing { hold_until: Timestamp(1_000 + world.dice.roll(3).cast_signed() * 30), ..letter });
    }
    let all: Vec<Outgoing> = world.disk.values().cloned().collect();
    let hand = Hand(Rc::new(RefCell::new(world)));
    for turn in 0..400 {
        {
            let world = &mut *hand.0.borrow_mut();
            if world.dead || world.dice.chance(5) {
                put_right(world);
            }
            // In the end all is well, or the user would never see the end.
            if turn >= 60 {
                world.badness = 0;
                world.killed_in = None;
            } else if world.dice.chance(40) {
                world.killed_in = Some(1 + u32::try_from(world.dice.roll(14)).unwrap());
            }
            user(world, &habits, turn >= 60);
        }
        let letters = hand.letters().unwrap();
        if letters.is_empty() {
            break;
        }
        if matches!(outbox::next(&letters, hand.now()), Step::Send(_)) {
            let carrier = Carrier { hand: hand.clone(), alive: true };
            let _ = drain(&hand, carrier, &habits, |_| ()).await;
        }
        let seen = see_to_copies(&hand, &mut hand.clone(), &habits).await;
        let Ok(letters) = hand.letters() else { continue };
        let waits = letters.iter().filter_map(|letter| match outbox::look(letter, &habits, hand.now()) {
            Look::Wait(at) => Some(at.0),
            _ => None,
        });
        let next = match outbox::next(&letters, hand.now()) {
            Step::Wait(at) => Some(at.0),
            _ => None,
        };
        let soonest = waits.chain(next).chain(seen.ok().and_then(|seen| seen.next).map(|at| at.0)).min();
        let world = &mut *hand.0.borrow_mut();
        world.now = soonest.map_or(world.now + 1, |at| at.max(world.now + 1));
    }
    let world = hand.0.borrow();
    for letter in &all {
        let id = letter.id.0;
        let agains = world.agains.get(&id).copied().unwrap_or(0);
        let rest = world.disk.get(&id);
        // Only what somebody refused stands there to be read.
        let told =
            |letter: &&Outgoing| letter.recipients.iter().any(|to| matches!(to.state, Reception::Refused { .. }));
        let settled = rest.is_none_or(|letter| letter.state == Sending::Sent && told(&letter));
        assert!(settled || rest.is_some_and(|l| l.state == Sending::Refused), "seed {seed}: {id} hangs: {rest:?}");
        for to in &letter.recipients {
            let times = world.taken.get(&(id, to.address.clone())).copied().unwrap_or(0);
            assert!(times <= 1 + agains, "seed {seed}: {} got {id} {times} times after {agains} words", to.address);
            let questions = world.questions.get(&(id, to.address.clone())).copied().unwrap_or(0);
            assert!(questions <= 1 + agains, "seed {seed}: {questions} questions about {} of {id}", to.address);
            let is_nobody = world.nobody.contains(&to.address);
            // What stands there as refused for good is for the user to read.
            let told = |l: &Outgoing| {
                let is = |it: &crate::model::Recipient| {
                    it.address == to.address && matches!(it.state, Reception::Refused { for_good: true, .. })
                };
                l.state == Sending::Refused || l.recipients.iter().any(is)
            };
            let given = world.word.contains(&id) || rest.is_some_and(told);
            assert!(times > 0 || is_nobody || given, "seed {seed}: {} never got {id}: {rest:?}", to.address);
        }
        let copies = world.copies.iter().filter(|(id, _)| *id == letter.message_id).count();
        let partly = letter.recipients.len() > 1;
        let most = 1 + usize::try_from(agains).unwrap() + if partly { letter.recipients.len() } else { 0 };
        assert!(copies <= most, "seed {seed}: {copies} copies of {id}");
        if rest.is_none() && !world.word.contains(&id) {
            assert!(copies > 0, "seed {seed}: no copy of {id}");
        }
    }
    (world.kills, world.questions.values().sum())
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a longer run, or one seed, is asked for by the environment")]
fn c11_whatever_breaks_nothing_is_lost_and_nothing_goes_twice() {
    let long = std::env::var_os("HONGYAN_LONG").is_some();
    let runs: u64 = if long { 10_000 } else { 400 };
    let given = std::env::var("HONGYAN_SEED").ok().and_then(|seed| seed.parse::<u64>().ok());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (mut kills, mut questions) = (0_u64, 0_u64);
    let first = given.unwrap_or(1);
    for seed in first..first + if given.is_some() { 1 } else { runs } {
        let (killed, asked) = runtime.block_on(schedule(seed));
        kills += u64::from(killed);
        questions += u64::from(asked);
    }
    println!("seeds {first}..={}: {kills} kills, {questions} questions, 0 lost, 0 twice", first + runs - 1);
}
