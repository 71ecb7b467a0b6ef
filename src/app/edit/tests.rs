use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation as _;

use super::*;

/// The text with `|` where the cursor stands.
fn shown(buffer: &Buffer) -> String {
    let Place { line, at } = buffer.cursor();
    let mut lines: Vec<String> = (0..buffer.line_count()).map(|line| buffer.line(line).to_owned()).collect();
    lines[line].insert(at, '|');
    lines.join("\n")
}

fn at(text: &str) -> Buffer {
    let before = text.split('|').next().unwrap();
    let mut buffer = Buffer::new(&text.replace('|', ""));
    let line = before.matches('\n').count();
    buffer.go_to(Place { line, at: before.rsplit('\n').next().unwrap().len() });
    buffer
}

fn after(text: &str, work: impl FnOnce(&mut Buffer)) -> String {
    let mut buffer = at(text);
    work(&mut buffer);
    shown(&buffer)
}

#[test]
fn what_moves_as_one_is_never_cut() {
    for (whole, next) in [
        ("|鸿雁", "鸿|雁"),
        ("|👨\u{200d}👩\u{200d}👧x", "👨\u{200d}👩\u{200d}👧|x"),
        ("|e\u{301}x", "e\u{301}|x"),
        ("|🇨🇳🇫🇷", "🇨🇳|🇫🇷"),
        ("|👍🏽!", "👍🏽|!"),
        ("|❤\u{fe0f}a", "❤\u{fe0f}|a"),
        ("a|\nb", "a\n|b"),
        ("|각x", "각|x"),
    ] {
        assert_eq!(after(whole, Buffer::right), next);
        assert_eq!(after(next, Buffer::left), whole);
        let gone = next.split('|').nth(1).unwrap();
        if !next.contains('\n') {
            assert_eq!(after(next, Buffer::backspace), format!("|{gone}"));
            assert_eq!(after(whole, Buffer::delete), format!("|{gone}"));
        }
    }
    // The second half of a flag joins the first: the cursor does not stay between them.
    assert_eq!(after("|🇳x", |buffer| _ = buffer.insert("🇨")), "🇨🇳|x");
}

#[test]
fn a_word_is_a_row_of_one_kind() {
    for (text, next) in [
        ("|hello world", "hello| world"),
        ("hello| world", "hello world|"),
        ("|今天开会，带资料", "今天开会|，带资料"),
        ("今天开会|，带资料", "今天开会，|带资料"),
        ("|用Rust写", "用|Rust写"),
        ("用|Rust写", "用Rust|写"),
        ("|カタカナとひらがな", "カタカナ|とひらがな"),
        ("|한국어 x", "한국어| x"),
        ("ab|\ncd", "ab\n|cd"),
        ("|e\u{301}e x", "e\u{301}e| x"),
    ] {
        assert_eq!(after(text, Buffer::word_right), next);
    }
    for (text, before) in [
        ("hello world|", "hello |world"),
        ("hello |world", "|hello world"),
        ("今天开会，|带资料", "今天开会|，带资料"),
        ("用Rust|写", "用|Rust写"),
        ("ab\n|cd", "ab|\ncd"),
    ] {
        assert_eq!(after(text, Buffer::word_left), before);
    }
    assert_eq!(after("今天 开会|了", Buffer::kill_word_before), "今天 |了");
    assert_eq!(after("|今天 开会", Buffer::kill_word_after), "| 开会");
}

