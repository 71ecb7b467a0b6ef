//! What messages can begin with, and drafts that a server keeps.

use super::*;
use crate::text::Text;

fn entry(name: &str) -> FileEntry {
    let path = PathBuf::from(format!("/t/{name}"));
    FileEntry { path, name: Text::new(name.to_owned()), size: 10, is_folder: false }
}

fn chosen(keys: &str) -> (Rehearsal, Vec<Errand>) {
    let mut stage = stage();
    stage.press("c");
    errands(&mut stage);
    stage.press("<A-t>");
    let [Errand::ListTemplates { sheet }] = errands(&mut stage)[..] else { panic!() };
    let files = vec![entry("weekly.txt"), entry("invoice.txt"), entry("周报.md")];
    tell(&mut stage, Tidings::Templates { sheet, folder: SafeText::of("~/t"), files });
    assert!(matches!(current(&stage).stage(), Stage::Picking(_)));
    stage.press(keys);
    let asked = errands(&mut stage);
    (stage, asked)
}

#[test]
fn a_template_is_chosen_by_a_few_letters_and_its_blanks_are_filled() {
    let (mut stage, asked) = chosen("inv<Enter>");
    let [Errand::ReadTemplate { sheet, path }] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(path, &PathBuf::from("/t/invoice.txt"));
    let written =
        "Subject: 发票 {date}\nTo: 王 五 <wang@goose.example>\nX-Kind: bill\n\n{name}（{first-name}）：\n见附件。\n";
    tell(&mut stage, Tidings::Template { sheet: *sheet, result: Ok(written.into()) });
    let draft = draft(&stage);
    assert_eq!((draft.subject.as_str(), draft.to.as_str()), ("发票 2025-03-12", "王 五 <wang@goose.example>"));
    assert_eq!(draft.body, "王 五（王）：\n见附件。\n\n\n-- \n鸿雁\n", "the signature stays below");
    assert_eq!(draft.more, [("X-Kind".to_owned(), "bill".to_owned())]);
    assert_eq!(current(&stage).focus(), Head::Body);
    stage.wait(1_000);
    assert!(matches!(errands(&mut stage).as_slice(), [Errand::Keep { .. }]));
}

#[test]
fn what_is_written_already_stays() {
    let mut stage = written();
    let sheet = current(&stage).sheet();
    let written = "Subject: other\nTo: x@x.example\n\nmore\n".to_owned();
    tell(&mut stage, Tidings::Template { sheet, result: Ok(written) });
    let draft = draft(&stage);
    assert_eq!((draft.subject.as_str(), draft.to.as_str()), ("会议", "wang@goose.example"));
    assert!(draft.body.starts_with("下午三点。\nmore\n"), "{}", draft.body);
    // Of another draft, or while it is looked over, nothing is put in.
    tell(&mut stage, Tidings::Template { sheet: Sheet(77), result: Ok("x".into()) });
    stage.press("<C-s>");
    tell(&mut stage, Tidings::Template { sheet, result: Ok("x".into()) });
    assert_eq!(super::draft(&stage), draft);
}

#[test]
fn nobody_leaves_the_templates_for_other_folders() {
    for keys in ["<Left>", "<Backspace>", "zzz<Enter>"] {
        let (stage, asked) = chosen(keys);
        assert!(asked.is_empty() && matches!(current(&stage).stage(), Stage::Picking(_)), "{keys}: {asked:?}");
    }
    let (stage, _) = chosen("<Esc>");
    assert_eq!(current(&stage).stage(), &Stage::Editing);
    let mut stage = self::stage();
    stage.press("c<A-t>");
    let none = Tidings::Templates { sheet: Sheet(1), folder: SafeText::of("~/t"), files: Vec::new() };
    tell(&mut stage, none);
    assert_eq!((said(&stage), current(&stage).stage()), (Some("no-templates"), &Stage::Editing));
}

#[test]
fn a_draft_of_the_server_is_written_on() {
    let mut mail = Mailbox::of(3);
    mail.folders.push(folder(9, 1, "Drafts", Some(Role::Drafts), 0));
    mail.rows.insert(FolderId(9), vec![row(50, crate::app::rehearsal::person("me", "me@qq.example"), "half of it")]);
    let with = |settings| Rehearsal::new(mail.clone(), 80, 24, settings);
    let mut stage = with(Settings { senders: senders(), ..Settings::default() });
    stage.press("3");
    stage.wait(500);
    errands(&mut stage);
    stage.press("<Enter>");
    let asked = errands(&mut stage);
    assert!(matches!(asked.as_slice(), [Errand::Prepare { how: Answering::AsNew, .. }]), "{asked:?}");
    // Who can send nothing reads it.
    let mut stage = with(Settings::default());
    stage.press("3");
    stage.wait(500);
    stage.press("<Enter>");
    assert_eq!(stage.state.focus(), Focus::Reader);
}
