//! What is kept is written as a whole, so it is written only if there is something new, and a large one seldom.

use super::*;

fn kept(stage: &mut Rehearsal) {
    tell(stage, Tidings::Kept { sheet: Sheet(1), result: Ok(DraftId(3)) });
}

fn writes(stage: &mut Rehearsal) -> usize {
    errands(stage).iter().filter(|errand| matches!(errand, Errand::Keep { .. })).count()
}

#[test]
fn a_large_text_is_kept_every_five_seconds_at_most() {
    let mut stage = written();
    stage.send(Event::Paste("鸿雁\n".repeat(300_000)));
    stage.wait(1_000);
    assert_eq!(writes(&mut stage), 1, "the first time as soon as any");
    kept(&mut stage);
    let mut count = 0;
    for _ in 0..100 {
        stage.press("x");
        stage.wait(100);
        let now = writes(&mut stage);
        count += now;
        if now > 0 {
            kept(&mut stage);
        }
    }
    assert_eq!(count, 2, "ten seconds of typing");
    // Whoever leaves does not wait for that.
    stage.press("y<Esc>");
    assert_eq!(writes(&mut stage), 1);
}

#[test]
fn what_is_as_it_was_is_not_written_again() {
    let mut stage = written();
    stage.wait(1_000);
    assert_eq!(writes(&mut stage), 1);
    kept(&mut stage);
    stage.press("x<Backspace>");
    stage.wait(2_000);
    assert_eq!(writes(&mut stage), 0);
    assert!(current(&stage).is_kept());
    stage.press("x");
    stage.wait(2_000);
    assert_eq!(writes(&mut stage), 1);
    // What did not come to the disk is tried again as it is.
    let failure = Failure::lasting(FailureKind::Disk, "", "");
    tell(&mut stage, Tidings::Kept { sheet: Sheet(1), result: Err(failure) });
    stage.wait(7_000);
    assert_eq!(writes(&mut stage), 1);
    kept(&mut stage);
    // It can be put away at once.
    stage.press("y<Backspace><C-s>s");
    assert_eq!((writes(&mut stage), said(&stage)), (0, Some("kept")));
}
