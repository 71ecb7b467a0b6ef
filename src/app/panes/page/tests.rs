use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::model::{Address, Document};

fn page(text: &str) -> Page {
    Page::new(Readable { subject: "s".into(), document: Document::plain(text), ..Readable::default() }, false)
}

fn texts(lines: &[PageLine]) -> Vec<&str> {
    lines.iter().map(|line| line.text.as_str()).collect()
}

#[test]
fn mail_that_only_we_have_says_so_in_its_head() {
    let fields = |only_here| {
        let page = Page::new(
            Readable { document: Document::plain("hi"), date: Some(Timestamp(1)), ..Readable::default() },
            only_here,
        );
        page.window(Place::default(), 40, 9).into_iter().map(|line| line.field).collect::<Vec<_>>()
    };
    let [with, without] = [true, false].map(fields);
    assert_eq!(with[1..4], [Field::Date(Timestamp(1)), Field::OnlyHere, Field::Rule]);
    assert!(!without.contains(&Field::OnlyHere));
}

#[test]
fn a_name_never_stands_without_its_address() {
    let who = Address { name: "客服 service@bank.example".into(), address: "x@evil.example".into() };
    let page = Page::new(Readable { from: vec![who], document: Document::plain("hi"), ..Readable::default() }, false);
    assert_eq!(texts(&page.window(Place::default(), 60, 2)), ["", "客服 service@bank.example <x@evil.example>"]);
}

#[test]
fn r02_fields_without_end_are_few_lines_and_no_name_hides_its_address() {
    let endless = "鸿".repeat(20_000);
    let who = Address { name: endless.as_str().into(), address: "x@evil.example".into() };
    let page = Page::new(Readable { subject: endless.as_str().into(), from: vec![who], ..Readable::default() }, false);
    let lines = page.window(Place::default(), 60, 1_000);
    let of = |field| lines.iter().filter(|line| line.field == field).map(|line| line.text.as_str()).collect::<String>();
    assert!(lines.len() < 100, "{}", lines.len());
    assert!(of(Field::Subject).ends_with("鸿…"));
    assert!(of(Field::From).ends_with("鸿…<x@evil.example>"), "{}", of(Field::From));
}

#[test]
fn quotes_are_counted_and_broken_lines_keep_their_depth() {
    let page = page("> > one two three\n>>four\nfive");
    let lines = page.window(Place { block: 2, line: 0 }, 10, 9);
    let depths: Vec<Field> = lines.iter().map(|line| line.field).collect();
    assert_eq!(texts(&lines), ["> > one", "> > two", "> > three", ">>four", "five"]);
    let quote = |quote| Field::Text { quote };
    assert_eq!(depths, [quote(2), quote(2), quote(2), quote(2), quote(0)]);
}

#[test]
fn the_end_fills_the_window_and_an_empty_text_says_so() {
    let long: String = (0..100).map(|n| format!("line {n}")).collect::<Vec<_>>().join("\n");
    let page_of_100 = page(&long);
    let end = page_of_100.end(40, 10);
    let lines = page_of_100.window(end, 40, 10);
    assert_eq!(lines.len(), 10);
    assert_eq!(lines.last().unwrap().text.as_str(), "line 99");
    assert_eq!(page_of_100.down(Place::default(), 40, 1000).block, 101);
    assert_eq!(page(" \n ").window(Place { block: 2, line: 0 }, 40, 5)[0].field, Field::NoText);
}

#[test]
fn lines_that_end_as_mail_ends_them_are_lines() {
    let rows = |text: &str| page(text).window(Place { block: 2, line: 0 }, 40, 20).len();
    assert_eq!(rows("a\r\nb\r\n\r\nc\r\n"), rows("a\nb\n\nc\n"));
    assert_eq!(rows("a\r\nb"), rows("a\nb"));
}

#[test]
fn m20_fifty_megabytes_in_one_line_open_at_once_at_both_ends() {
    let text = "鸿雁在云鱼在水，惆怅此情难寄。".repeat(50 * 1024 * 1024 / 45);
    let started = crate::model::clock::instant();
    let page = page(&text);
    let opened = started.elapsed();
    let end = page.end(80, 40);
    assert_eq!(page.window(end, 80, 40).len(), 40);
    assert_eq!(page.window(page.up(end, 80, 40), 80, 40).len(), 40);
    let looked = started.elapsed().saturating_sub(opened);
    println!("opened in {opened:?}, both ends in {looked:?}");
    // Generous: this runs unoptimised beside other tests. Breaking all of it would take minutes here.
    assert!(opened < Duration::from_secs(5) && looked < Duration::from_secs(1));
}

