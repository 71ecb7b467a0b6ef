//! The `hongyan` program.

fn main() {}
