//! Who leaves a draft is where they were before it.

use super::*;

fn prepared(stage: &mut Rehearsal) {
    let Some(Errand::Prepare { sheet, how, .. }) = errands(stage).pop() else { panic!() };
    let draft = Draft { to: "s@a.example".into(), body: "\n> x\n".into(), about: Some(about(how)), ..Draft::default() };
    tell(stage, Tidings::Prepared { sheet, result: Ok(Box::new(draft)) });
}

pub(super) fn about(what: Answering) -> About {
    About {
        what,
        message_id: "1@a.example".into(),
        references: Vec::new(),
        page: None,
        quoted_from: None,
        subject: String::new(),
        from: String::new(),
        date: None,
    }
}

#[test]
fn to_the_message_that_was_open() {
    for (columns, rows) in [(80, 24), (40, 10), (160, 50)] {
        for leave in ["x<Esc>", "<Esc>", "x<C-s>s", "x<C-q>y", "x<C-s>y"] {
            let mut stage = at(columns, rows);
            stage.press("jj<Enter>r");
            prepared(&mut stage);
            assert_eq!(stage.state.focus(), Focus::Composer);
            stage.press(leave);
            assert_eq!((stage.state.focus(), stage.subject()), (Focus::Reader, "subject 2"), "{leave} at {columns}");
            // One key more is the list.
            stage.press("q");
            assert_eq!(stage.state.focus(), Focus::List, "{leave}");
        }
    }
}

#[test]
fn to_the_list_if_another_message_is_there_now() {
    let mut stage = at(80, 24);
    stage.press("jj<Enter>r");
    prepared(&mut stage);
    stage.mail.rows.get_mut(&FolderId(1)).unwrap().retain(|row| row.placement != PlacementId(2));
    stage.send(Event::Changed(Changed::Order(FolderId(1))));
    stage.press("x<Esc>");
    assert_eq!(stage.state.focus(), Focus::List, "it was never opened");
}

#[test]
fn to_the_list_of_drafts() {
    let mut stage = stage();
    stage.press("jD");
    let kept = |id, subject: &str| {
        let draft = Draft { subject: subject.into(), to: "a@a.example".into(), body: "x".into(), ..Draft::default() };
        KeptDraft { id: DraftId(id), draft: Box::new(draft), updated: NOW }
    };
    tell(&mut stage, Tidings::Drafts(vec![kept(1, "one"), kept(2, "two")]));
    stage.press("j<Enter>");
    assert_eq!((draft(&stage).subject.as_str(), stage.state.composing().list()), ("two", None));
    stage.press("<Esc>");
    assert_eq!(stage.state.composing().list(), Some(0));
    assert_eq!(stage.state.composing().lines().len(), 2, "it stands first, and is open");
    stage.press("<Esc>");
    assert_eq!((stage.state.composing().list(), stage.state.focus()), (None, Focus::List));
    // From a list or a message one returns there, whatever was before.
    stage.press("<C-o><Esc>");
    assert_eq!((stage.state.composing().list(), stage.state.focus()), (None, Focus::List));
}

#[test]
fn nothing_is_written_into_an_answer_that_is_being_made_ready() {
    for keys in ["<C-s>mine", "<F4>mine", "<A-a>mine", "<A-t>", "<A-s>", "mine"] {
        let mut stage = at(80, 24);
        stage.press("jj<Enter>r");
        let asked = errands(&mut stage);
        stage.press(keys);
        assert_eq!(errands(&mut stage), [], "{keys}: it would be gone when the answer is ready");
        assert_eq!(*stage.state.composing().current().unwrap().stage(), Stage::Preparing, "{keys}");
        let Some(Errand::Prepare { sheet, .. }) = asked.last() else { panic!() };
        let draft = Draft { body: "> x\n".into(), ..Draft::default() };
        tell(&mut stage, Tidings::Prepared { sheet: *sheet, result: Ok(Box::new(draft)) });
        assert_eq!(super::draft(&stage).body, "> x\n");
    }
}
