//! The `hongyan` program: the command line decides whether mail is read or something is printed.

use std::collections::HashMap;
use std::path::Path;
use std::process::ExitCode;

use hongyan::cli::compose::Ordered;
use hongyan::cli::talk::Call;
use hongyan::cli::{self, Arguments, Command, Demo, Ending, General, Ground, Printing, Talk};
use hongyan::run::{self, DemoSetup, Ended, Joining, OpenSetup, Setup};

fn main() -> ExitCode {
    cli::leave_no_core();
    let Arguments { general, command } = match Arguments::read(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    let printing = match command {
        None => return cli::end(read(&general, None)),
        Some(Command::Compose(asked)) => return cli::end(write(&general, asked)),
        Some(Command::Demo(demo)) => return cli::end(show(&general, &demo)),
        Some(Command::Open(open)) => return cli::end(look_into(&general, &open.path)),
        Some(Command::Account(account)) => Printing::Account(account),
        Some(Command::Sync(asked)) => Printing::Sync(asked),
        Some(Command::Folders { json }) => Printing::Folders { json },
        Some(Command::List(asked)) => Printing::List(asked),
        Some(Command::Search(asked)) => Printing::Search(asked),
        Some(Command::Show(asked)) => Printing::Show(asked),
        Some(Command::SaveAttachments(asked)) => Printing::SaveAttachments(asked),
        Some(Command::Export(asked)) => Printing::Export(asked),
        Some(Command::Send(asked)) => Printing::Send(asked),
        Some(Command::Outbox(asked)) => Printing::Outbox(asked),
        Some(Command::Log(asked)) => Printing::Log(asked),
        Some(Command::Talk(asked)) if cli::talk::is_at_a_terminal() => return cli::end(converse(&general, &asked)),
        Some(Command::Talk(asked)) => Printing::Talk(asked),
        Some(Command::People(asked)) => Printing::People(asked),
        Some(Command::Doctor(asked)) => return cli::doctor::run(&general, &asked, run::wrong_keys),
    };
    cli::run(&general, &printing)
}

/// Where a hongyan is open already, the message is written there.
fn write(general: &General, asked: cli::Compose) -> Result<(), Ending> {
    match cli::compose::hand_over(&Ground::find(general)?, asked.begun())? {
        Some(begun) => read(general, Some(begun)),
        None => Ok(()),
    }
}

fn read(general: &General, begun: Option<Ordered>) -> Result<(), Ending> {
    let ground = Ground::find(general)?;
    let setup = Setup {
        config: ground.config.clone(),
        paths: ground.paths.clone(),
        env: ground.env.clone(),
        language: ground.tongue,
        connect_to: general.connect_to.clone(),
        limits: general.limits(),
        restore: general.restore(),
        // Asked for on the screen, like everything else.
        typed: HashMap::new(),
        joining: Some(Joining { presets: ground.presets.clone(), dns: general.dns, temporary: std::env::temp_dir() }),
        begun,
    };
    carry_out(run::terminal(setup))?.map_err(|ended| why(&ground, ended))
}

fn show(general: &General, asked: &Demo) -> Result<(), Ending> {
    let ground = Ground::find(general)?;
    let password = cli::demo::password()?;
    let setup = DemoSetup {
        config: ground.config.clone(),
        env: ground.env.clone(),
        language: ground.tongue,
        messages: asked.messages.and_then(|messages| usize::try_from(messages).ok()),
        personality: asked.personality,
        password: password.clone(),
        temporary: std::env::temp_dir(),
    };
    if !asked.serve {
        return carry_out(run::demo(setup))?.map_err(|ended| why(&ground, ended));
    }
    carry_out(async {
        let served = run::serve(&setup).await.map_err(|ended| why(&ground, ended))?;
        cli::demo::announce(&served, &password)?;
        tokio::signal::ctrl_c().await?;
        served.stop().await;
        Ok(())
    })?
}

fn look_into(general: &General, path: &Path) -> Result<(), Ending> {
    let ground = Ground::find(general)?;
    let setup = OpenSetup {
        config: ground.config.clone(),
        env: ground.env.clone(),
        language: ground.tongue,
        source: cli::open::source(&ground, path)?,
        name: cli::open::name(path),
        temporary: std::env::temp_dir(),
    };
    carry_out(run::open(setup))?.map_err(|ended| why(&ground, ended))
}

fn converse(general: &General, asked: &Talk) -> Result<(), Ending> {
    let call = Call::prepare(&Ground::find(general)?, asked)?;
    let ended = carry_out(run::talk(&call));
    call.end();
    ended?
}

fn carry_out<T>(work: impl Future<Output = T>) -> Result<T, Ending> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let done = runtime.block_on(work);
    // Whatever still waits for a server shall not hold up the end.
    runtime.shutdown_background();
    Ok(done)
}

fn why(ground: &Ground, ended: Ended) -> Ending {
    match ended {
        Ended::OwnDamaged => ground.own_db_is_damaged(),
        Ended::Newer(file) => ground.is_newer(&file),
        Ended::Because(said) => Ending::Failed(vec![said.into_string()]),
    }
}
