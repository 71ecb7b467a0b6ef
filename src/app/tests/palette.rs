//! The palette, and what stands by it: the search of the help, and what follows on a key.

use crate::app::rehearsal::{Mailbox, Rehearsal, folder};
use crate::app::{Action, Choice, Effect, Event, Focus, Names, Settings, TerminalRequest};
use crate::config::keymap::{KeymapFile, Preset};
use crate::model::{Changed, FolderId, Intent, Moment, Person, Query, Role};
use crate::text::SafeText;

fn names() -> Names {
    let mut names = Names { setting: SafeText::of("setting"), person: SafeText::of("write"), ..Names::default() };
    for (action, name) in [(Action::Star, "加或去星标"), (Action::Reply, "回复"), (Action::Quit, "退出")] {
        names.actions.insert(action, SafeText::of(name));
    }
    names.told = vec![(SafeText::of("[look] mouse"), SafeText::of("Whether the mouse is used"))];
    names
}

fn stage_with(keys: &str) -> Rehearsal {
    let mut mail = Mailbox::of(9);
    mail.folders.push(folder(5, 2, "INBOX", Some(Role::Inbox), 0));
    mail.people = vec![
        Person { name: "张三".into(), address: "zs@mail.example".into(), wrote: true },
        Person { name: "张; 四\u{202e}".into(), address: "z4@mail.example".into(), wrote: true },
    ];
    let keys = KeymapFile::parse(keys).unwrap();
    Rehearsal::new(mail, 80, 24, Settings { names: names(), keys, ..Settings::default() })
}

fn stage() -> Rehearsal {
    stage_with("")
}

fn first(stage: &Rehearsal) -> String {
    let chooser = stage.state.finding().unwrap().chooser();
    chooser.at_cursor().map(|entry| format!("{}|{}", entry.name, entry.beside)).unwrap_or_default()
}

#[test]
fn an_action_is_found_by_its_name_its_initials_and_its_word_and_done_where_the_user_was() {
    for typed in ["星标", "xb", "star", "jhqxb"] {
        let mut stage = stage();
        stage.press("jj<C-k>").press(typed);
        assert_eq!(first(&stage), "加或去星标|s", "{typed}: with its key");
        stage.press("<Enter>");
        let stars = stage.deeds().into_iter().filter_map(|effect| match effect {
            Effect::Record(Intent::Flag { placements, .. }) => Some(placements),
            _ => None,
        });
        let marked: Vec<_> = stars.flatten().collect();
        assert_eq!(marked, [stage.state.list().placement_at_cursor().unwrap()], "{typed}");
        assert_eq!(stage.subject(), "subject 2", "{typed}");
    }
}

#[test]
fn what_was_done_last_is_offered_first() {
    let mut stage = stage();
    stage.press("<C-k>xb<Enter><C-k>");
    assert_eq!(first(&stage), "加或去星标|s");
    stage.press("<Enter>");
    assert_eq!(stage.deeds().iter().filter(|effect| matches!(effect, Effect::Record(_))).count(), 2);
}

#[test]
fn folders_accounts_and_settings_are_in_it_too() {
    let mut stage = stage();
    stage.press("<C-k>通知<Enter>");
    assert_eq!(stage.state.folders().open().unwrap().id, FolderId(3));
    stage.press("<C-k>swan163.example");
    assert_eq!(first(&stage), "swan@163.example|");
    stage.press("<Enter>");
    assert_eq!(stage.state.folders().open().unwrap().id, FolderId(5));
    assert!(stage.state.layout().list.is_some() && stage.state.layout().reader.is_some());
    stage.press("<C-k>layout-narrow");
    assert_eq!(first(&stage), "layout-narrow|setting");
    stage.press("<Enter>");
    assert!(stage.state.layout().reader.is_none(), "one pane at a time");
    stage.take();
    stage.press("<C-k>mouse setting<Enter>");
    assert!(stage.deeds().contains(&Effect::Terminal(TerminalRequest::Mouse(false))));
}

#[test]
fn people_are_asked_for_while_they_are_typed_and_written_to() {
    let mut stage = stage();
    stage.press("<C-k>张");
    assert_eq!(stage.take().pop(), Some(Effect::Ask(Query::People { typed: "张".to_owned(), limit: 8 })));
    assert_eq!(first(&stage), "张三 <zs@mail.example>|write");
    stage.press("三<Enter>");
    assert_eq!(stage.state.focus(), Focus::Composer);
    let composer = stage.state.composing().current().unwrap();
    assert_eq!(composer.draft().to, "张三 <zs@mail.example>");
}

