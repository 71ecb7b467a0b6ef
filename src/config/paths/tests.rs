use super::*;

fn env(home: Option<&str>, hongyan_home: Option<&str>) -> Env {
    Env { home: home.map(PathBuf::from), hongyan_home: hongyan_home.map(PathBuf::from), ..Env::default() }
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn hongyan_home_moves_everything() {
    let paths = Paths::find(&Given::default(), &env(None, Some("/h"))).unwrap();
    let expected = Paths { config: "/h/config.toml".into(), profile: "/h/data".into(), runtime: "/h/run".into() };
    assert_eq!(paths, expected);
    assert_eq!(paths.secrets(), Path::new("/h/data/secrets"));
    assert_eq!(paths.socket(), Path::new("/h/run/socket"));
}

#[test]
fn the_command_line_goes_before_everything() {
    let given = Given { config: Some("/c/my.toml".into()), profile: Some("/p".into()) };
    let expected = Paths { config: "/c/my.toml".into(), profile: "/p".into(), runtime: "/p/run".into() };
    assert_eq!(Paths::find(&given, &env(None, Some("/h"))).unwrap(), expected);
    assert_eq!(Paths::find(&given, &env(None, None)).unwrap(), expected, "no home is needed");
    let given = Given { profile: Some("here".into()), ..Given::default() };
    let paths = Paths::find(&given, &env(None, Some("/h"))).unwrap();
    assert_eq!(paths.config, Path::new("/h/config.toml"));
    assert!(paths.profile.is_absolute() && paths.profile.ends_with("here"));
}

#[test]
fn a_missing_or_relative_home_is_named() {
    let find = |home, hongyan_home| Paths::find(&Given::default(), &env(home, hongyan_home));
    assert_eq!(find(None, None), Err(PathProblem::NoHome));
    let relative = find(Some("home/me"), None).unwrap_err();
    assert_eq!(relative.to_string(), "HOME is `home/me`, which does not begin with /: set it to a whole path");
    assert!(matches!(find(Some("/home/me"), Some("x")), Err(PathProblem::Relative { variable: "HONGYAN_HOME", .. })));
}

#[test]
fn f04_new_folders_are_private() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("deep/er");
    let paths = Paths::find(&Given::default(), &env(None, home.to_str())).unwrap();
    for _ in 0..2 {
        paths.prepare().unwrap();
        paths.prepare_runtime().unwrap();
    }
    for made in [&paths.profile, &paths.runtime] {
        assert_eq!(mode(made), 0o700, "{}", made.display());
    }
}

#[test]
fn an_empty_folder_is_closed_and_a_full_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir(&path).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o1777)).unwrap();
        path
    };
    let empty = open("empty");
    private_folder(&empty).unwrap();
    assert_eq!(mode(&empty), 0o700);
    let full = open("full");
    std::fs::write(full.join("x"), "").unwrap();
    assert!(matches!(private_folder(&full), Err(PathProblem::Open { .. })));
    assert_eq!(mode(&full), 0o1777, "left as it was");
}

#[test]
fn f08_what_cannot_be_a_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(matches!(private_folder(&file), Err(PathProblem::NotAFolder { .. })));
    let below = private_folder(&file.join("below")).unwrap_err();
    assert!(matches!(&below, PathProblem::NotMade { .. }), "{below}");
    assert!(matches!(private_folder(Path::new("/proc/hongyan")), Err(PathProblem::NotMade { .. })));
}

/// The umask belongs to the whole process, so the tests of what is made run again, each in a process of its own.
#[test]
fn f04_no_umask_opens_anything() {
    let program = std::env::current_exe().unwrap();
    for umask in ["000", "022", "077"] {
        let script = format!(
            "umask {umask}; exec \"$0\" --exact config::paths::tests::f04_new_folders_are_private \
             config::secret::tests::a_secret_in_a_file_comes_back_and_can_be_forgotten \
             config::edit::tests::the_file_is_made_if_it_is_not_there"
        );
        let argv = ["sh", "-c", &script, program.to_str().unwrap()].map(str::to_owned);
        let path = ("PATH".into(), "/usr/bin:/bin".into());
        let limits = crate::proc::Limits { output: 65_536, time: std::time::Duration::from_mins(1) };
        let finished = crate::proc::run(&argv, &crate::proc::Environment::of([path]), limits).unwrap();
        let said = String::from_utf8_lossy(&finished.output);
        assert!(finished.status == Some(0) && said.contains(" 3 passed;"), "{umask}: {said}");
    }
}
