//! What lies over the panes for a while: help and history. Both are lists to scroll.

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Overlay {
    Help { top: usize },
    History { top: usize },
}

impl Overlay {
    pub fn top(self) -> usize {
        match self {
            Self::Help { top } | Self::History { top } => top,
        }
    }

    pub(crate) fn scroll_to(&mut self, to: usize, lines: usize, rows: usize) {
        match self {
            Self::Help { top } | Self::History { top } => *top = to.min(lines.saturating_sub(rows)),
        }
    }
}