#[test]
fn what_is_cut_can_be_put_in_again_and_cuts_in_a_row_are_one() {
    let text = after("one two three|", |buffer| {
        buffer.kill_word_before();
        buffer.kill_word_before();
        buffer.home();
        buffer.yank();
    });
    assert_eq!(text, "two three|one ");
    assert_eq!(after("ab|cd\nef", Buffer::kill_to_end), "ab|\nef");
    assert_eq!(after("ab|\nef", Buffer::kill_to_end), "ab|ef");
    assert_eq!(after("ab|cd", Buffer::kill_to_start), "|cd");
    let text = after("a|b\ncd", |buffer| {
        buffer.set_mark();
        buffer.down();
        assert!(buffer.copy());
        buffer.to_end();
        buffer.yank();
    });
    assert_eq!(text, "ab\ncdb\nc|");
    let text = after("a|b\ncd", |buffer| {
        buffer.set_mark();
        buffer.down();
        buffer.insert("鸿");
    });
    assert_eq!(text, "a鸿|d");
    let text = after("a|b\ncd", |buffer| {
        buffer.set_mark();
        buffer.down();
        assert!(buffer.cut());
        buffer.undo();
        buffer.redo();
        buffer.yank();
    });
    assert_eq!(text, "ab\nc|d");
}

#[test]
fn undo_goes_by_words_and_pastes_are_one_step() {
    let mut buffer = Buffer::default();
    for c in "hello wide world".chars() {
        buffer.insert(&c.to_string());
    }
    let mut seen = Vec::new();
    while buffer.undo() {
        seen.push(buffer.text());
    }
    assert_eq!(seen, ["hello wide ", "hello ", ""]);
    while buffer.redo() {}
    assert_eq!(buffer.text(), "hello wide world");
    for c in "，鸿雁传书。".chars() {
        buffer.insert(&c.to_string());
    }
    buffer.undo();
    assert_eq!(buffer.text(), "hello wide world，");
    buffer.paste("x\ny z");
    buffer.undo();
    assert_eq!(buffer.text(), "hello wide world，");
    for _ in 0..3 {
        buffer.backspace();
    }
    buffer.undo();
    assert_eq!(buffer.text(), "hello wide world，");
    assert_eq!(buffer.cursor(), Place { line: 0, at: buffer.text().len() });
}

#[test]
fn up_and_down_keep_their_column_over_rows_and_lines() {
    let mut buffer = Buffer::new("今天开会。明天放假。\nab\n后天再说");
    buffer.resize(8, 5);
    let rows: Vec<String> = buffer.rows_in_view().iter().map(|row| row.text.to_string()).collect();
    assert_eq!(rows, ["今天开", "会。明天", "放假。", "ab", "后天再说"]);
    buffer.go_to(Place { line: 0, at: 6 });
    let mut cells = vec![buffer.cursor_cell().unwrap()];
    while buffer.down() {
        cells.push(buffer.cursor_cell().unwrap());
    }
    assert_eq!(cells, [(0, 4), (1, 4), (2, 4), (3, 2), (4, 4)]);
    assert_eq!(buffer.cursor(), Place { line: 2, at: 12 });
    assert_eq!(buffer.counted(), (3, 5));
}

#[test]
fn the_cursor_is_always_in_view() {
    let text: String =
        (0..200).map(|line| format!("line {line} 鸿雁传书 and more of it")).collect::<Vec<_>>().join("\n") + "\n";
    let mut buffer = Buffer::new(&text);
    buffer.resize(11, 6);
    for _ in 0..30 {
        buffer.page_down();
        assert!(buffer.cursor_cell().is_some());
        assert_eq!(buffer.rows_in_view().len(), 6);
    }
    let there = buffer.cursor();
    assert!(there.line > 20, "{there:?}");
    for _ in 0..30 {
        buffer.page_up();
        assert!(buffer.cursor_cell().is_some());
    }
    assert_eq!(buffer.cursor().line, 0);
    buffer.to_end();
    assert_eq!(buffer.cursor_cell(), Some((5, 0)));
    buffer.click(0, 2);
    assert_eq!(buffer.cursor_cell(), Some((0, 2)));
}

