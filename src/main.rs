//! The `hongyan` program.
use hongyan::config::*;
use hongyan::i18n::Language;
fn main() {
    let env = Env::read();
    let paths = Paths::find(&Given::default(), &env).unwrap();
    let config = load(&paths.config, &Presets::built_in()).unwrap();
    let language = Language::of_locale(env.lang.as_deref().unwrap_or_default());
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
