//! A server that says nothing of what there is.

use super::*;

/// One word of the server must not be enough: numbers that changed and a list that says nothing take nothing away.
#[tokio::test]
async fn a_list_that_says_nothing_takes_nothing_away() {
    let mut program = Program::start();
    let mut server = Server { uidvalidity: 1, next: 1, ..Server::default() };
    (0..6).for_each(|_| server.deliver(Flags::NONE));
    let folder = make_pass(&mut program.pass, &mut server, usize::MAX, 50).await.unwrap();
    server.uidvalidity = 2;
    let mut mute = Mute(6);
    let left = program.pass.folder(&mut mute, folder, &inbox(), false, &mut ()).await.unwrap();
    assert_eq!(left, Left::Doubtful);
    assert_eq!(program.reader.newest(folder, 100).unwrap().len(), 6);
}

/// A server that says OK to everything and nothing else, after a new uidvalidity.
struct Mute(u64);

impl Remote for Mute {
    fn abilities(&self) -> Abilities {
        Abilities::default()
    }

    async fn folders(&mut self) -> Result<Vec<FolderSeen>, Failure> {
        Ok(Vec::new())
    }

    async fn open(&mut self, _: &FolderName, _: &Standing) -> Result<Opened, Failure> {
        Ok(Opened { uidvalidity: 2, messages: self.0, ..Opened::default() })
    }

    async fn headers<S: Sink>(&mut self, _: Span<'_>, _: &mut S) -> Result<bool, Failure> {
        Ok(true)
    }

    async fn uids(&mut self) -> Result<Option<Vec<u32>>, Failure> {
        Ok(Some(Vec::new()))
    }

    async fn at_places(&mut self, _: &[u32]) -> Result<Vec<(u32, u32)>, Failure> {
        Ok(Vec::new())
    }

    async fn spots(&mut self, _: &[u32]) -> Result<Vec<Spot>, Failure> {
        Ok(Vec::new())
    }

    async fn changed_since(&mut self, _: u64) -> Result<Option<Vec<(u32, Flags)>>, Failure> {
        Ok(Some(Vec::new()))
    }

    async fn survey(&mut self, _: usize, _: &[(Flags, bool)]) -> Result<Survey, Failure> {
        Ok(Survey::default())
    }

    fn holds(&mut self, _: &[u32]) {}

    async fn above(&mut self, _: u32) -> Result<Vec<u32>, Failure> {
        Ok(Vec::new())
    }

    async fn enumerate(&mut self) -> Result<Vec<(u32, Flags)>, Failure> {
        Ok(Vec::new())
    }

    async fn bodies(&mut self, _: &[Spot]) -> Result<Vec<(u32, Whole)>, Failure> {
        Ok(Vec::new())
    }

    async fn push(&mut self, _: &[Want]) -> Result<Vec<(Want, Outcome)>, Failure> {
        Ok(Vec::new())
    }

    fn count(&self) -> u64 {
        self.0
    }

    fn open_now(&self, _: &FolderName) -> Option<u32> {
        None
    }

    fn news(&mut self) -> News {
        News::default()
    }

    async fn wait(&mut self, _: Duration, _: impl Future<Output = ()> + Send) -> Result<(), Failure> {
        Ok(())
    }

    async fn glances(&mut self, _: &[FolderName]) -> Result<Vec<Option<Glance>>, Failure> {
        Ok(Vec::new())
    }
}
