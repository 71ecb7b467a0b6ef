//! Filtering a list and searching all mail.

use super::*;

fn subjects(stage: &Rehearsal) -> Vec<String> {
    let list = stage.state.list();
    (0..list.len()).filter_map(|at| list.row(at)).map(|row| row.subject.as_str().to_owned()).collect()
}

fn source(stage: &Rehearsal) -> Source {
    stage.state.list().source().unwrap().clone()
}

#[test]
fn a_list_is_filtered_while_one_types_and_escape_leaves_it_as_it_was() {
    let mut stage = Rehearsal::at(160, 50);
    stage.press("jjj");
    let (inbox, before) = (source(&stage), stage.subject().to_owned());
    stage.press("/subject 1");
    assert_eq!(subjects(&stage), ["subject 1"]);
    stage.press("<Backspace><Backspace>");
    assert_eq!(stage.state.list().len(), 100);
    stage.press("<Esc>");
    assert_eq!((source(&stage), stage.subject()), (inbox, before.as_str()));
    assert!(stage.state.prompt().is_none());
}

#[test]
fn enter_keeps_the_filter_and_then_escape_leaves_it() {
    let mut stage = Rehearsal::at(160, 50);
    let inbox = source(&stage);
    stage.press("/is:unread sender<Enter>");
    assert!(stage.state.prompt().is_none());
    assert_eq!(stage.state.list().len(), 66);
    let kept = Source::Search { words: "is:unread sender".to_owned(), within: Some(Box::new(inbox.clone())) };
    assert_eq!(source(&stage), kept);
    // What was read stays until the cursor has left it, as the store would have it; the list goes on to work.
    stage.press("j<Enter>");
    assert_eq!(stage.state.focus(), Focus::Reader);
    stage.press("q");
    assert_eq!(source(&stage), kept);
    // The same words again, to be changed.
    stage.press("/");
    assert_eq!(stage.state.prompt().unwrap().shown().0.as_str(), "is:unread sender");
    stage.press("<Enter><Esc>");
    assert_eq!(source(&stage), inbox);
    assert_eq!(stage.state.list().len(), 100);
}

#[test]
fn all_mail_is_searched_from_the_list_and_from_a_message() {
    let mut mail = Mailbox::of(5);
    let row = rehearsal::row(50, rehearsal::person("张三", "zs@a.example"), "會議通知");
    mail.rows.insert(FolderId(3), vec![row]);
    let mut stage = Rehearsal::new(mail, 160, 50, Settings::default());
    let inbox = source(&stage);
    stage.press("<Enter>;会议");
    assert_eq!(stage.state.focus(), Focus::List);
    assert_eq!(source(&stage), Source::Search { words: "会议".to_owned(), within: None });
    assert_eq!(subjects(&stage), ["會議通知"]);
    assert_eq!(stage.state.searching().phrases(crate::search::Field::Subject).len(), 1);
    assert_eq!(stage.state.searching().coverage().with_text, 80);
    // A list that is searched is searched with other words, not within what was found.
    stage.press("<Enter>;<C-u>subject<Enter>");
    assert_eq!(source(&stage), Source::Search { words: "subject".to_owned(), within: None });
    stage.press("<Esc>");
    assert_eq!(source(&stage), inbox);
    // A folder is gone to as ever, and there is nothing to go back from.
    stage.press(";会议<Enter>1");
    assert_eq!(source(&stage), inbox);
    stage.press("<Esc>");
    assert_eq!(source(&stage), inbox);
}

#[test]
fn what_cannot_be_understood_leaves_the_list_and_can_be_mended() {
    let mut stage = Rehearsal::at(160, 50);
    stage.press("/subject before:so");
    assert_eq!(stage.state.searching().problem().unwrap().1.trouble, crate::search::Trouble::NoDate);
    assert_eq!(stage.state.list().len(), 100);
    stage.press("<Enter>");
    assert!(stage.state.prompt().is_some(), "what was typed is still there");
    stage.press("<C-u>subject 7<Enter>");
    assert_eq!((subjects(&stage), stage.state.searching().problem().is_none()), (vec!["subject 7".to_owned()], true));
    stage.press("/<C-u><Enter>");
    assert_eq!(stage.state.list().len(), 100, "nothing to look for: nothing is filtered");
    // Emptied and typed anew, there is still a way back.
    let sent = stage.press("2").state.list().source().cloned();
    stage.press("/x<Backspace>y<Esc>");
    assert_eq!(stage.state.list().source().cloned(), sent);
}

#[test]
fn a_search_follows_what_comes_and_what_can_be_found() {
    let mut stage = Rehearsal::at(160, 50);
    stage.press(";subject 3<Enter>");
    assert_eq!(subjects(&stage), ["subject 3"]);
    let more = rehearsal::row(200, rehearsal::person("x", "x@a.example"), "subject 3 again");
    stage.mail.rows.get_mut(&FolderId(1)).unwrap().push(more);
    stage.send(Event::Changed(Changed::Words));
    assert_eq!(subjects(&stage), ["subject 3", "subject 3 again"]);
    // Whoever searches nothing asks for nothing.
    stage.press("<Esc>");
    stage.take();
    stage.send(Event::Changed(Changed::Words));
    assert_eq!(stage.take(), []);
}

#[test]
fn the_list_is_looked_through_while_one_types() {
    let mut stage = Rehearsal::at(160, 50);
    stage.press("/subject<Down><Down><PageDown><Up>");
    let at = stage.state.list().cursor();
    assert!(at > 2, "{at}");
    stage.press("<Enter>");
    assert_eq!(stage.state.list().cursor(), at);
}
