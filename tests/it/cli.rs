//! The commands that print, through the real program against a real server.

mod account;
mod attached;
mod crash;
pub mod doctor;
mod doctor_sending;
mod documented;
mod faults;
mod files;
pub mod home;
mod joining;
mod outbox;
mod people;
mod personalities;
mod reading;
mod search;
mod sync;
mod talk;
mod terminal;
