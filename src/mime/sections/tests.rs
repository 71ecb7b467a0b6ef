mod any_text;

use super::*;

fn found(text: &str) -> Document {
    let mut document = Document::plain(text);
    find(&mut document);
    assert!(is_sound(&document), "{:?}", document.sections);
    document
}

fn is_sound(document: &Document) -> bool {
    let text = document.text.as_untrusted();
    let mut last = 0;
    let mut in_order = |range: &Range<usize>| {
        let good = range.start >= last && range.start < range.end && text.get(range.clone()).is_some();
        last = range.end;
        good
    };
    document.sections.iter().all(|section| in_order(&section.at)) && {
        last = 0;
        let mut in_order = |range: &Range<usize>| {
            let good = range.start >= last && text.get(range.clone()).is_some();
            last = range.end;
            good
        };
        document.links.iter().all(|link| in_order(&link.at))
    }
}

/// A letter for each line: what it belongs to.
fn kinds(text: &str) -> String {
    let document = found(text);
    let mut start = 0;
    text.split('\n')
        .map(|line| {
            let at = start;
            start += line.len() + 1;
            let section = document.sections.iter().find(|section| section.at.start <= at && at < section.at.end);
            match section.map(|section| section.kind) {
                None => '.',
                Some(SectionKind::Quoted) => 'Q',
                Some(SectionKind::Signature) => 'S',
                Some(SectionKind::Fixed) => 'F',
                Some(SectionKind::Added) => '+',
                Some(SectionKind::Removed) => '-',
                Some(SectionKind::Hunk) => '@',
            }
        })
        .collect()
}

/// Lines with the letter that each should have; `.` before a blank line says nothing.
fn check(lines: &[&str]) {
    let text: Vec<&str> = lines.iter().map(|line| line.get(2..).unwrap_or_default()).collect();
    let wanted: Vec<char> = lines.iter().map(|line| line.chars().next().unwrap()).collect();
    let got: Vec<char> = kinds(&text.join("\n")).chars().collect();
    for (number, ((wanted, got), line)) in wanted.iter().zip(&got).zip(&text).enumerate() {
        let is_blank = line.trim().is_empty();
        assert!(
            wanted == got || is_blank && *wanted == '.',
            "line {number} is {got}, not {wanted}: {line:?}\n{text:#?}"
        );
    }
}

#[test]
fn qq_writes_a_divider_and_fields() {
    check(&[
        ". 好的，明天见。",
        ".",
        ".",
        "Q ------------------ 原始邮件 ------------------",
        "Q 发件人: \"李雷\" <lilei@example.com>;",
        "Q 发送时间: 2026年11月17日(星期二) 上午9:30",
        "Q 收件人: \"韩梅梅\" <hanmeimei@example.com>;",
        "Q 主题: 会议",
        "Q",
        "Q 明天十点开会。",
    ]);
    check(&[
        ". fine",
        ".",
        "Q ------------------ Original ------------------",
        "Q From:  \"Li Lei\"<lilei@example.com>;",
        "Q Date:  Sun, Apr 12, 2020 07:25 PM",
        "Q To:  \"Han\"<han@example.com>;",
        "Q",
        "Q Subject:  Re: x",
        "Q",
        "Q words",
    ]);
}

#[test]
fn foxmail_writes_fields_in_chinese() {
    check(&[
        ". 收到。",
        ".",
        ". 李雷",
        "Q 发件人： 韩梅梅",
        "Q 发送时间： 2026-11-17 11:23",
        "Q 收件人： 李雷",
        "Q 抄送： 王芳; 张伟",
        "Q 主题： 回复: 会议",
        "Q 可以。",
        "Q > 更早的话",
        "Q",
        "Q 发件人： 李雷",
        "Q 发送时间： 2026-11-16 11:23",
        "Q 收件人： 韩梅梅",
        "Q 主题： 会议",
        "Q 明天？",
    ]);
    // As Foxmail does it in a table of plain text, with stars from a page.
    check(&[
        ". 收到",
        ".",
        "Q *发件人：* 韩梅梅<a@example.com>",
        "Q *日期：* 2026年11月17日",
        "Q *主题：* 会议",
        "Q 好",
    ]);
}

#[test]
fn outlook_writes_fields_in_any_language() {
    check(&[
        ". Thanks.",
        ".",
        "Q ________________________________",
        "Q From: Ann Lee <ann@example.com>",
        "Q Sent: Tuesday, November 17, 2026 9:30 AM",
        "Q To: Bob <bob@example.com>; Carl <carl@example.com>",
        "Q Subject: plan",
        "Q",
        "Q Here it is.",
        "Q -- ",
        "Q Ann",
    ]);
    check(&[". Thanks.", "Q -----Original Message-----", "Q From: Ann Lee", "Q Sent: Tuesday", "Q words"]);
    check(&[
        ". 好",
        "Q -----原始邮件-----",
        "Q 寄件者: Ann <ann@example.com>",
        "Q 傳送時間: 2026年11月17日",
        "Q 收件者: bob@example.com",
        "Q 主旨: 計畫",
        "Q 文字",
    ]);
    check(&[
        ". ok",
        ".",
        "Q Von: Ann <ann@example.com>",
        "Q Gesendet: Dienstag, 17. November 2026 09:30",
        "Q An: Bob <bob@example.com>",
        "Q Betreff: Plan",
        "Q Text",
    ]);
}

