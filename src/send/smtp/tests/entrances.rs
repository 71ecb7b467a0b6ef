//! Ways to log in.

use super::*;
use crate::demo::{COREMAIL, PLAIN, QQ};

#[tokio::test]
async fn a_wrong_secret_is_said_once_and_what_helps_is_known() {
    for (personality, remedy) in
        [(&QQ, "qq-code-or-rate"), (&COREMAIL, "netease-smtp-login"), (&PLAIN, "wrong-password")]
    {
        let demo = demo(personality);
        let failure = open_as(&demo, Secret::new("not this one".into()), manners()).await.unwrap_err();
        assert_eq!((failure.kind, failure.remedy), (crate::model::FailureKind::Login, Some(remedy)));
        assert_eq!(demo.submission_visits().await.unwrap(), (1, 1));
    }
}