/// As a page of a shop comes out of the decoder: marks, links, tables and quotations everywhere.
#[test]
fn m20_two_megabytes_with_something_known_of_every_word_open_at_once() {
    use crate::model::{Link, Look, Mark, Section, Table};
    let mut document = Document::default();
    let mut text = String::new();
    for nth in 0..40_000_u32 {
        let from = text.len();
        text.push_str("鸿雁在云 goose\tcell two\tcell three 惆怅\n");
        let look = Look { strong: true, colour: Some((200, 0, 0)), ..Look::default() };
        document.marks.push(Mark { at: from..from + 12, look });
        document.links.push(Link { at: from + 13..from + 18, url: "https://a.example/".into() });
        if nth % 50 == 0 {
            let cells = vec![from..from + 18, from + 19..from + 27, from + 28..text.len() - 1];
            document.tables.push(Table { at: from..text.len(), rows: vec![cells] });
        } else if nth % 50 == 1 {
            document.sections.push(Section { at: from..text.len(), kind: SectionKind::Quoted });
        }
    }
    document.text = text.into();
    let started = crate::model::clock::instant();
    let mut page = Page::new(Readable { document, ..Readable::default() }, false);
    page.over.numbered = true;
    page.over.hits = (0..10_000).map(|nth| nth * 40..nth * 40 + 3).collect();
    let end = page.end(80, 40);
    assert_eq!(page.window(end, 80, 40).len(), 40);
    assert_eq!(page.window(page.up(end, 80, 500), 80, 40).len(), 40);
    let took = started.elapsed();
    println!("opened and looked at in {took:?}");
    // Generous: this runs unoptimised beside other tests.
    assert!(took < Duration::from_secs(2), "{took:?}");
}

proptest! {
    #[test]
    fn up_undoes_down(text in "([a-z鸿雁 >]{0,60}\n){0,20}", columns in 1_usize..50, by in 0_usize..60) {
        let page = page(&text);
        let down = page.down(Place::default(), columns, by);
        let whole = page.window(Place::default(), columns, usize::MAX);
        let at = whole.len() - page.window(down, columns, usize::MAX).len();
        prop_assert_eq!(at, by.min(whole.len() - 1));
        prop_assert_eq!(page.up(down, columns, at), Place::default());
        prop_assert_eq!(page.up(down, columns, at + 7), Place::default());
    }

    /// Whatever is said of the text: nothing panics, every line fits, and all of the text is there.
    #[test]
    fn t12_m20_a_document_that_says_anything_of_itself_can_be_walked_through(
        text in "([a-z鸿雁，。e\u{301}👨‍👩‍👧\u{202e}\u{1b} >\t|-]{0,40}\r?\n){0,25}",
        ranges in prop::collection::vec((0_usize..700, 0_usize..60), 0..40),
        ordered in any::<bool>(),
        columns in 8_usize..90,
        numbered in any::<bool>(),
    ) {
        use crate::model::{Link, Look, Mark, Section, Table};
        let mut document = Document::plain(text.as_str());
        let mut all: Vec<std::ops::Range<usize>> = ranges.iter().map(|(at, length)| *at..at + length).collect();
        if ordered {
            all.sort_by_key(|at| at.start);
        }
        const KINDS: [SectionKind; 6] = [
            SectionKind::Quoted,
            SectionKind::Signature,
            SectionKind::Fixed,
            SectionKind::Added,
            SectionKind::Removed,
            SectionKind::Hunk,
        ];
        for (nth, at) in all.into_iter().enumerate() {
            match nth % 4 {
                0 => document.marks.push(Mark { at, look: Look { strong: true, ..Look::default() } }),
                1 => document.links.push(Link { at, url: "x".into() }),
                2 => {
                    let middle = at.start.midpoint(at.end);
                    let rows = vec![vec![at.start..middle, middle..at.end], vec![at.clone(), middle..at.end]];
                    document.tables.push(Table { at, rows });
                }
                _ => document.sections.push(Section { at, kind: KINDS[nth / 4 % KINDS.len()] }),
            }
        }
        let plain = document.marks.is_empty() && document.tables.is_empty() && document.sections.is_empty();
        let mut page = Page::new(Readable { document, ..Readable::default() }, false);
        page.over.numbered = numbered;
        page.over.hits = vec![3..9, 20..21];
        for _ in 0..2 {
            let whole = page.window(Place::default(), columns, usize::MAX);
            for line in &whole {
                prop_assert!(width(line.text.as_str()) <= columns, "{:?}", line.text);
                prop_assert!(line.runs.last().is_none_or(|run| run.to == line.text.as_str().len()));
            }
            let end = page.down(Place::default(), columns, usize::MAX / 2);
            prop_assert_eq!(page.up(end, columns, whole.len() - 1), Place::default());
            let _ = page.place_of(text.len() / 2, columns);
            page.fold(!page.is_folded());
        }
        if plain && !numbered {
            let said = |lines: &[PageLine]| lines.iter().map(|line| line.text.as_str()).collect::<String>().replace(' ', "");
            let shown = said(&page.window(Place { block: 2, line: 0 }, columns, usize::MAX));
            let meant: String = SafeText::lines(&text.trim_end().into()).iter().map(SafeText::as_str).collect();
            prop_assert!(shown.starts_with(&meant.replace(' ', "")) || meant.trim().is_empty() || shown.contains('>'));
        }
    }
}