#[test]
fn so_and_so_wrote_in_one_line_or_two() {
    check(&[
        ". Yes.",
        ".",
        "Q On Tue, Nov 17, 2026 at 9:30 AM Ann Lee <ann@example.com> wrote:",
        ".",
        "Q > Shall we?",
        "Q > ",
        "Q > Ann",
    ]);
    check(&[
        ". Yes.",
        "Q On Tue, Nov 17, 2026 at 9:30 AM A Person With Quite A Long Name",
        "Q <ann@example.com> wrote:",
        "Q > Shall we?",
        "Q > We should.",
        ".",
        ". And then this.",
    ]);
    check(&[
        ". 好。",
        ".",
        "Q 李雷 <lilei@example.com> 于2024年1月2日周二 11:23写道：",
        "Q",
        "Q > 明天？",
        ".",
        ". 后来的话",
    ]);
    check(&[". 好。", ".", "Q 在 2026年11月17日，上午9:30，李雷 <lilei@example.com> 写道：", "Q", "Q 明天？"]);
    check(&[
        ". 好。",
        ".",
        "Q At 2019-05-06 10:11:12, \"Li Lei\" <lilei@example.com> wrote:",
        "Q",
        "Q tomorrow?",
        "Q and more",
    ]);
    check(&[". 好。", "Q 在 2026-11-17 09:30:12，\"李雷\" <lilei@example.com> 写道：", "Q 明天？"]);
}

#[test]
fn netease_draws_a_table() {
    check(&[
        ". 好的",
        ".",
        "Q ---- 回复的原邮件 ----",
        "Q | 发件人 | 李雷<lilei@example.com> |",
        "Q | 日期 | 2026年11月17日 09:30 |",
        "Q | 收件人 | <han@example.com> |",
        "Q | 主题 | 会议 |",
        "Q 明天十点。",
    ]);
    check(&[
        ". 好的",
        "Q ---- 回复的原邮件 ----",
        "Q",
        "Q 发件人  李雷<a@example.com>",
        "Q 日期  1",
        "Q 主题  x",
        "Q 好",
    ]);
    check(&[
        ". fine",
        "Q ---- Replied Message ----",
        "Q | From | Li Lei<lilei@example.com> |",
        "Q | Date | 11/17/2026 09:30 |",
        "Q | Subject | x |",
        "Q words",
    ]);
}

#[test]
fn a_rule_and_fields_as_others_write_them() {
    check(&[
        ". 收到",
        "Q ------------------------------------------------------------------",
        "Q 发件人：李雷 <lilei@example.com>",
        "Q 发送时间：2026年11月17日(星期二) 09:30",
        "Q 收件人：韩梅梅 <han@example.com>",
        "Q 主\u{3000}题：会议",
        ".",
        "Q 明天十点。",
    ]);
    check(&[
        ". 收到",
        "Q -----原始邮件-----",
        "Q 发件人:李雷 <lilei@example.com>",
        "Q 发送时间:2026-11-17 09:30:00 (星期二)",
        "Q 收件人: a@example.com, b@example.com,",
        "Q  c@example.com",
        "Q 主题: 会议",
        "Q 明天十点。",
    ]);
}

#[test]
fn what_is_sent_on_is_there_to_be_read() {
    check(&[
        ". 请看下面这封。",
        ".",
        ". ---------- Forwarded message ---------",
        ". From: Ann <ann@example.com>",
        ". Date: Tue, Nov 17, 2026",
        ". Subject: x",
        ". To: <b@example.com>,",
        ".  <c@example.com>",
        ".",
        ". words",
        ".",
        "Q -----Original Message-----",
        "Q From: Bob <bob@example.com>",
        "Q Sent: Monday",
        "Q older words",
    ]);
    check(&[
        ". FYI",
        ". Begin forwarded message:",
        ".",
        ". From: Ann <ann@example.com>",
        ". Subject: x",
        ". Date: 1",
        ". To: b@example.com",
        ".",
        ". words",
    ]);
}

#[test]
fn marked_lines_end_where_somebody_answers() {
    check(&[
        "Q Ann wrote:",
        "Q > one",
        "Q >> two",
        "Q",
        "Q > three",
        ". My answer.",
        "Q > four",
        "Q > five",
        ". Another.",
    ]);
    // A face and a prompt are no quotation.
    check(&[". I see", ". >:-(", ". indeed", ". >From here it is fine", ". words"]);
}

