//! Folders that are made, renamed and deleted on a server, and what the user hears of it.

use super::piped::{empty, post, way};
use super::*;
use crate::demo::{Demo, PLAIN, Personality, QQ, SINA};
use crate::model::FolderDeed;

struct Setting {
    demo: Demo,
    program: Program,
    session: imap::Session,
}

async fn setting(personality: &'static Personality) -> Setting {
    let demo = empty(personality);
    let mut program = Program::start();
    let way = way(Duration::from_secs(20));
    let mut session = way.connect_over(demo.pipe(), First { folders: true, home: None }).await.unwrap();
    program.pass.folders(&mut session).await.unwrap();
    Setting { demo, program, session }
}

impl Setting {
    async fn does(&mut self, deed: FolderDeed) -> Result<Option<FolderId>, Failure> {
        self.program.pass.folder_deed(&mut self.session, &deed).await.map(|(id, _)| id)
    }

    async fn make(&mut self, name: &str) -> Result<Option<FolderId>, Failure> {
        let account = self.program.pass.account;
        self.does(FolderDeed::Create { account, name: name.to_owned() }).await
    }

    async fn sync(&mut self, folder: FolderId) {
        let name = self.program.reader.folder_name(folder).unwrap().unwrap();
        self.program.pass.folder(&mut self.session, folder, &name, false, &mut ()).await.unwrap();
    }

    fn names(&self) -> Vec<String> {
        let folders = self.program.reader.folders().unwrap();
        folders.iter().map(|folder| folder.name.as_untrusted().to_owned()).collect()
    }
}

#[tokio::test]
async fn a_folder_is_made_renamed_with_all_that_is_known_of_it_and_deleted_when_it_is_empty() {
    let mut setting = setting(&PLAIN).await;
    let made = setting.make("其他文件夹/发票 & Co").await.unwrap().unwrap();
    assert!(setting.names().contains(&"其他文件夹/发票 & Co".to_owned()));
    setting.demo.deliver_all("其他文件夹/发票 & Co", vec![post(1, Flags::NONE)]).await.unwrap();
    setting.sync(made).await;
    let placement = setting.program.reader.newest(made, 9).unwrap()[0].placement;
    // Something is wanted of a message there, and of one that shall go there.
    let star = Intent::Flag { placements: vec![placement], add: Flags::FLAGGED, remove: Flags::NONE };
    Store::record(&setting.program.store.own, &setting.program.store.mail, star).await.unwrap();
    let renamed = setting.does(FolderDeed::Rename { folder: made, name: "票据".to_owned() }).await.unwrap();
    assert_eq!(renamed, Some(made), "it is the same folder");
    assert_eq!(setting.program.reader.newest(made, 9).unwrap()[0].placement, placement);
    setting.program.pass.push(&mut setting.session, &mut ()).await.unwrap();
    let kept = setting.demo.snapshot().await.unwrap().into_iter().find(|kept| kept.folder == "票据").unwrap();
    assert_eq!(kept.messages[0].flags, ["\\Flagged"]);
    let refused = setting.does(FolderDeed::Delete { folder: made }).await.unwrap_err();
    assert_eq!(refused.kind, FailureKind::Refused);
    setting.does(FolderDeed::DeleteWithMail { folder: made }).await.unwrap();
    assert!(!setting.names().contains(&"票据".to_owned()));
    let said = setting.demo.said().await.unwrap();
    assert!(said.iter().any(|line| line.contains(" SUBSCRIBE ")), "{said:#?}");
}

#[tokio::test]
async fn a_server_that_makes_no_folders_says_so_in_its_own_words() {
    for personality in [&QQ, &SINA] {
        let mut setting = setting(personality).await;
        let refused = setting.make("发票").await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Refused, "{}", personality.name);
        assert!(!setting.names().contains(&"发票".to_owned()));
    }
}

#[tokio::test]
async fn a_name_that_would_be_a_command_is_not_said() {
    let mut setting = setting(&PLAIN).await;
    for name in ["", "  ", "a\r\nx DELETE INBOX", "a\0"] {
        assert_eq!(setting.make(name).await.unwrap_err().kind, FailureKind::Refused);
    }
    let said = setting.demo.said().await.unwrap();
    assert!(!said.iter().any(|line| line.contains("CREATE")), "{said:#?}");
}
