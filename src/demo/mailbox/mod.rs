//! stub
use super::Options;
use super::content::Content;
use super::imap::World;
#[derive(Debug)]
pub(super) struct Mill;
impl Mill {
    pub(super) fn make(&self, index: u32) -> Vec<u8> {
        format!("Subject: {index}\r\n\r\nx\r\n").into_bytes()
    }
}
pub(super) fn fill(world: &mut World, options: &Options) {
    world.add_folder("INBOX", None);
    let mill = std::sync::Arc::new(Mill);
    for n in 0..options.messages {
        world.put("INBOX", Content::Milled { mill: mill.clone(), index: n as u32 }, [], options.now);
    }
}
pub(super) fn arrival(_world: &mut World, _number: u64) {}