#[test]
fn quotations_fold_into_one_row_and_a_change_unfolds_them() {
    let quoted = "你好\n\n> 一\n> 二\n> > 三\n> 四\n\n好的\n------------------ 原始邮件 ------------------\n发件人: x\n正文\n再见";
    let mut buffer = Buffer::new(quoted);
    buffer.resize(60, 20);
    assert!(buffer.toggle_folds());
    let rows: Vec<(Option<usize>, usize)> = buffer.rows_in_view().iter().map(|row| (row.folded, row.depth)).collect();
    assert_eq!(rows, [(None, 0), (None, 0), (Some(4), 1), (None, 0), (None, 0), (Some(4), 0)]);
    assert_eq!(buffer.text(), quoted);
    buffer.down();
    buffer.down();
    assert_eq!((buffer.cursor(), buffer.cursor_cell()), (Place { line: 2, at: 0 }, Some((2, 0))));
    buffer.down();
    assert_eq!(buffer.cursor().line, 6);
    buffer.left();
    buffer.insert("x");
    assert_eq!(buffer.line(2), "x> 一");
    assert_eq!(buffer.rows_in_view().iter().filter(|row| row.folded.is_some()).count(), 1);
    buffer.undo();
    assert!(buffer.toggle_folds(), "what is folded is shown first");
    assert_eq!(buffer.rows_in_view().len(), 12);
    assert_eq!(buffer.text(), quoted);
    assert!(!Buffer::new("a\n> b").toggle_folds());
    // The end of a line above a fold, and the beginning of one below.
    let mut buffer = at("a|\n> 1\n> 2\n> 3\nb");
    buffer.toggle_folds();
    buffer.delete();
    assert_eq!(buffer.text(), "a> 1\n> 2\n> 3\nb");
    let mut buffer = at("a\n> 1\n> 2\n> 3\n|b");
    buffer.toggle_folds();
    buffer.backspace();
    assert_eq!(buffer.text(), "a\n> 1\n> 2\n> 3b");
}

#[test]
fn the_rest_of_a_quotation_is_trimmed() {
    let text = after("x\n> a\n> b|c\n> d\ny", |buffer| assert!(buffer.trim_quotation()));
    assert_eq!(text, "x\n> a\n|y");
    let text = after("x\n--- Original Message ---\na|b\nc", |buffer| assert!(buffer.trim_quotation()));
    assert_eq!(text, "x\n--- Original Message ---\n|");
    assert_eq!(after("x|", |buffer| assert!(!buffer.trim_quotation())), "x|");
}

#[test]
fn a_paragraph_is_filled_anew() {
    let text = after("> the wild goose\n> carries| letters\n\nx", |buffer| assert!(buffer.reflow(14)));
    assert_eq!(text.replace('|', ""), "> the wild\n> goose\n> carries\n> letters\n\nx");
    let text = after("今天开会。\n明|天放假。\n\nx", |buffer| assert!(buffer.reflow(72)));
    assert_eq!(text.replace('|', ""), "今天开会。明天放假。\n\nx");
    assert_eq!(after("|short", |buffer| assert!(!buffer.reflow(72))), "|short");
}

#[test]
fn a_text_becomes_another_and_the_cursor_stays_where_it_was() {
    for (text, other, shown_after) in [
        ("a\nb\n|c", "a\nx\ny\nc", "a\nx\ny\n|c"),
        ("a|\nb\nc", "a\nx\nc", "a|\nx\nc"),
        ("|a", "a\nb", "a\nb|"),
        ("a\nb|", "b", "b|"),
        ("a\na\n|a", "a", "a|"),
        ("|", "鸿\n雁", "鸿\n雁|"),
    ] {
        let mut buffer = at(text);
        let before = buffer.text();
        assert!(buffer.become_text(other));
        assert_eq!(shown(&buffer), shown_after);
        buffer.undo();
        assert_eq!(buffer.text(), before);
        buffer.redo();
        assert!(!buffer.become_text(other));
    }
}

#[test]
fn words_are_found_in_both_directions_and_past_the_end() {
    let mut buffer = Buffer::new("鸿雁 ＱＱ\nqq mail\nnothing");
    let mut found = Vec::new();
    for _ in 0..3 {
        assert!(buffer.find("qq", true, false));
        found.push(buffer.cursor());
    }
    let (first, second) = (Place { line: 0, at: 7 }, Place { line: 1, at: 0 });
    assert_eq!(found, [first, second, first]);
    let hit = buffer.rows_in_view()[0].hit.clone();
    assert_eq!(hit, Some(7..13));
    assert!(buffer.find("QQ", false, false));
    assert_eq!(buffer.cursor(), second);
    assert!(!buffer.find("swan", true, true));
    assert!(buffer.find("", true, true));
}

