//! What somebody wrote, brought to the server that sends it: never lost, never silently twice.

pub mod smtp;
