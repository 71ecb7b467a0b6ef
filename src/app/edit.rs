//! Text that is being written. A [`Buffer`] has many lines, soft-wrapped as long as nobody sends them; a [`Line`] has
//! one. Both know where the cursor stands, on the screen too, and neither knows what it is for.

mod buffer;
mod clean;
mod line;
mod motion;
mod past;
mod quotes;
mod rows;
mod search;
mod view;

pub use buffer::{Buffer, Place};
pub use clean::{MOST_BYTES, MOST_LINES};
pub use line::Line;
pub use view::RowView;

#[cfg(test)]
mod tests;
