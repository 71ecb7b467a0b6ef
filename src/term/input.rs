//! What the terminal sends, in our words.

use crossterm::event::{self as from, KeyCode, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind};

use crate::app::{Event, Mouse, MouseKind};
use crate::model::{Key, KeyPress};

/// The event, or nothing for what means nothing to us: releases, modifiers alone, movements of the mouse.
pub fn event(event: from::Event) -> Option<Event> {
    match event {
        from::Event::Key(key) => press(key).map(Event::Key),
        from::Event::Mouse(mouse) => {
            let kind = match mouse.kind {
                MouseEventKind::Down(MouseButton::Left) => MouseKind::Click,
                MouseEventKind::ScrollUp => MouseKind::WheelUp,
                MouseEventKind::ScrollDown => MouseKind::WheelDown,
                MouseEventKind::Down(MouseButton::Right | MouseButton::Middle)
                | MouseEventKind::Up(_)
                | MouseEventKind::Drag(_)
                | MouseEventKind::Moved
                | MouseEventKind::ScrollLeft
                | MouseEventKind::ScrollRight => return None,
            };
            Some(Event::Mouse(Mouse { column: mouse.column, row: mouse.row, kind }))
        }
        from::Event::Paste(text) => Some(Event::Paste(text)),
        from::Event::Resize(columns, rows) => Some(Event::Resize { columns, rows }),
        from::Event::FocusGained | from::Event::FocusLost => None,
    }
}

fn press(event: from::KeyEvent) -> Option<KeyPress> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let has = |modifier| event.modifiers.contains(modifier);
    let (ctrl, alt, shift) = (has(KeyModifiers::CONTROL), has(KeyModifiers::ALT), has(KeyModifiers::SHIFT));
    let key = match event.code {
        // Some terminals say C-D where others say C-d; some say j with shift where others say J.
        KeyCode::Char(c) if ctrl => Key::Char(c.to_ascii_lowercase()),
        KeyCode::Char(c) if shift => Key::Char(c.to_ascii_uppercase()),
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::Enter if shift => Key::ShiftEnter,
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab if shift => Key::BackTab,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Insert => Key::Insert,
        KeyCode::Up if shift => Key::ShiftUp,
        KeyCode::Down if shift => Key::ShiftDown,
        KeyCode::Left if shift => Key::ShiftLeft,
        KeyCode::Right if shift => Key::ShiftRight,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::F(number) => Key::F(number),
        KeyCode::Null
        | KeyCode::CapsLock
        | KeyCode::ScrollLock
        | KeyCode::NumLock
        | KeyCode::PrintScreen
        | KeyCode::Pause
        | KeyCode::Menu
        | KeyCode::KeypadBegin
        | KeyCode::Media(_)
        | KeyCode::Modifier(_) => return None,
    };
    Some(KeyPress { key, ctrl, alt })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(code: KeyCode, modifiers: KeyModifiers) -> String {
        match event(from::Event::Key(from::KeyEvent::new(code, modifiers))) {
            Some(Event::Key(press)) => press.to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn keys_in_every_dialect() {
        assert_eq!(typed(KeyCode::Char('j'), KeyModifiers::NONE), "j");
        assert_eq!(typed(KeyCode::Char('J'), KeyModifiers::SHIFT), "J");
        assert_eq!(typed(KeyCode::Char('j'), KeyModifiers::SHIFT), "J");
        assert_eq!(typed(KeyCode::Char('D'), KeyModifiers::CONTROL), "C-d");
        assert_eq!(typed(KeyCode::Char(' '), KeyModifiers::NONE), "Space");
        assert_eq!(typed(KeyCode::Tab, KeyModifiers::SHIFT), "S-Tab");
        assert_eq!(typed(KeyCode::Enter, KeyModifiers::SHIFT), "S-Enter");
        assert_eq!(typed(KeyCode::Left, KeyModifiers::SHIFT | KeyModifiers::CONTROL), "C-S-Left");
        assert_eq!(typed(KeyCode::Char('？'), KeyModifiers::NONE), "？");
        assert_eq!(typed(KeyCode::Char('x'), KeyModifiers::ALT), "A-x");
        assert_eq!(typed(KeyCode::CapsLock, KeyModifiers::NONE), "None");
    }

    #[test]
    fn a_release_is_no_press() {
        let mut key = from::KeyEvent::new(KeyCode::Char('j'), KeyModifiers::NONE);
        key.kind = KeyEventKind::Release;
        assert_eq!(event(from::Event::Key(key)), None);
        key.kind = KeyEventKind::Repeat;
        assert!(event(from::Event::Key(key)).is_some());
    }
}
