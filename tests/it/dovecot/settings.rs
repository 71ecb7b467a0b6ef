//! The configuration of the test server, for Dovecot 2.3 and for 2.4 and later.

use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};

/// Who owns the mail. Root gives it to the user `mail`; anybody else keeps it.
pub struct Owner {
    /// The lines of /etc/passwd and /etc/group that matter: name, uid, gid.
    mail: (String, u32, u32),
    root: bool,
}

impl Owner {
    pub fn find() -> Self {
        let uid = rustix::process::geteuid().as_raw();
        let root = uid == 0;
        let passwd = fs::read_to_string("/etc/passwd").unwrap();
        let mail = passwd.lines().find_map(|line| {
            let mut parts = line.split(':');
            let (name, _, own, group) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
            let own = own.parse().ok()?;
            (if root { name == "mail" } else { own == uid }).then_some((name.to_owned(), own, group.parse().ok()?))
        });
        Self { mail: mail.expect("the user is in /etc/passwd"), root }
    }

    pub fn give(&self, path: &Path) {
        if self.root {
            chown(path, Some(self.mail.1), Some(self.mail.2)).unwrap();
        }
    }
}

/// `folder` is for the server itself, `shared` holds users and mail.
pub fn text(version: (u32, u32), folder: &Path, shared: &Path, imap: u16, imaps: u16) -> String {
    let owner = Owner::find();
    let (folder, shared) = (folder.display(), shared.display());
    let (_, uid, gid) = &owner.mail;
    let users = if owner.root {
        "default_internal_user = dovecot\ndefault_internal_group = dovecot\ndefault_login_user = dovenull\n".to_owned()
    } else {
        let name = &owner.mail.0;
        let group = group_name(*gid);
        format!("default_internal_user = {name}\ndefault_internal_group = {group}\ndefault_login_user = {name}\n")
    };
    let differing = if version >= (2, 4) {
        format!(
            "ssl_server_cert_file = {folder}/server.pem\n\
             ssl_server_key_file = {folder}/server.key\n\
             auth_allow_cleartext = yes\n\
             passdb passwd-file {{\n  passwd_file_path = {shared}/users\n}}\n\
             userdb passwd-file {{\n  passwd_file_path = {shared}/users\n}}\n\
             mail_driver = maildir\n\
             mail_path = ~/\n\
             mailbox_list_utf8 = yes\n"
        )
    } else {
        format!(
            "ssl_cert = <{folder}/server.pem\n\
             ssl_key = <{folder}/server.key\n\
             disable_plaintext_auth = no\n\
             passdb {{\n  driver = passwd-file\n  args = {shared}/users\n}}\n\
             userdb {{\n  driver = passwd-file\n  args = {shared}/users\n}}\n\
             mail_location = maildir:~/:UTF-8\n"
        )
    };
    let many = if version >= (2, 4) { "restart_request_count = unlimited" } else { "service_count = 0" };
    let first =
        if version >= (2, 4) { "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n" } else { "" };
    let roles = [("草稿箱", "Drafts"), ("已发送", "Sent"), ("已删除", "Trash"), ("垃圾邮件", "Junk")]
        .iter()
        .map(|(name, role)| format!("  mailbox {name} {{\n    special_use = \\{role}\n    auto = create\n  }}\n"))
        .collect::<Vec<_>>()
        .concat();
    format!(
        "{first}\
         base_dir = {folder}/run\n\
         state_dir = {folder}/state\n\
         log_path = {folder}/log\n\
         protocols = imap\n\
         listen = 127.0.0.1\n\
         {users}\
         mail_uid = {uid}\n\
         mail_gid = {gid}\n\
         first_valid_uid = 0\n\
         first_valid_gid = 0\n\
         ssl = yes\n\
         ssl_min_protocol = TLSv1.2\n\
         auth_mechanisms = plain login\n\
         auth_failure_delay = 0\n\
         {differing}\
         mail_max_userip_connections = 100\n\
         mailbox_idle_check_interval = 1 mins\n\
         namespace inbox {{\n  inbox = yes\n  separator = /\n{roles}}}\n\
         service anvil {{\n  chroot =\n  unix_listener anvil-auth-penalty {{\n    mode = 0\n  }}\n}}\n\
         service stats {{\n  chroot =\n}}\n\
         service imap-login {{\n  chroot =\n  {many}\n  process_min_avail = 1\n  \
         inet_listener imap {{\n    port = {imap}\n  }}\n  \
         inet_listener imaps {{\n    port = {imaps}\n    ssl = yes\n  }}\n}}\n"
    )
}

pub fn lmtp(folder: &Path) -> PathBuf {
    folder.join("lmtp")
}

pub fn logins(folder: &Path) -> PathBuf {
    folder.join("logins")
}

/// The same server, which also takes mail.
pub fn taking_mail(text: &str, folder: &Path) -> String {
    let text = text.replace("protocols = imap\n", "protocols = imap lmtp\n");
    let open = |path: PathBuf| format!("unix_listener {} {{\n    mode = 0666\n  }}", path.display());
    let (lmtp, logins) = (open(lmtp(folder)), open(logins(folder)));
    format!("{text}service lmtp {{\n  {lmtp}\n}}\nservice auth {{\n  {logins}\n}}\n")
}

fn group_name(gid: u32) -> String {
    let groups = fs::read_to_string("/etc/group").unwrap();
    let of_line = |line: &str| {
        let mut parts = line.split(':');
        let (name, _, id) = (parts.next()?, parts.next()?, parts.next()?);
        (id.parse() == Ok(gid)).then(|| name.to_owned())
    };
    groups.lines().find_map(of_line).expect("the group is in /etc/group")
}
