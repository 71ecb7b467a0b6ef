use super::*;

fn file(written: &str) -> KeymapFile {
    KeymapFile::parse(written).unwrap()
}

fn troubles(written: &str) -> Vec<(String, KeyTrouble)> {
    let (_, problems) = Keymap::new(Preset::Default, &file(written));
    problems.into_iter().map(|problem| (problem.key, problem.trouble)).collect()
}

#[test]
fn presets_have_no_conflict_and_name_only_what_exists() {
    for preset in Preset::EVERY {
        let (_, problems) = Keymap::new(preset, &KeymapFile::default());
        assert_eq!(problems, [], "{}", preset.name());
    }
}

#[test]
fn arrows_enter_and_esc_work_in_every_preset_and_pane() {
    for preset in Preset::EVERY {
        let (keymap, _) = Keymap::new(preset, &KeymapFile::default());
        for pane in [KeyPane::List, KeyPane::Reader, KeyPane::Folders, KeyPane::Overlay, KeyPane::Choice] {
            for key in ["Up", "Down", "Esc"] {
                let meaning = keymap.meaning(pane, &[key.parse().unwrap()]);
                assert!(matches!(meaning, Meaning::Action(_)), "{key} in {} of {}", pane.code(), preset.name());
            }
            assert!(keymap.key_of(pane, Action::Quit).is_some(), "no way out of {}", pane.code());
            assert!(keymap.key_of(pane, Action::Help).is_some());
            assert_eq!(keymap.meaning(pane, &["C-e".parse().unwrap()]), Meaning::Action(Action::History));
        }
        // What was said is paged through with the same keys everywhere.
        for (key, action) in [
            ("n", Action::NextAccount),
            ("Tab", Action::NextAccount),
            ("p", Action::PreviousAccount),
            ("PageUp", Action::PageUp),
            ("PageDown", Action::PageDown),
            ("q", Action::Back),
        ] {
            let meaning = keymap.meaning(KeyPane::Overlay, &[key.parse().unwrap()]);
            assert_eq!(meaning, Meaning::Action(action), "{key} in {}", preset.name());
        }
    }
}

#[test]
fn what_is_wrong_with_a_users_keys_is_told() {
    assert_eq!(troubles("[list]\n'g g' = 'first'"), [("g".to_owned(), KeyTrouble::Prefix)]);
    assert_eq!(troubles("[list]\n'J x' = 'first'"), [("J".to_owned(), KeyTrouble::Prefix)]);
    assert_eq!(troubles("[list]\n'j' = 'fly'"), [("j".to_owned(), KeyTrouble::UnknownAction)]);
    assert_eq!(troubles("[list]\n'jj' = 'down'"), [("jj".to_owned(), KeyTrouble::NotAKey)]);
    assert_eq!(troubles("[list]\n'x' = 'down'\n'ｘ' = 'up'"), [("ｘ".to_owned(), KeyTrouble::Twice)]);
    assert_eq!(troubles("[list]\ng = 'none'\n'g g' = 'first'"), []);
}

#[test]
fn the_users_key_comes_before_the_preset_and_the_pane_before_everywhere() {
    let (keymap, problems) =
        Keymap::new(Preset::Default, &file("[list]\nj = 'star'\ns = 'none'\n[reader]\ns = 'down'"));
    assert_eq!(problems, []);
    let press = |key: &str| [key.parse::<KeyPress>().unwrap()];
    assert_eq!(keymap.meaning(KeyPane::List, &press("j")), Meaning::Action(Action::Star));
    assert_eq!(keymap.meaning(KeyPane::Reader, &press("s")), Meaning::Action(Action::Down));
    assert_eq!(keymap.meaning(KeyPane::Folders, &press("s")), Meaning::Nothing);
    assert_eq!(keymap.meaning(KeyPane::Folders, &press("J")), Meaning::Action(Action::NextFolder));
    assert_eq!(keymap.meaning(KeyPane::List, &press("？")), Meaning::Action(Action::Help));
    assert_eq!(keymap.meaning(KeyPane::List, &press("X")), Meaning::Nothing);
}

#[test]
fn a_row_of_keys_is_waited_for() {
    let (keymap, _) = Keymap::new(Preset::Default, &file("[list]\ng = 'none'\n'g g' = 'first'"));
    let g: KeyPress = "g".parse().unwrap();
    assert_eq!(keymap.meaning(KeyPane::List, &[g]), Meaning::More);
    assert_eq!(keymap.meaning(KeyPane::List, &[g, g]), Meaning::Action(Action::First));
}

#[test]
fn what_is_done_in_a_message_has_a_key_in_every_preset() {
    use Action as A;
    for preset in Preset::EVERY {
        let (keymap, _) = Keymap::new(preset, &KeymapFile::default());
        for action in [
            A::SwitchForm,
            A::NextCharset,
            A::Headers,
            A::Source,
            A::FoldQuotes,
            A::Search,
            A::NextHit,
            A::PreviousHit,
            A::NextLink,
            A::PreviousLink,
            A::OpenLink,
            A::Links,
            A::Attachments,
            A::SaveAll,
            A::Pipe,
            A::Print,
        ] {
            assert!(keymap.key_of(KeyPane::Reader, action).is_some(), "{} in {}", action.name(), preset.name());
        }
        for action in [A::Open, A::Back, A::Save, A::SaveAll, A::Pipe] {
            assert!(keymap.key_of(KeyPane::Choice, action).is_some(), "{} in {}", action.name(), preset.name());
        }
        assert_eq!(keymap.meaning(KeyPane::Choice, &["Enter".parse().unwrap()]), Meaning::Action(A::Open));
    }
}

#[test]
fn in_a_draft_no_command_is_a_letter() {
    for preset in Preset::EVERY {
        let table = KeymapFile::preset(preset);
        for key in table.compose.keys() {
            assert!(!is_written(&KeySequence::parse(key).unwrap()), "{key} in {}", preset.name());
        }
        let (keymap, _) = Keymap::new(preset, &KeymapFile::default());
        assert_eq!(keymap.keys_of(KeyPane::Compose, Action::Help).len(), 1, "only F1");
        for (pane, action) in [
            (KeyPane::Compose, Action::Send),
            (KeyPane::Compose, Action::Back),
            (KeyPane::Compose, Action::Quit),
            (KeyPane::Review, Action::Send),
            (KeyPane::Review, Action::Back),
            (KeyPane::Review, Action::Quit),
            (KeyPane::List, Action::ToDraft),
            (KeyPane::Reader, Action::ToDraft),
            (KeyPane::List, Action::Undo),
        ] {
            assert!(keymap.key_of(pane, action).is_some(), "{} in {}", action.name(), pane.code());
        }
        // What terminals without other protocols cannot tell from Tab, Enter and Backspace.
        for key in ["C-i", "C-m", "C-j", "C-h", "C-["] {
            assert_eq!(keymap.meaning(KeyPane::Compose, &[key.parse().unwrap()]), Meaning::Nothing, "{key}");
        }
    }
}
