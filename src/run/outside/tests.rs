use std::sync::mpsc as std_mpsc;

use super::*;

fn environment() -> Environment {
    Environment::of([("PATH".into(), "/usr/local/bin:/usr/bin:/bin".into())])
}

fn means(web: &str, browser: Option<&str>) -> Means {
    Means {
        environment: environment(),
        profile: PathBuf::new(),
        home: Some(PathBuf::from("/home/goose")),
        web: web.to_owned(),
        file: String::new(),
        browser: browser.map(str::to_owned),
    }
}

fn words(line: &str) -> Vec<String> {
    split(line).unwrap()
}

#[test]
fn h09_an_address_is_one_word_of_a_command_and_no_shell_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let (script, note) = (folder.path().join("browser"), folder.path().join("note"));
    // The browser writes down its words, one a line.
    std::fs::write(&script, format!("printf '%s\\n' \"$@\" > {}", note.display())).unwrap();
    let hostile = "https://example.com/;touch%20x?$(id)&`id`|x";
    let url = WebAddress::of(&Text::new(hostile)).unwrap();
    let means = means(&format!("sh {} --tab %s", script.display()), None);
    let (to, from) = std_mpsc::channel();
    show(&means.browsers(url.url()), &environment(), &move |outcome| to.send(outcome).unwrap());
    assert_eq!(from.recv().unwrap(), Ok(Done::Opened));
    let seen = std::fs::read_to_string(note).unwrap();
    assert_eq!(seen.lines().collect::<Vec<_>>(), ["--tab", url.url()]);
}

#[test]
fn what_the_user_set_comes_first_and_what_is_not_there_is_passed_over() {
    let all = means("surf -x", Some("w3m '%s' -o:lynx")).browsers("https://example.com/");
    assert_eq!(all[0], words("surf -x https://example.com/"));
    assert_eq!(all[1], words("w3m https://example.com/ -o"));
    assert_eq!(all[2], words("lynx https://example.com/"));
    assert_eq!(all[3], words("xdg-open https://example.com/"));
    let mail = means("", Some("lynx")).browsers("mailto:a@example.com");
    assert_eq!(mail[0], words("xdg-open mailto:a@example.com"));
    let (to, from) = std_mpsc::channel();
    let told = move |outcome| to.send(outcome).unwrap();
    show(&[words("hongyan-none a"), words("true a")], &environment(), &told);
    assert_eq!(from.recv().unwrap(), Ok(Done::Opened));
    show(&[words("hongyan-none a")], &environment(), &told);
    assert_eq!(from.recv().unwrap(), Err(DeedTrouble::NoProgram(SafeText::of("hongyan-none"))));
    show(&[words("false a")], &environment(), &told);
    assert_eq!(from.recv().unwrap(), Err(DeedTrouble::Ended { program: SafeText::of("false"), status: 1 }));
}

#[test]
fn folders_are_written_as_people_do() {
    let means = means("", None);
    assert_eq!(means.folder("~"), Path::new("/home/goose/"));
    assert_eq!(means.folder("~/a b/c"), Path::new("/home/goose/a b/c"));
    assert_eq!(means.folder("~x/a"), Path::new("~x/a"));
    assert_eq!(means.folder("/tmp"), Path::new("/tmp"));
}

#[test]
fn what_a_command_says_is_told_as_one_safe_line() {
    let said = feed(&words("sed s/b/\u{1b}[2J/"), &environment(), b"\n\nabc\ndef\n".to_vec());
    assert_eq!(said, Ok(Done::Piped(SafeText::of("a\u{1b}[2Jc"))));
    assert_eq!(feed(&words("true"), &environment(), Vec::new()), Ok(Done::Piped(SafeText::default())));
    let ended = feed(&words("sh -c 'exit 3'"), &environment(), Vec::new());
    assert_eq!(ended, Err(DeedTrouble::Ended { program: SafeText::of("sh"), status: 3 }));
}
