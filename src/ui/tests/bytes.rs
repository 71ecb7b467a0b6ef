//! Bytes written per key are the latency budget of a terminal on a slow line.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use ratatui::Terminal;

use super::*;
use crate::app::rehearsal::Rehearsal;
use crate::term::Canvas;

#[derive(Clone, Default)]
struct Sink(Rc<RefCell<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The bytes that each of `keys` costs, one after the other.
fn bytes(stage: &mut Rehearsal, theme: BuiltIn, keys: &[&str]) -> Vec<usize> {
    let look = look(Language::ZhCn, theme);
    let sink = Sink::default();
    let size = stage.state.size();
    let mut terminal = Terminal::new(Canvas::new(sink.clone(), size.columns, size.rows)).unwrap();
    terminal.draw(|frame| view(&stage.state, &look, frame)).unwrap();
    keys.iter()
        .map(|key| {
            sink.0.borrow_mut().clear();
            stage.press(key);
            terminal.draw(|frame| view(&stage.state, &look, frame)).unwrap();
            sink.0.borrow().len()
        })
        .collect()
}

#[test]
fn a_step_in_the_list_costs_few_bytes() {
    for theme in BuiltIn::EVERY {
        for (columns, rows) in [(160, 48), (80, 24), (119, 48), (200, 50)] {
            let mut stage = super::scenes::stage(columns, rows);
            // The reader does not change: its jobs do not come back, and the cursor does not rest.
            stage.jobs = false;
            let costs = bytes(&mut stage, theme, &["j", "j", "j", "k", "<PageDown>"]);
            println!("{} {columns}x{rows}: j j j k PageDown = {costs:?} bytes", theme.name());
            let steps = &costs[..4];
            let limit = if columns == 119 { 420 } else { 400 };
            assert!(steps.iter().all(|cost| *cost <= limit), "{} {columns}x{rows}: {steps:?}", theme.name());
        }
    }
}

#[test]
fn drawing_the_same_again_costs_nothing() {
    let mut stage = super::scenes::stage(160, 48);
    let costs = bytes(&mut stage, BuiltIn::Dark, &["", ""]);
    println!("nothing changed: {costs:?} bytes");
    assert!(costs.iter().all(|cost| *cost == 0), "{costs:?}");
}
