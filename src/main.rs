//! The `hongyan` program.
use hongyan::config::*;
use hongyan::i18n::Language;
fn main() {
    let env = Env::read();
    let paths = Paths::find(&Given::default(), &env).unwrap();
    let config = load(&paths.config, &Presets::built_in()).unwrap();
    let language = Language::of_locale(env.lang.as_deref().unwrap_or_default());
    if std::env::args().nth(1).as_deref() == Some("demo") {
        let setup = hongyan::run::DemoSetup {
            config,
            env,
            language,
            messages: std::env::args().nth(2).and_then(|n| n.parse().ok()),
            password: hongyan::model::Secret::new("x".into()),
            temporary: std::env::temp_dir(),
        };
        let rt = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let r = rt.block_on(hongyan::run::demo(setup));
        rt.shutdown_background();
        eprintln!("{r:?}");
        return;
    }
    let setup = hongyan::run::Setup {
        config,
        paths,
        env,
        language,
        connect_to: Vec::new(),
        limits: Default::default(),
        restore: hongyan::store::Restore::Refuse,
        typed: Default::default(),
    };
    let rt = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let r = rt.block_on(hongyan::run::terminal(setup));
    rt.shutdown_background();
    eprintln!("{r:?}");
}
