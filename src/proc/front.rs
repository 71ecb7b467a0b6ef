//! A program that has the terminal to itself: its keys, its screen, and the signals that keys send. Whoever starts it must
//! have given the terminal up before, and reads no key until it is over.
//!
//! The program is a job of its own, as a shell makes one: what is typed for it (`^C`, `^Z`) does not reach us. While it is
//! stopped we are too, so that the shell we came from has the terminal; it goes on when we do.

use std::io::{stdin, stdout};
use std::os::fd::AsFd as _;
use std::process::{Child, Stdio};

use nix::sys::signal::{SigSet, SigmaskHow, Signal as Masked};
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, WaitIdStatus, getpgrp, getpid, getsid, kill_process_group, waitid,
};
use rustix::termios::{OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcgetpgrp, tcsetattr, tcsetpgrp};

use super::{Environment, Trouble, command, not_started};
use crate::text::SafeText;

/// How often a program is woken that stops because it thought that it was not in front.
const WAKINGS: u32 = 1_000;

/// A program in front. It must be taken back with [`InFront::over`]; dropped before, it is ended.
#[derive(Debug)]
pub struct InFront {
    child: Child,
    group: Pid,
    program: SafeText,
    /// As the terminal was before.
    terminal: Option<Termios>,
}

/// Waits for the end of a program in front, on a thread that may be blocked.
#[derive(Debug)]
pub struct Watch {
    group: Pid,
}

/// Starts a program and puts it in front. It has no limit: the user looks at it.
pub fn in_front(argv: &[String], environment: &Environment) -> Result<InFront, Trouble> {
    let (mut command, program) = command(argv, environment)?;
    let said = |error: std::io::Error| not_started(&program, &error);
    let screen = || stdout().as_fd().try_clone_to_owned();
    command.stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::from(screen().map_err(said)?));
    let terminal = tcgetattr(stdin()).ok();
    let child = command.spawn().map_err(said)?;
    let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else {
        return Err(Trouble::NotStarted { program, said: SafeText::default() });
    };
    put_in_front(group);
    Ok(InFront { child, group, program, terminal })
}

impl InFront {
    /// By which its end can be waited for elsewhere.
    pub fn watch(&self) -> Watch {
        Watch { group: self.group }
    }

    pub fn program(&self) -> &SafeText {
        &self.program
    }

    /// Asks it to end. Its number is its own until [`InFront::over`].
    pub fn end(&self) {
        let _ = kill_process_group(self.group, Signal::TERM);
        // One that stands still hears nothing.
        let _ = kill_process_group(self.group, Signal::CONT);
    }

    /// Takes the terminal back as it was, without what was typed for the program and it did not read. The exit status;
    /// `None` if a signal ended it. Whatever still runs is ended.
    pub fn over(mut self) -> Option<i32> {
        self.end_now()
    }

    fn end_now(&mut self) -> Option<i32> {
        let running = matches!(self.child.try_wait(), Ok(None));
        if running {
            let _ = kill_process_group(self.group, Signal::KILL);
            let _ = self.child.kill();
        }
        let status = self.child.wait().ok().and_then(|status| status.code());
        if let Some(terminal) = self.terminal.take() {
            undisturbed(|| {
                let _ = tcsetpgrp(stdin(), getpgrp());
                let _ = tcsetattr(stdin(), OptionalActions::Now, &terminal);
                let _ = tcflush(stdin(), QueueSelector::IFlush);
            });
        }
        status
    }
}

impl Drop for InFront {
    fn drop(&mut self) {
        // Nothing is left to be done after `over`.
        if self.terminal.is_some() || matches!(self.child.try_wait(), Ok(None)) {
            self.end_now();
        }
    }
}

impl Watch {
    /// Blocks until the program is over, and looks after it if it is stopped. It is not reaped, so its number is still
    /// its own.
    pub fn wait(&self) {
        let mut wakings = 0;
        loop {
            let any = WaitIdOptions::EXITED | WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT;
            match waitid(WaitId::Pid(self.group), any) {
                Err(rustix::io::Errno::INTR) => continue,
                Ok(Some(status)) if status.stopped() => {}
                Ok(_) | Err(_) => return,
            }
            // Seen, so that it is not told once more.
            let seen = waitid(WaitId::Pid(self.group), WaitIdOptions::STOPPED | WaitIdOptions::NOHANG);
            let Ok(Some(status)) = seen else { continue };
            if thought_itself_behind(&status) && wakings < WAKINGS {
                wakings += 1;
                put_in_front(self.group);
            } else {
                self.stop_with_it();
            }
        }
    }

    /// The shell gets the terminal until it continues us.
    fn stop_with_it(&self) {
        let its = tcgetattr(stdin()).ok();
        // Nobody could ever continue whom no shell has started.
        if getsid(None).is_ok_and(|session| session != getpid()) {
            undisturbed(|| _ = tcsetpgrp(stdin(), getpgrp()));
            let mut stop = signal_hook::consts::SIGTSTP;
            loop {
                if signal_hook::low_level::emulate_default_handler(stop).is_err() {
                    break;
                }
                // Continued in the background, there is nothing to show yet.
                if tcgetpgrp(stdin()).is_ok_and(|front| front == getpgrp()) {
                    break;
                }
                stop = signal_hook::consts::SIGTTIN;
            }
        }
        if let Some(its) = its {
            undisturbed(|| _ = tcsetattr(stdin(), OptionalActions::Now, &its));
        }
        put_in_front(self.group);
    }
}

fn thought_itself_behind(status: &WaitIdStatus) -> bool {
    let signal = status.stopping_signal();
    [signal_hook::consts::SIGTTIN, signal_hook::consts::SIGTTOU].iter().any(|behind| signal == Some(*behind))
}

/// The keys and what they send go to this group. Where there are no jobs, all have the terminal anyhow.
fn put_in_front(group: Pid) {
    undisturbed(|| _ = tcsetpgrp(stdin(), group));
    // It may have been stopped for asking too early.
    let _ = kill_process_group(group, Signal::CONT);
}

/// Who stands behind and takes the terminal is stopped by the system, unless he says that he means it.
fn undisturbed(work: impl FnOnce()) {
    let mut quiet = SigSet::empty();
    quiet.add(Masked::SIGTTOU);
    let before = quiet.thread_swap_mask(SigmaskHow::SIG_BLOCK);
    work();
    if let Ok(before) = before {
        let _ = before.thread_set_mask();
    }
}