#[test]
fn what_is_chosen_is_shown() {
    let mut buffer = Buffer::new("鸿雁传书\n第二行");
    buffer.right();
    buffer.set_mark();
    buffer.down();
    buffer.right();
    let chosen: Vec<_> = buffer.rows_in_view().into_iter().map(|row| row.chosen).collect();
    assert_eq!(chosen, [Some((3..12, true)), Some((0..6, false))]);
}

#[test]
fn a_joined_emoji_is_sent_whole_and_drawn_in_parts() {
    let mut buffer = Buffer::default();
    buffer.paste("👨\u{200d}👩 ❤\u{fe0f}\tx");
    assert_eq!(buffer.text(), "👨\u{200d}👩 ❤\u{fe0f}\tx");
    assert_eq!(buffer.rows_in_view()[0].text.as_str(), "👨👩 ❤    x");
    assert_eq!(buffer.cursor_cell(), Some((0, 11)));
}

#[test]
fn a_paste_of_ten_megabytes_is_one_step() {
    let mut buffer = Buffer::new("before ");
    buffer.to_end();
    let much = "鸿雁传书 the goose\r\n".repeat(10 * 1024 * 1024 / 24);
    assert!(buffer.paste(&much));
    assert_eq!(buffer.text().len(), 7 + much.len() - much.matches('\r').count());
    assert!(buffer.cursor_cell().is_some());
    assert!(!buffer.paste(&"x".repeat(MOST_BYTES)), "there is an end");
    assert_eq!(buffer.bytes(), MOST_BYTES);
    buffer.undo();
    assert!(buffer.undo());
    assert_eq!(buffer.text(), "before ");
    assert!(!buffer.undo());
}

/// A text as slow as it is plain.
#[derive(Clone, Debug)]
struct Model {
    text: String,
    at: usize,
}

impl Model {
    fn borders(&self) -> Vec<usize> {
        // A line is a world of its own: nothing joins over its end.
        let mut borders = Vec::new();
        let mut from = 0;
        for line in self.text.split('\n') {
            borders.extend(line.grapheme_indices(true).map(|(at, _)| from + at));
            borders.push(from + line.len());
            from += line.len() + 1;
        }
        borders
    }

    fn snap(&mut self, at: usize) {
        self.at = self.borders().into_iter().find(|border| *border >= at).unwrap_or(self.text.len());
    }

    fn previous(&self) -> usize {
        self.borders().into_iter().rev().find(|border| *border < self.at).unwrap_or(0)
    }

    fn next(&self) -> usize {
        self.borders().into_iter().find(|border| *border > self.at).unwrap_or(self.text.len())
    }

    fn replace(&mut self, from: usize, to: usize, new: &str) {
        self.text.replace_range(from..to, new);
        self.snap(from + new.len());
    }
}

#[derive(Clone, Debug)]
enum Step {
    Type(char),
    Paste(String),
    Backspace,
    Delete,
    Left,
    Right,
    Home,
    End,
    Undo,
    Redo,
    Fold,
    Resize(usize),
    Up,
    Down,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => prop::sample::select("鸿雁传书，。ab >\n🇨🇳👍\u{1f3fd}\u{200d}e\u{301}\u{fe0f}".chars().collect::<Vec<_>>()).prop_map(Step::Type),
        2 => "[鸿雁，。ab >\n🇨\u{301}\r\t]{0,12}".prop_map(Step::Paste),
        3 => Just(Step::Backspace),
        2 => Just(Step::Delete),
        3 => Just(Step::Left),
        3 => Just(Step::Right),
        1 => Just(Step::Home),
        1 => Just(Step::End),
        2 => Just(Step::Undo),
        1 => Just(Step::Redo),
        1 => Just(Step::Fold),
        1 => (2_usize..30).prop_map(Step::Resize),
        1 => Just(Step::Up),
        1 => Just(Step::Down),
    ]
}

