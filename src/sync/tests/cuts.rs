//! Lines that break, and lines that carry the same words in other pieces.

use std::sync::Arc;

use super::piped::{empty, post, theirs, watched, way};
use super::*;
use crate::demo::{COREMAIL, Demo, Fault, MODERN, PLAIN, Personality};

const PATIENT: Duration = Duration::from_secs(20);
const SMALL: Sizes = Sizes { first_page: 3, chunk: 4, newest: 3, small: 2, many_gone: 4 };

/// A mailbox, and whoever reads it.
struct Scene {
    demo: Demo,
    program: Program,
    way: Way,
}

impl Scene {
    async fn set(personality: &'static Personality) -> Self {
        let demo = empty(personality);
        demo.deliver_all("INBOX", (1..=12).map(|n| post(n, Flags::from_bits(u16::try_from(n & 7).unwrap()))).collect())
            .await
            .unwrap();
        let mut program = Program::start();
        program.pass.sizes = SMALL;
        Self { demo, program, way: way(PATIENT) }
    }

    /// The same after everything is known, something else happened, and the user wants something.
    async fn known(personality: &'static Personality) -> Self {
        let mut scene = Self::set(personality).await;
        assert_eq!(scene.visit(&[]).await, Ok(Left::Complete));
        let row = scene.program.reader.newest(scene.program.inbox().unwrap(), 100).unwrap().remove(5);
        let intent = Intent::Flag { placements: vec![row.placement], add: Flags::DRAFT, remove: Flags::SEEN };
        Store::record(&scene.program.store.own, &scene.program.store.mail, intent).await.unwrap();
        let uids: Vec<u32> = theirs(&scene.demo).await.into_iter().map(|(uid, ..)| uid).collect();
        scene.demo.expunge("INBOX", &[uids[3], uids[8]]).await.unwrap();
        scene.demo.set_flags("INBOX", uids[1], &["\\Flagged"]).await.unwrap();
        scene.demo.deliver_all("INBOX", (13..=15).map(|n| post(n, Flags::NONE)).collect()).await.unwrap();
        scene
    }

    async fn visit(&mut self, faults: &[Fault]) -> Result<Left, Failure> {
        self.demo.break_connections(faults).await.unwrap();
        let line = watched(&self.demo, Arc::default(), None);
        self.program.visit(&self.way, line, false).await
    }

    async fn is_in_step(&self, who: &str) {
        assert_eq!(self.program.ours(), theirs(&self.demo).await, "{who}");
        assert_eq!(self.program.reader.wrong_counters().unwrap(), [], "{who}");
        let wants = self.program.store.own.commit(crate::store::OwnWrite::Wants(None)).await.unwrap();
        assert_eq!(wants, [], "{who}");
    }

    async fn commands(&self) -> Vec<String> {
        let said = self.demo.said().await.unwrap();
        said.iter().map(|line| line.split_once(' ').map_or(line.clone(), |(_, command)| command.to_owned())).collect()
    }
}

/// Each so many-th byte of what the server says.
fn stride() -> usize {
    if cases() > 1_000 { 1 } else { 173 }
}

#[tokio::test]
async fn n01_a_fill_that_breaks_at_any_byte_is_finished() {
    for personality in [&MODERN, &PLAIN, &COREMAIL] {
        let mut whole = Scene::set(personality).await;
        whole.visit(&[]).await.unwrap();
        let bytes = whole.demo.traffic().sent;
        for at in (0..bytes).step_by(stride()) {
            let mut scene = Scene::set(personality).await;
            let broken = scene.visit(&[Fault::CutAfter(at)]).await;
            let known = scene.program.ours();
            assert_eq!(scene.visit(&[]).await, Ok(Left::Complete), "{} cut at {at}", personality.name);
            scene.is_in_step(&format!("{} cut at {at}: {broken:?}", personality.name)).await;
            // What had come was not thrown away.
            let now = scene.program.ours();
            assert!(known.iter().all(|(_, identity, _)| now.iter().any(|(_, known, _)| known == identity)));
        }
        println!("{}: a fill of {bytes} bytes, cut at each {}", personality.name, stride());
    }
}

#[tokio::test]
async fn n01_a_resync_that_breaks_at_any_byte_is_finished() {
    for personality in [&MODERN, &PLAIN, &COREMAIL] {
        let mut whole = Scene::known(personality).await;
        let before = whole.demo.traffic().sent;
        whole.visit(&[]).await.unwrap();
        whole.is_in_step("uncut").await;
        let bytes = whole.demo.traffic().sent - before;
        for at in (0..bytes).step_by(stride()) {
            let mut scene = Scene::known(personality).await;
            let broken = scene.visit(&[Fault::CutAfter(at)]).await;
            assert_eq!(scene.visit(&[]).await, Ok(Left::Complete), "{} cut at {at}", personality.name);
            scene.is_in_step(&format!("{} cut at {at}: {broken:?}", personality.name)).await;
        }
        println!("{}: a resync of {bytes} bytes, cut at each {}", personality.name, stride());
    }
}

#[tokio::test]
async fn n05_the_size_of_the_pieces_changes_nothing() {
    for personality in [&MODERN, &PLAIN, &COREMAIL] {
        let mut heard = Vec::new();
        for faults in [&[][..], &[Fault::Pieces(1)], &[Fault::Pieces(7)], &[Fault::OneSegment]] {
            let mut scene = Scene::known(personality).await;
            assert_eq!(scene.visit(faults).await, Ok(Left::Complete));
            scene.is_in_step(personality.name).await;
            let left = scene.program.ours();
            heard.push((scene.commands().await, left));
        }
        assert!(heard.iter().all(|other| *other == heard[0]), "{}: {heard:#?}", personality.name);
    }
}

/// Every visit is one login and no more, however it ends; what can be done with two commands is done.
#[tokio::test]
async fn n06_a_server_that_closes_soon_is_not_stormed() {
    for (personality, faults, kind) in [
        (&MODERN, &[Fault::CloseEvery(3)][..], FailureKind::Dropped),
        (&PLAIN, &[Fault::CloseEvery(3)], FailureKind::Dropped),
        (&COREMAIL, &[Fault::CloseEvery(3)], FailureKind::Dropped),
        (&PLAIN, &[Fault::AtMost(0)], FailureKind::Refused),
    ] {
        let mut scene = Scene::known(personality).await;
        let (before, made) = (scene.program.ours(), scene.demo.traffic().connections);
        for times in 1..=6 {
            let failure = scene.visit(faults).await.unwrap_err();
            assert_eq!((failure.kind, failure.retry), (kind, crate::model::Retry::Later), "{failure:?}");
            assert_eq!(scene.demo.traffic().connections, made + times, "one line a visit");
        }
        assert_eq!(scene.program.ours(), before);
        assert_eq!(scene.visit(&[]).await, Ok(Left::Complete));
        scene.is_in_step(personality.name).await;
    }
}
