//! The message alone on the screen, without borders and without the mouse, so that the terminal selects its text and
//! nothing else.

use super::{Area, Effect, Focus, Layout, Pane, State, TerminalRequest};

impl Layout {
    /// Everything but the last row is the message's.
    pub(super) fn of_text_alone(self) -> Self {
        let main = Area { height: self.main.height + rows(self.error) + rows(self.status), ..self.main };
        let body = Area { y: 0, height: main.y + main.height, ..main };
        let reader = Some(Pane { title: Area { height: 0, ..body }, body });
        Self {
            reader,
            main: body,
            folders: None,
            list: None,
            composer: None,
            rules: [None, None],
            error: None,
            status: None,
            ..self
        }
    }
}

fn rows(area: Option<Area>) -> u16 {
    area.map_or(0, |area| area.height)
}

impl State {
    pub fn is_plain(&self) -> bool {
        self.plain
    }

    /// Between a border and the text on each side.
    pub fn margin(&self) -> u16 {
        u16::from(!self.plain)
    }

    pub(super) fn turn_plain(&mut self) -> Vec<Effect> {
        self.plain = !self.plain;
        vec![Effect::Terminal(TerminalRequest::Mouse(self.mouse && !self.plain))]
    }

    /// It is about one message that is open.
    pub(super) fn settle_plain(&mut self) -> Vec<Effect> {
        if self.plain && self.focus != Focus::Reader { self.turn_plain() } else { Vec::new() }
    }
}
