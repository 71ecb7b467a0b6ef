//! Searches that have a name.

use super::*;
use crate::model::NamedSearch;
use crate::store::OwnReader;

#[test]
fn a_search_is_kept_under_its_name_until_it_is_forgotten() {
    let (fixture, _) = fixture();
    let name = |name: &str, words: Option<&str>, at: i64| {
        let write = OwnWrite::NameSearch { name: name.to_owned(), words: words.map(str::to_owned), at: Timestamp(at) };
        fixture.store.own.commit_blocking(write).unwrap();
    };
    let own = OwnReader::open(fixture.dir.path()).unwrap().unwrap();
    let all = || -> Vec<(String, String)> {
        own.named_searches().unwrap().into_iter().map(|NamedSearch { name, words }| (name, words)).collect()
    };
    assert_eq!(all(), []);
    name("发票", Some("发票 has:attachment"), 1);
    name("bills", Some("kind:bill"), 2);
    name("bills", Some("kind:bill is:unread"), 3);
    let kept = |name: &str, words: &str| (name.to_owned(), words.to_owned());
    assert_eq!(all(), [kept("bills", "kind:bill is:unread"), kept("发票", "发票 has:attachment")]);
    name("bills", None, 4);
    name("nothing", None, 5);
    assert_eq!(all(), [kept("发票", "发票 has:attachment")]);
}