fn offset(buffer: &Buffer) -> usize {
    let Place { line, at } = buffer.cursor();
    (0..line).map(|line| buffer.line(line).len() + 1).sum::<usize>() + at
}

proptest! {
    #[test]
    fn a_text_is_what_a_plain_text_would_be(first in "[鸿雁，ab >\n🇨]{0,40}", steps in prop::collection::vec(step(), 0..60)) {
        let mut buffer = Buffer::new(&first);
        buffer.resize(9, 5);
        let mut model = Model { text: first.clone(), at: 0 };
        for step in steps {
            match step.clone() {
                Step::Type(c) => {
                    buffer.insert(&c.to_string());
                    let at = model.at;
                    model.replace(at, at, &c.to_string());
                }
                Step::Paste(text) => {
                    buffer.paste(&text);
                    let at = model.at;
                    let text = text.replace("\r\n", "\n").replace('\r', "\n");
                    if !text.is_empty() {
                        model.replace(at, at, &text);
                    }
                }
                Step::Backspace => {
                    let folded = buffer.rows_in_view().iter().any(|row| row.folded.is_some());
                    if folded { buffer.toggle_folds(); }
                    model.at = offset(&buffer);
                    buffer.backspace();
                    let (from, to) = (model.previous(), model.at);
                    model.replace(from, to, "");
                }
                Step::Delete => {
                    let folded = buffer.rows_in_view().iter().any(|row| row.folded.is_some());
                    if folded { buffer.toggle_folds(); }
                    model.at = offset(&buffer);
                    buffer.delete();
                    let (from, to) = (model.at, model.next());
                    model.replace(from, to, "");
                }
                Step::Left | Step::Right => {
                    let folded = buffer.rows_in_view().iter().any(|row| row.folded.is_some());
                    if folded { buffer.toggle_folds(); }
                    model.at = offset(&buffer);
                    if matches!(step, Step::Left) {
                        buffer.left();
                        model.at = model.previous();
                    } else {
                        buffer.right();
                        model.at = model.next();
                    }
                }
                Step::Home => { buffer.home(); model.at = offset(&buffer); }
                Step::End => { buffer.end(); model.at = offset(&buffer); }
                Step::Fold => { buffer.toggle_folds(); model.at = offset(&buffer); }
                Step::Resize(columns) => { buffer.resize(columns, 5); }
                Step::Up => { buffer.up(); model.at = offset(&buffer); }
                Step::Down => { buffer.down(); model.at = offset(&buffer); }
                Step::Undo => {
                    let before = buffer.text();
                    if buffer.undo() {
                        let gone = buffer.text();
                        buffer.redo();
                        prop_assert_eq!(buffer.text(), before);
                        buffer.undo();
                        prop_assert_eq!(buffer.text(), gone);
                    }
                    model = Model { text: buffer.text(), at: offset(&buffer) };
                }
                Step::Redo => {
                    buffer.redo();
                    model = Model { text: buffer.text(), at: offset(&buffer) };
                }
            }
            prop_assert_eq!(buffer.text(), model.text.as_str(), "{:?}", step);
            prop_assert_eq!(offset(&buffer), model.at, "{:?} in {:?}", step, model.text);
            prop_assert_eq!(buffer.bytes(), model.text.len());
            let cell = buffer.cursor_cell();
            prop_assert!(cell.is_some_and(|(row, column)| row < 5 && column <= buffer.columns), "{:?} {:?}", cell, step);
            // What is in view is the same as if the text had been opened this way.
            let mut anew = buffer.clone();
            for line in &mut anew.lines {
                line.rows = None;
            }
            anew.settle();
            prop_assert_eq!(anew.rows_in_view(), buffer.rows_in_view(), "{:?}", step);
            prop_assert_eq!(anew.cursor_cell(), cell);
        }
        while buffer.undo() {}
        prop_assert_eq!(buffer.text(), first);
    }
}
