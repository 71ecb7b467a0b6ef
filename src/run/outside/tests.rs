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
        in_tmux: false,
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

/// A message with a file whose name wants to be elsewhere, and a program.
const RAW: &[u8] = b"Content-Type: multipart/mixed; boundary=m\r\n\r\n\
    --m\r\n\r\nwords\r\n\
    --m\r\nContent-Type: application/pdf; name=\"../../.bashrc\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC\r\n\
    --m\r\nContent-Type: text/plain; name=a.txt\r\nContent-Disposition: attachment\r\n\r\nhello\r\n--m--\r\n";

fn wanted() -> Vec<FileWanted> {
    let attachments = crate::mime::readable(RAW).attachments.into_iter();
    attachments.map(|file| FileWanted { part: file.part, name: file.name, kind: file.kind }).collect()
}

#[test]
fn f01_what_is_saved_stays_in_its_folder_and_replaces_nothing() {
    let (home, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let means = Means { home: Some(home.path().to_owned()), ..means("", None) };
    let first = means.save(RAW, &wanted(), "~/letters", None).unwrap();
    let folder = home.path().join("letters");
    let shown = SafeText::of(&folder.display().to_string());
    assert_eq!(first, Done::Saved { count: 2, name: SafeText::of("a.txt"), folder: shown });
    assert_eq!(std::fs::read(folder.join("a.txt")).unwrap(), b"hello");
    means.save(RAW, &wanted(), "~/letters", None).unwrap();
    let mut names: Vec<String> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names.len(), 4, "{names:?}");
    assert!(!home.path().join(".bashrc").exists());
    let missing = means.save(RAW, &wanted(), &elsewhere.path().join("a/b/c").display().to_string(), None);
    assert!(matches!(missing, Err(DeedTrouble::NoFolder(_))), "{missing:?}");
    let no_part = FileWanted { part: crate::model::PartId(99), ..wanted().remove(0) };
    assert_eq!(means.save(RAW, &[no_part], "~/letters", None), Err(DeedTrouble::NoPart));
}

#[test]
fn f03_a_file_is_opened_from_a_private_place_by_its_whole_path() {
    let profile = tempfile::tempdir().unwrap();
    let note = profile.path().join("note");
    let viewer = profile.path().join("viewer");
    std::fs::write(&viewer, format!("printf '%s\\n' \"$@\" > {}; cat \"$1\" >> {0}", note.display())).unwrap();
    let means =
        Means { profile: profile.path().to_owned(), file: format!("sh {}", viewer.display()), ..means("", None) };
    let path = means.put_aside(RAW, &wanted()[1..]).unwrap();
    assert!(path.is_absolute() && path.ends_with("a.txt"));
    let (to, from) = std_mpsc::channel();
    show(&means.viewers(&path), &environment(), &move |outcome| to.send(outcome).unwrap());
    assert_eq!(from.recv().unwrap(), Ok(Done::Opened));
    assert_eq!(std::fs::read_to_string(note).unwrap(), format!("{}\nhello", path.display()));
    let program = FileWanted { name: "run.desktop".into(), ..wanted().remove(1) };
    assert!(means.put_aside(RAW, &[program]).is_err());
}