#[test]
fn people_who_come_late_are_not_offered_for_something_else() {
    let mut stage = stage();
    stage.answers = false;
    stage.press("<C-k>张<Backspace>q");
    for _ in 0..4 {
        stage.release();
    }
    let chooser = stage.state.finding().unwrap().chooser();
    assert!(chooser.in_view().all(|(entry, _)| entry.beside.as_str() != "write"));
    stage.press("<Esc>");
    stage.send(Event::Changed(Changed::Folders));
    stage.release();
    assert!(stage.state.finding().is_none());
}

#[test]
fn a_command_is_an_action_by_its_own_name() {
    let mut stage = stage();
    stage.press(":star");
    assert_eq!(first(&stage), "star|加或去星标  s");
    stage.press("<Enter>");
    assert!(stage.deeds().iter().any(|effect| matches!(effect, Effect::Record(_))));
    stage.press(":q<Enter>");
    assert!(stage.deeds().contains(&Effect::Quit));
    let mut stage = super::Rehearsal::at(80, 24);
    stage.press("：");
    assert!(stage.state.finding().is_some(), "an input method may be on");
}

#[test]
fn a_draft_offers_what_can_be_done_in_a_draft() {
    let mut stage = stage();
    stage.press("c<A-x>");
    for (typed, offered) in [("send", true), ("discard", true), ("toggle-read", false)] {
        stage.press(typed);
        let shown = |entry: &crate::app::Entry<Choice>| entry.also.as_str() == typed;
        assert_eq!(
            stage.state.finding().unwrap().chooser().in_view().any(|(entry, _)| shown(entry)),
            offered,
            "{typed}"
        );
        stage.press("<C-u>");
    }
    stage.press("<Esc>hello");
    assert_eq!(stage.state.composing().current().unwrap().draft().to, "hello", "keys go to the draft again");
}

#[test]
fn the_help_is_searched_for_keys_settings_and_commands() {
    let mut stage = stage_with("[list]\ns = 'none'\nx = 'star'");
    stage.press("?/星标");
    assert_eq!(first(&stage), "加或去星标|list  x", "with the keys of the user");
    stage.press("<Enter>");
    assert!(stage.state.overlay().is_none() && stage.state.finding().is_none());
    assert!(stage.deeds().iter().any(|effect| matches!(effect, Effect::Record(_))), "Enter does it");
    stage.press("?/mouse used");
    assert_eq!(first(&stage), "Whether the mouse is used|[look] mouse");
    stage.press("<Enter>");
    assert!(stage.state.finding().is_some(), "it is read, and nothing is done");
    stage.press("<Esc>");
    assert!(stage.state.overlay().is_some(), "the help is there again");
}

#[test]
fn who_hesitates_is_told_what_can_follow() {
    let mut stage = stage_with("[list]\ng = 'none'\n'g g' = 'first'\n'g x y' = 'last'");
    stage.press("g");
    assert_eq!(stage.state.following(), None, "whoever knows is not disturbed");
    assert_eq!(stage.state.next_wake(), Some(Moment(stage.state.moment().0 + 300)));
    stage.wait(300);
    let told = stage.state.following().unwrap();
    let keys: Vec<String> = told.keys.iter().map(|(keys, action)| format!("{keys} {}", action.name())).collect();
    assert_eq!((told.pressed.as_str(), keys.join("|")), ("g", "g first|x y last".to_owned()));
    stage.press("x");
    assert_eq!(stage.state.following().unwrap().keys.len(), 1, "who hesitated once goes on being told");
    stage.press("<Esc>");
    assert_eq!(stage.state.following(), None);
    stage.wait(1000);
    assert_eq!(stage.state.following(), None);
}

#[test]
fn the_palette_has_a_key_in_every_preset_and_pane() {
    for preset in Preset::EVERY {
        let (keymap, _) = crate::app::Keymap::new(preset, &KeymapFile::default());
        for pane in crate::config::keymap::KeyPane::EVERY {
            let names = preset.name();
            assert!(keymap.key_of(pane, Action::Palette).is_some(), "{names} {}", pane.code());
        }
    }
}
