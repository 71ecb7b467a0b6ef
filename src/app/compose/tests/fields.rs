//! Fields that the user names, files that are pasted by their names, and keys with Shift.

use super::*;
use crate::config::keymap::KeymapFile;
use crate::letter::NoField;

fn enclosed(path: &str) -> Enclosed {
    let name = path.rsplit('/').next().unwrap().to_owned();
    let from = EnclosedFrom::File(PathBuf::from(path));
    Enclosed { name, kind: "application/pdf".into(), size: 5, from, content_id: None }
}

#[test]
fn fields_of_ones_own_are_written_a_row_each() {
    let mut stage = stage();
    stage.press("ca@a.example<A-c>");
    assert_eq!(current(&stage).focus(), Head::Cc);
    stage.press("<Tab><Tab>me@b.example<Tab>X-Project: 鸿雁<Tab>X-Two：2<Tab>");
    assert_eq!(current(&stage).focus(), Head::Own(2), "there is always one more");
    let draft = draft(&stage);
    let more = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        (draft.reply_to.as_str(), draft.more),
        ("me@b.example", vec![more("X-Project", "鸿雁"), more("X-Two", "2")])
    );
    // They are there again when the draft is.
    stage.press("<Tab>subject<A-c>");
    let heads = current(&stage).heads();
    assert!(heads.contains(&Head::Own(1)) && !heads.contains(&Head::Own(2)), "{heads:?}");
    let again = Composer::new(Sheet(9), None, super::draft(&stage), &senders());
    assert_eq!(again.draft().more, super::draft(&stage).more);
    assert_eq!(again.line(Head::Own(0)).unwrap().text(), "X-Project: 鸿雁");
}

#[test]
fn a_name_that_no_field_can_have_is_refused_in_words() {
    for (typed, why, code) in [
        ("Bcc: a@a.example", NoField::Reserved, "reserved-field"),
        ("content-type: text/html", NoField::Reserved, "reserved-field"),
        ("X Two: 2", NoField::Bad, "bad-field"),
        ("项目: 2", NoField::Bad, "bad-field"),
        (": 2", NoField::Bad, "bad-field"),
    ] {
        let mut stage = stage();
        stage.press("ca@a.example<A-c><Tab><Tab><Tab>");
        stage.press(typed);
        assert_eq!(said(&stage), None, "nobody is interrupted");
        stage.press("<Tab>");
        assert_eq!(said(&stage), Some(code), "{typed}");
        assert_eq!(current(&stage).no_field(Head::Own(0)).map(|(why, _)| why), Some(why));
        stage.press("<C-s>");
        let Stage::Reviewing(review) = current(&stage).stage() else { panic!() };
        assert!(review.is_in_the_way(), "{typed}: {:?}", review.doubts);
        errands(&mut stage);
        stage.press("y");
        assert_eq!((errands(&mut stage), said(&stage)), (vec![], Some("in-the-way")));
    }
}

#[test]
fn a_file_that_is_pasted_by_its_name_is_taken_along_with_one_key() {
    let mut stage = written();
    errands(&mut stage);
    let before = draft(&stage).body;
    stage.send(Event::Paste("'/tmp/a b/c.pdf'".into()));
    assert!(draft(&stage).body.contains("'/tmp/a b/c.pdf'"), "it is a text until then");
    let asked = errands(&mut stage);
    let [Errand::LookFor { sheet, paths, revision }] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(paths, &[PathBuf::from("/tmp/a b/c.pdf")]);
    let found = Tidings::Found { sheet: *sheet, files: vec![enclosed("/tmp/a b/c.pdf")], revision: *revision };
    tell(&mut stage, found.clone());
    assert_eq!(said(&stage), Some("is-file"));
    stage.press("<A-a>");
    assert_eq!((draft(&stage).body, current(&stage).files().len()), (before, 1));
    assert_eq!((said(&stage), current(&stage).stage()), (Some("attached"), &Stage::Editing));
    // Whoever types on means the words.
    stage.send(Event::Paste("file:///tmp/a%20b/d.pdf".into()));
    let asked = errands(&mut stage);
    let Some(Errand::LookFor { sheet, revision, .. }) = asked.last() else { panic!("{asked:?}") };
    let late = Tidings::Found { sheet: *sheet, files: vec![enclosed("/tmp/a b/d.pdf")], revision: *revision };
    tell(&mut stage, late.clone());
    stage.press("<Left><A-a>");
    assert!(matches!(current(&stage).stage(), Stage::Picking(_)), "the offer is over");
    stage.press("<Esc>x");
    tell(&mut stage, late);
    stage.press("<A-a>");
    assert!(matches!(current(&stage).stage(), Stage::Picking(_)), "the text is another one");
    assert_eq!(current(&stage).files().len(), 1);
    // What is no file stays what it was, and nothing is said.
    stage.press("<Esc>");
    stage.wait(30_000);
    let revision = current(&stage).body().revision();
    tell(&mut stage, Tidings::Found { sheet: Sheet(1), files: Vec::new(), revision });
    assert_ne!(said(&stage), Some("is-file"));
    errands(&mut stage);
    stage.send(Event::Paste("see /tmp/a.pdf".into()));
    assert!(!errands(&mut stage).iter().any(|errand| matches!(errand, Errand::LookFor { .. })));
}

#[test]
fn keys_with_shift_are_those_without_where_nobody_says_otherwise() {
    let mut stage = written();
    stage.press("ab<S-Left>c<S-Enter>d");
    assert!(draft(&stage).body.contains("ac\ndb"), "{}", draft(&stage).body);
    let mut mail = Mailbox::of(20);
    mail.people = Vec::new();
    let keys = KeymapFile::parse("[compose]\nS-Enter = 'send'\n").unwrap();
    let mut stage = Rehearsal::new(mail, 80, 24, Settings { senders: senders(), keys, ..Settings::default() });
    stage.press("ca@a.example<Tab>s<Tab>x<S-Enter>");
    assert!(matches!(current(&stage).stage(), Stage::Reviewing(_)));
}
