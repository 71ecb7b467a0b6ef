use super::*;
use crate::fuzzing::{Diet, Long, fuzz};
use crate::model::Link as Leads;

fn told(file: &CloudFile) -> (&'static str, &str, &str, &str) {
    (file.keeper, file.name.as_untrusted(), file.size.as_untrusted(), file.until.as_untrusted())
}

const QQ: &str = "https://mail.qq.com/cgi-bin/ftnExs_download?t=exs_ftn_download&k=0d61&code=3ab4";
const NETEASE: &str = "https://mail.163.com/large-attachment-download/index.html?p=abc";

/// A text of words and links: `[words](url)`.
fn page(marked: &str) -> Document {
    let mut document = Document::default();
    let (mut text, mut rest) = (String::new(), marked);
    while let Some((before, after)) = rest.split_once('[') {
        let (words, after) = after.split_once("](").unwrap();
        let (url, after) = after.split_once(')').unwrap();
        text.push_str(before);
        let start = text.len();
        text.push_str(words);
        document.links.push(Leads { at: start..text.len(), url: Text::new(url) });
        rest = after;
    }
    document.text = Text::new(text + rest);
    document
}

#[test]
fn files_in_plain_text() {
    for (text, expected) in [
        (
            format!("从QQ邮箱发来的超大附件\n\n我的 电影.mkv (1.20G, 2026年12月20日 23:59 到期)进入下载页面：{QQ}\n"),
            ("QQ", "我的 电影.mkv", "1.20G", "2026年12月20日 23:59"),
        ),
        (format!("会议.zip\n大小：27.3 MB\n有效期至 2026-12-20\n下载：<{QQ}>"), ("QQ", "会议.zip", "27.3 MB", "2026-12-20")),
        (
            format!("来自网易邮箱的超大附件\n虚拟.wav (80.96M, 2026年8月17日 0:49 到期)\n下载: {NETEASE}。"),
            ("163", "虚拟.wav", "80.96M", "2026年8月17日 0:49"),
        ),
        (
            "文件名：报告.docx（12KB，无限期有效） https://download.cloud.189.cn/file/downloadFile.action?dt=1".to_owned(),
            ("189", "报告.docx", "12KB", ""),
        ),
        (
            "https://mail.sina.com.cn/filecenter/download.php?id=7 expires 2026/12/20.\n".to_owned(),
            ("Sina", "", "", "2026/12/20"),
        ),
        (
            "超大附件列表  a_5.21-6.3.xlsx  [27.3MB]\nhttps://mail.example.com/alimail/openLinks/downloadMimeMetaDiskBigAttach?id=1".to_owned(),
            ("Aliyun", "a_5.21-6.3.xlsx", "27.3MB", ""),
        ),
    ] {
        let found = files(&Document::plain(text.as_str()));
        assert_eq!(found.iter().map(told).collect::<Vec<_>>(), [expected], "{text}");
    }
}

#[test]
fn files_of_a_page_are_told_once_and_not_mixed() {
    let other = NETEASE.replace("abc", "def");
    let marked = format!(
        "来自网易邮箱的超大附件\n[]({NETEASE})\n[虚拟.wav]({NETEASE}) (80.96M, 2026年8月17日 0:49 到期)\n[下载]({NETEASE})\n\
         []({other})\n[第二 个.7z]({other})\n(1.5 GB, 2026年8月18日 1:00 到期)\n[下载]({other})\n"
    );
    let found = files(&page(&marked));
    assert_eq!(
        found.iter().map(told).collect::<Vec<_>>(),
        [("163", "虚拟.wav", "80.96M", "2026年8月17日 0:49"), ("163", "第二 个.7z", "1.5 GB", "2026年8月18日 1:00")]
    );
    assert_eq!(found[1].url.as_untrusted(), other);
    // A button behind what it is about.
    let marked = format!("one.zip\n3M\n[下载]({NETEASE})\ntwo.zip\n4M\n[下载]({other})");
    let found = files(&page(&marked));
    assert_eq!(found.iter().map(|file| told(file).1).collect::<Vec<_>>(), ["one.zip", "two.zip"]);
    assert_eq!(found.iter().map(|file| told(file).2).collect::<Vec<_>>(), ["3M", "4M"]);
}

#[test]
fn other_links_are_none() {
    for url in [
        "https://mail.qq.com.evil.example/cgi-bin/ftnExs_download?k=1",
        "https://mail.qq.com@evil.example/cgi-bin/ftnExs_download?k=1",
        "https://evil.example/?https%3A//mail.qq.com/cgi-bin/ftnExs_download",
        "https://mail.qq.com/cgi-bin/login",
        "javascript://mail.qq.com/cgi-bin/ftnExs_download",
        "https://download.cloud.189.cn/",
        "mail.qq.com/cgi-bin/ftnExs_download",
    ] {
        assert_eq!(keeper(url), None, "{url}");
        assert!(files(&Document::plain(url)).is_empty(), "{url}");
    }
    assert_eq!(keeper("HTTP://MAIL.QQ.COM:80/cgi-bin/ftnExs_download?k=1"), Some("QQ"));
    assert!(may_be_in("<a href=http://wx.mail.qq.com/ftn/download?k=1>") && !may_be_in("<p>hi"));
}

#[test]
fn links_without_end_are_a_short_list() {
    let many = (0..20_000).fold(String::new(), |many, n| many + &format!("a{n}.zip 1G {NETEASE}{n}\n"));
    assert_eq!(files(&Document::plain(many.as_str())).len(), MOST);
    let one_line = (0..20_000).fold(String::new(), |line, n| line + &format!("a{n}.zip 1G {NETEASE}{} ", n % 3));
    assert_eq!(files(&Document::plain(one_line.as_str())).len(), 3);
    let again = format!("{NETEASE}\n").repeat(50_000);
    assert_eq!(files(&Document::plain(again.as_str())).len(), 1);
    assert!(files(&Document::plain("a://".repeat(1_000_000))).is_empty());
}

#[test]
fn z_cloud() {
    const GOOD: &[&[u8]] = &[
        "a.zip (1.2G, 2026年12月20日 23:59 到期) https://mail.qq.com/cgi-bin/ftnExs_download?k=1\n".as_bytes(),
        b"name\n3 MB\nhttps://mail.163.com/large-attachment-download/index.html?p=1\nexpires 2026-1-2\n",
    ];
    const PIECES: &[&[u8]] =
        &[b"\n", b"://", b"20", b".", b"(", "：".as_bytes(), "到期".as_bytes(), b"1G", b"\xe5", b" ", b"MB"];
    fuzz(&Diet { good: GOOD, pieces: PIECES }, Long::Minutes(10), |bytes| {
        let text = String::from_utf8_lossy(bytes);
        files(&Document::plain(text.as_ref())).iter().all(|file| text.contains(file.url.as_untrusted()))
    });
}