#[test]
fn what_only_looks_like_a_block_is_none() {
    // A timetable.
    check(&[". Your trip:", ". From: Shanghai", ". To: Beijing", ". Date: 17 November", ". Seat: 12A", ". Enjoy."]);
    check(&[". 行程：", ". 日期：2026-11-17", ". 主题：参观", ". 欢迎。"]);
    check(&[". He wrote:", ". it was fine.", ". And more."]);
    check(&[". one", ". --------------------", ". two"]);
    check(&[". one", ". ________________________________", ". two"]);
    // Of a notice that somebody forwards without a word nothing is folded.
    check(&[
        ". ---------- Forwarded message ---------",
        ". From: Ann <ann@example.com>",
        ". Date: Tue, Nov 17, 2026",
        ". Subject: x",
        ". To: <b@example.com>",
        ".",
        ". words",
    ]);
}

#[test]
fn signatures_and_footers() {
    check(&[". words", ".", "S -- ", "S Li Lei", "S Example Ltd."]);
    check(&[". words", "S -- ", "S Li Lei", ".", "Q > one", "Q > two"]);
    check(&[". words", ".", "S 发自我的iPhone"]);
    check(&[". words", "S Sent from my iPhone", ".", "Q > a", "Q > b"]);
    check(&[
        ". words",
        "S 发自我的 iPhone",
        ".",
        "Q ------------------ 原始邮件 ------------------",
        "Q 发件人: a <a@example.com>",
        "Q 发送时间: 1",
        "Q 主题: x",
    ]);
    check(&[
        ". words",
        ".",
        "S _______________________________________________",
        "S tern-devel mailing list -- tern-devel@lists.example",
        "S https://lists.example/mailman/listinfo/tern-devel",
    ]);
    // A table of contents after dashes is no signature.
    let lines: Vec<String> = std::iter::once(". --".to_owned()).chain((0..40).map(|n| format!(". line {n}"))).collect();
    check(&lines.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn patches_are_known_line_by_line() {
    check(&[
        ". words",
        ". ---",
        "F  src/width.rs | 21 +++++++++---",
        ".  1 file changed, 12 insertions(+), 9 deletions(-)",
        ".",
        "F diff --git a/src/width.rs b/src/width.rs",
        "F index 3f1c2aa..9d04b71 100644",
        "F --- a/src/width.rs",
        "F +++ b/src/width.rs",
        "@ @@ -14,5 +14,6 @@ pub fn columns(text: &str) -> usize {",
        "F  context",
        "- -    text.chars()",
        "+ +    text.graphemes(true)",
        "+ +        .sum()",
        "F  }",
        "F ",
        "F  #[test]",
        "S -- ",
        "S 2.47.1",
    ]);
    let text = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,1 +1,1 @@\n-a\n+b\n\\ No newline at end of file\nafter";
    assert_eq!(kinds(text), "FFF@-+F.");
    // A list with dashes is not one.
    check(&[". - one", ". + two", ". - three", ". --- four"]);
}

#[test]
fn what_stands_in_columns_is_fixed() {
    check(&[
        ". Prices:",
        ".",
        "F apples      12      kg",
        "F pears        7      kg",
        "F oranges    101      kg",
        ".",
        ". Thanks.",
    ]);
    check(&[". 表：", ".", "F ┌────┬────┐", "F │ 甲 │ 乙 │", "F └────┴────┘", ".", ". 完"]);
    check(&[
        ". it fails:",
        ".",
        "F java.lang.NullPointerException: x",
        "F     at com.example.Main.run(Main.java:12)",
        "F     at com.example.Main.main(Main.java:3)",
        ".",
        ". any idea?",
    ]);
    check(&[
        ". it fails:",
        "F Traceback (most recent call last):",
        "F   File \"x.py\", line 1, in <module>",
        "F     import y",
        "F ModuleNotFoundError: No module named 'y'",
    ]);
    check(&[". log:", "F 2026-11-17 09:30:00 start", "F 2026-11-17 09:30:01 stop"]);
    check(&[". words   with   blanks", ". but   no   columns   at all", ". in   them"]);
}

#[test]
fn what_is_known_of_a_page_stays() {
    let text = "new words\nquoted words\nAnn wrote:\n> more\n> marks\n";
    let at = text.find("quoted").unwrap()..text.find("Ann").unwrap() - 1;
    let sections = vec![Section { at, kind: SectionKind::Quoted }];
    let mut document = Document { sections, ..Document::plain(text) };
    find(&mut document);
    assert!(is_sound(&document));
    let all: Vec<&str> = document.sections.iter().map(|section| text.get(section.at.clone()).unwrap()).collect();
    assert!(all.concat().contains("quoted words") && all.concat().contains("> marks"), "{all:?}");
}

#[test]
fn addresses_in_any_section_are_links() {
    let document = found("see https://a.example\n> and www.b.example/x\n> more\n");
    let urls: Vec<&str> = document.links.iter().map(|link| link.url.as_untrusted()).collect();
    assert_eq!(urls, ["https://a.example", "http://www.b.example/x"]);
}
