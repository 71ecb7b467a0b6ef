use super::*;

fn of(names: &[&str]) -> Chooser<usize> {
    let entry = |(at, name): (usize, &&str)| Entry::new(at, SafeText::of(name));
    let mut chooser = Chooser::new(names.iter().enumerate().map(entry).collect());
    chooser.resize(50);
    chooser
}

fn found(chooser: &mut Chooser<usize>, typed: &str) -> String {
    while !chooser.line.is_empty() {
        chooser.press("Backspace".parse().unwrap());
    }
    chooser.paste(typed);
    chooser.in_view().map(|(entry, _)| entry.name.as_str()).collect::<Vec<_>>().join("|")
}

#[test]
fn by_letters_by_characters_and_by_sounds() {
    let mut all =
        of(&["收件箱", "已发送", "其他文件夹/项目/二〇二五年度", "Archive", "archived/2024", "QQ邮件订阅", "银行"]);
    for (typed, names) in [
        ("sjx", "收件箱"),
        ("shoujian", "收件箱"),
        ("shoujx", "收件箱"),
        ("收箱", "收件箱"),
        ("ＱＱ", "QQ邮件订阅"),
        ("qqyj", "QQ邮件订阅"),
        ("邮件", "QQ邮件订阅"),
        ("xm", "其他文件夹/项目/二〇二五年度"),
        ("arch", "Archive|archived/2024"),
        ("ARC", "Archive|archived/2024"),
        ("a24", "archived/2024"),
        ("yfs", "已发送"),
        ("yh", "银行"),
        ("yinxing", "银行"),
        ("zzz", ""),
    ] {
        assert_eq!(found(&mut all, typed), names, "{typed}");
    }
    assert_eq!(found(&mut all, "").matches('|').count(), 6, "with nothing typed all of them are there");
}

#[test]
fn what_is_nearest_stands_first() {
    let mut all = of(&["lists/rust-dev", "restored", "Rust", "grusty", "r.u.s.t"]);
    assert_eq!(found(&mut all, "rust"), "Rust|lists/rust-dev|r.u.s.t|grusty");
    let mut all = of(&["写邮件", "下一封邮件", "上一封邮件", "邮件头"]);
    assert_eq!(found(&mut all, "youjiant"), "邮件头");
    assert_eq!(found(&mut all, "yj"), "邮件头|写邮件|下一封邮件|上一封邮件");
}

#[test]
fn several_words_are_wanted_in_any_order() {
    let entry = |at, name: &str, also: &str| {
        Entry::new(at, SafeText::of(name)).also(SafeText::of(also)).beside(SafeText::of("me@qq.example"))
    };
    let mut all = Chooser::new(vec![entry(0, "收件箱", "INBOX"), entry(1, "Invoices 2024", "bills")]);
    all.resize(9);
    for (typed, names) in [
        ("2024 inv", "Invoices 2024"),
        ("inbox", "收件箱"),
        ("qq sjx", "收件箱"),
        ("inbox bills", ""),
        ("qq", "收件箱|Invoices 2024"),
    ] {
        assert_eq!(found(&mut all, typed), names, "{typed}");
    }
}

#[test]
fn what_was_chosen_lately_stands_before_what_fits_alike() {
    let entry = |at: usize, name: &str, lately| Entry::new(at, SafeText::of(name)).lately(lately);
    let mut all = Chooser::new(vec![entry(0, "one", 0), entry(1, "two", 2), entry(2, "ten", 1)]);
    all.resize(9);
    assert_eq!(found(&mut all, ""), "ten|two|one");
    assert_eq!(found(&mut all, "t"), "ten|two");
    assert_eq!(found(&mut all, "o"), "one|two");
}

#[test]
fn keys_move_take_and_give_up() {
    let mut all = of(&["a1", "a2", "b1", "a3"]);
    all.resize(2);
    let mut press = |keys: &str| keys.split(' ').map(|key| all.press(key.parse().unwrap())).last().unwrap();
    assert_eq!(press("Down C-n Enter"), Chosen::Taken(2));
    assert_eq!(press("Up Enter"), Chosen::Taken(1));
    assert_eq!(press("PageDown PageDown PageDown PageDown Enter"), Chosen::Taken(3));
    assert_eq!(press("a"), Chosen::Typed);
    assert_eq!(press("Left"), Chosen::Nothing);
    assert_eq!(press("End Tab Enter"), Chosen::Taken(1));
    assert_eq!(press("Esc"), Chosen::GivenUp);
    assert_eq!(press("C-g"), Chosen::GivenUp);
    assert_eq!(press("Backspace"), Chosen::Typed);
    assert_eq!(press("Backspace"), Chosen::GivenUp);
    assert_eq!(press("x x x"), Chosen::Typed);
    assert_eq!(press("Enter"), Chosen::Nothing);
    assert_eq!((all.counts(), all.at_row(0)), ((0, 4), None));
}

#[test]
fn the_cursor_stays_in_view() {
    let names: Vec<String> = (0..100).map(|nth| format!("name {nth}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut all = of(&names);
    all.resize(10);
    all.move_by(25);
    let view: Vec<_> = all.in_view().map(|(entry, here)| (entry.what, here)).collect();
    assert_eq!((view.len(), view[9]), (10, (25, true)));
    assert_eq!(all.at_row(9), Some(25));
    assert_eq!(all.at_row(10), None, "no row of the screen");
    all.resize(3);
    assert!(all.in_view().any(|(_, here)| here));
}

#[test]
fn there_are_bounds_to_what_is_chosen_from_and_typed() {
    let name = SafeText::of(&"收件箱 the longest name ".repeat(30));
    let entries = (0..MOST + 5).map(|at| Entry::new(at, name.clone())).collect();
    let mut all = Chooser::new(entries);
    assert_eq!(all.counts(), (MOST, MOST));
    assert_eq!(all.paste(&"x".repeat(LONGEST + 1)), Chosen::Nothing, "half of what was meant is not it");
    let began = crate::model::clock::instant();
    all.paste("shou longest name");
    assert_eq!(all.counts(), (MOST, MOST));
    // Of names as they are it is a few milliseconds; the worst of ten thousand must not be felt as a halt either.
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

#[test]
fn others_take_the_place_of_those_that_go() {
    let mut all = of(&["one", "two"]);
    all.paste("o");
    all.replace(|at| *at == 1, vec![Entry::new(7, SafeText::of("more"))]);
    assert_eq!(all.in_view().map(|(entry, _)| entry.what).collect::<Vec<_>>(), [0, 7]);
}
