//! From the mail to the form and back: another account, or another secret.

use super::EventLoop;
use crate::app::{Event, Notice, SetUp, TerminalRequest};
use crate::run::Ended;
use crate::run::form::Answer as Entered;
use crate::sync::Order;

impl EventLoop {
    /// Mail goes on coming behind the form; nobody looks at it until then.
    pub(super) async fn set_up(&mut self, wanted: SetUp) -> Result<(), Ended> {
        let Some(reception) = &self.hands.reception else { return Ok(()) };
        let ids: Vec<_> = self.running.iter().map(|account| (account.line.id, account.line.name.clone())).collect();
        if let SetUp::Secret(id) = wanted
            && ids.iter().any(|(known, name)| *known == id && !reception.can_change(name))
        {
            return self.happen(Event::Notice(Notice::OfProgram));
        }
        self.keep_drafts_now().await;
        let Some(reception) = &self.hands.reception else { return Ok(()) };
        self.screen.perform(&TerminalRequest::Mouse(false))?;
        match reception.ask(&mut self.screen, &ids, wanted).await? {
            Entered::Nothing => {}
            Entered::Added { name, secret } => {
                self.typed.push((name, secret));
                (self.quit, self.again) = (true, true);
                return Ok(());
            }
            Entered::Changed { account, secret } => {
                for running in self.running.iter().filter(|running| running.line.id == account) {
                    self.typed.push((running.line.name.clone(), secret.clone()));
                    running.typed.send_replace(Some(secret.clone()));
                    // Whoever sends hears of it with the secret.
                    let _ = running.line.orders.send(Order::Wake);
                }
                // It may have been long since the last key of the mail.
                self.tick()?;
                self.happen(Event::Notice(Notice::NewSecret))?;
            }
            Entered::Quit => {
                self.quit = true;
                return Ok(());
            }
        }
        self.screen.perform(&TerminalRequest::Mouse(self.state.has_mouse()))?;
        self.request(&TerminalRequest::Redraw)
    }
}
