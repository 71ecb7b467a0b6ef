//! Real answers, broken.

use super::*;
use crate::fuzzing::{Diet, Long};

const SAID: &[&[u8]] = &[
    b"* OK [CAPABILITY IMAP4rev1 LITERAL+ ID ENABLE IDLE] Dovecot ready.\r\n",
    b"* OK IMAP4 ready\r\n* BYE [ALERT] \xb5\xc7\xc2\xbc\r\n",
    b"H1 NO [AUTHENTICATIONFAILED] LOGIN Login error\r\n",
    b"H1 OK [COPYUID 38505 304,319:320 3956:3958] Done\r\n",
    b"H1 OK [APPENDUID 38505 3955] {5}\r\n+ idling\r\n",
    b"* FLAGS (\\Answered \\Flagged \\* $Junk )\r\n* OK [PERMANENTFLAGS (\\*)] x\r\n",
    b"* 172 EXISTS\r\n* 1 RECENT\r\n* 22 EXPUNGE\r\n* OK [UIDVALIDITY 3857529045]\r\n",
    b"* OK [HIGHESTMODSEQ 715194045007] x\r\n* OK [NOMODSEQ] x\r\n* OK [CLOSED] x\r\n",
    b"* LIST (\\HasNoChildren \\Sent) \"/\" \"&XfJT0ZAB-\"\r\n* XLIST (\\Inbox) \"/\" Inbox\r\n",
    b"* LIST () NIL {4}\r\na\xffb\"\r\n* LSUB () \"\\\\\" \"a\\\"b\"\r\n",
    b"* STATUS \"INBOX\" (MESSAGES 231 UIDNEXT 44292 SIZE 99999999999)\r\n* STATUS \"INBOX\" ()\r\n",
    b"* SEARCH 2 84 882 (MODSEQ 917162500)\r\n* ESEARCH (TAG \"H1\") UID ALL 1:3,5 COUNT 4\r\n",
    b"* VANISHED (EARLIER) 300:310,405,411\r\n* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n",
    b"* ID (\"name\" \"Coremail\" \"x\" NIL)\r\n* ENABLED QRESYNC\r\n* METADATA \"\" (/shared/x NIL)\r\n",
    b"* 12 FETCH (FLAGS (\\Seen) UID 4827313 RFC822.SIZE 44827 INTERNALDATE \"17-Jul-2026 02:44:25 -0700\")\r\n",
    b"* 1 FETCH (UID 5 BODY[HEADER.FIELDS (DATE FROM)] {26}\r\nFrom: a\r\nSubject: b\r\n\r\n)\r\n",
    b"* 1 FETCH (UID 5 BODY[] {30}\r\nSubject: x\r\n\r\n(((\"{3}\r\nabc\r\n)\r\n* 2 FETCH (UID 6 BODY[] NIL)\r\n",
    b"* 3 FETCH (BODY[]<0> \"abc\" RFC822 ~{3}\r\nabc RFC822.HEADER \"x\" MODSEQ (12) INTERNALDATE NIL)\r\n",
    b"* 7 FETCH (BODYSTRUCTURE (\"MIXED\" (\"BOUNDARY\" \"x\") NIL NIL) UID 9 FLAGS ())\r\n",
    b"* 7 FETCH (ENVELOPE (\"d\" \"s\" ((\"\" NIL \"a\" \"sina.com\\\")) NIL NIL NIL NIL NIL NIL NIL) UID 9)\r\n",
    b"* QUOTA \"\" (STORAGE 10 512)\r\n* ACL x y lrs\r\n* SORT 1 2\r\n* THREAD (1)(2 3)\r\n* X-GM-MSGID 5\r\n",
];

const WORDS: &[&[u8]] = &[
    b"(",
    b")",
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"{3}\r\n",
    b"{0}\r\n",
    b"{99999999999}\r\n",
    b"{-1}\r\n",
    b"{40+}\r\n",
    b"\r\n",
    b"\n",
    b"\r",
    b" ",
    b"* ",
    b"H1 OK",
    b"NIL",
    b"\0",
    b"\xff",
    b"\xb5\x5c",
    b"4294967296",
    b"((((((((((((",
    b" UID 7",
    b" FLAGS (",
    b"BODY[] ",
    b"[ALERT]",
    b"]",
    b"1:4294967295",
    b"* 1 FETCH (",
    b"INTERNALDATE ",
];

#[test]
fn z_whatever_is_said_is_read_and_depends_on_no_cut() {
    crate::fuzzing::fuzz(&Diet { good: SAID, pieces: WORDS }, Long::Runs(1_000_000), fuzz);
}
