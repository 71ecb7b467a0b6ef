mod config;
mod demo_judged;
