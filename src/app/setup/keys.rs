//! Which key does what in the form.

use super::form::Form;
use super::{Effect, End, KeepIn, Spot, Stage, Trouble, address};
use crate::app::TerminalRequest;
use crate::model::{Key, KeyPress};
use crate::text::{tidied_address, typed_as_ascii};

impl Form {
    pub(super) fn key(&mut self, press: KeyPress) -> Vec<Effect> {
        match (press.key, press.ctrl) {
            (Key::Char('c'), true) => return self.give_up(),
            (Key::Char('z'), true) => return vec![Effect::Terminal(TerminalRequest::Suspend)],
            (Key::Char('l'), true) => return vec![Effect::Terminal(TerminalRequest::Redraw)],
            (Key::PageDown, _) => {
                self.page = self.page.wrapping_add(1);
                return Vec::new();
            }
            (Key::PageUp, _) => {
                self.page = self.page.saturating_sub(1);
                return Vec::new();
            }
            _ => {}
        }
        match &self.stage {
            Stage::Asking => self.asked(press),
            Stage::Trying { .. } => match press.key {
                Key::Esc => self.cancel(),
                _ => Vec::new(),
            },
            Stage::Pinning(pin) => {
                let pin = *pin;
                self.stage = Stage::Asking;
                if matches!(press.key, Key::Char('y' | 'Y' | 'ｙ')) && !press.ctrl && !press.alt {
                    self.pin = Some(pin);
                    return self.enter();
                }
                Vec::new()
            }
            Stage::Keeping { .. } => Vec::new(),
            Stage::Choosing { .. } => self.chosen(press),
            Stage::Done { .. } => match press.key {
                Key::Enter | Key::Esc => self.go_on(),
                _ => Vec::new(),
            },
        }
    }

    fn asked(&mut self, press: KeyPress) -> Vec<Effect> {
        let leaving = self.trouble == Some(Trouble::Leaving);
        if leaving {
            self.trouble = None;
        }
        match (press.key, press.ctrl, press.alt) {
            (Key::Esc, ..) => {
                let typed = self.is_new() && !(self.address.is_empty() && self.secret.is_empty());
                if typed && !leaving {
                    self.trouble = Some(Trouble::Leaving);
                    return Vec::new();
                }
                self.give_up()
            }
            (Key::Enter, ..) | (Key::Char('j' | 'm'), true, _) => self.entered(),
            (Key::Tab | Key::Down, ..) | (Key::Char('n'), true, _) => self.step(1),
            (Key::BackTab | Key::Up, ..) | (Key::Char('p'), true, _) => self.step(-1),
            (Key::Char('r'), true, _) => {
                self.revealed = !self.revealed;
                Vec::new()
            }
            (Key::Char('y'), true, _) => self.take_what_was_meant(),
            (Key::Char('t'), true, _) => {
                if let Some(pin) = self.refused() {
                    self.stage = Stage::Pinning(pin);
                }
                Vec::new()
            }
            _ if self.spot == Spot::Encryption => {
                if matches!(press.key, Key::Char(' ') | Key::Left | Key::Right)
                    && let Some(hand) = &mut self.hand
                {
                    hand.turn();
                }
                Vec::new()
            }
            (Key::Char(' '), false, false) if self.field().is_none() => self.entered(),
            _ => {
                let press = match (press.key, press.ctrl || press.alt, self.spot) {
                    // In a password every letter stands for itself.
                    (Key::Char(c), false, Spot::Address | Spot::Server | Spot::Port | Spot::Login) => {
                        match typed_as_ascii(c) {
                            Some(c) => KeyPress::plain(Key::Char(c)),
                            None => return Vec::new(),
                        }
                    }
                    _ => press,
                };
                let changed = self.field().is_some_and(|line| line.press(press));
                if changed { self.typed() } else { Vec::new() }
            }
        }
    }

    pub(super) fn pasted(&mut self, text: &str) -> Vec<Effect> {
        if self.stage != Stage::Asking {
            return Vec::new();
        }
        let line = address::first_line(text);
        let text = match self.spot {
            Spot::Address => tidied_address(&line),
            Spot::Secret => line.into_owned(),
            _ => line.chars().filter_map(typed_as_ascii).collect(),
        };
        let text = zeroize::Zeroizing::new(text);
        match self.field() {
            Some(field) => {
                field.insert(&text);
                self.typed()
            }
            None => Vec::new(),
        }
    }

    fn step(&mut self, by: isize) -> Vec<Effect> {
        let spots = self.spots();
        let at = spots.iter().position(|spot| *spot == self.spot).unwrap_or(0);
        let next = at.checked_add_signed(by).unwrap_or(spots.len() - 1);
        self.go_to(spots.get(next).or(spots.first()).copied().unwrap_or(Spot::Try))
    }

    fn entered(&mut self) -> Vec<Effect> {
        match self.spot {
            Spot::Demo => vec![Effect::End(End::Demo)],
            Spot::ByHand => {
                self.show_by_hand();
                self.go_to(Spot::Server)
            }
            // A secret goes nowhere from here: it may have been meant for another address.
            Spot::Address if self.spots().contains(&Spot::Secret) || self.secret.is_empty() => {
                let said = self.trouble.take();
                self.trouble = self.wrong_address();
                if self.trouble.is_none() {
                    self.trouble = self.doubted(said.as_ref());
                }
                if self.trouble.is_some() || !self.spots().contains(&Spot::Secret) {
                    return Vec::new();
                }
                self.go_to(Spot::Secret)
            }
            Spot::Address | Spot::Secret | Spot::Server | Spot::Port | Spot::Encryption | Spot::Login | Spot::Try => {
                self.enter()
            }
        }
    }

    fn chosen(&mut self, press: KeyPress) -> Vec<Effect> {
        self.trouble = None;
        let Stage::Choosing { cursor, tried, .. } = &mut self.stage else { return Vec::new() };
        let last = KeepIn::CHOICES.len() - 1;
        let choice = match press.key {
            Key::Down | Key::Tab | Key::Char('j') => {
                *cursor = if *cursor >= last { 0 } else { *cursor + 1 };
                None
            }
            Key::Up | Key::BackTab | Key::Char('k') => {
                *cursor = cursor.checked_sub(1).unwrap_or(last);
                None
            }
            Key::Char(digit) => {
                digit.to_digit(10).and_then(|at| usize::try_from(at).ok()?.checked_sub(1)).filter(|at| *at <= last)
            }
            Key::Enter => Some(*cursor),
            Key::Esc => {
                self.stage = Stage::Asking;
                return Vec::new();
            }
            _ => None,
        };
        match choice.and_then(|at| KeepIn::CHOICES.get(at)) {
            Some(choice) => {
                let tried = tried.clone();
                self.keep(*choice, tried)
            }
            None => Vec::new(),
        }
    }
}
