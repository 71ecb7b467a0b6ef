//! The configuration of the test server: everything in its own folder, loopback only, no name is asked of anybody.

use std::path::Path;

use crate::dovecot::Dovecot;

/// No larger message is taken.
pub const LARGEST: usize = 25 << 20;

/// main.cf and master.cf. The ports are those of the four doors.
pub fn text(folder: &Path, dovecot: &Dovecot, users: &[&str], doors: [u16; 4]) -> (String, String) {
    let (folder, papers) = (folder.display(), dovecot.papers().display());
    let (lmtp, logins) = (dovecot.lmtp(), dovecot.logins());
    let (lmtp, logins) = (lmtp.display(), logins.display());
    let known = users.iter().map(|user| format!("{user}=OK")).collect::<Vec<_>>().join(", ");
    // `local_header_rewrite_clients`: a letter from here is left as it is, like one from elsewhere.
    let main = format!(
        "compatibility_level = 2\n\
         queue_directory = {folder}/queue\n\
         data_directory = {folder}/data\n\
         maillog_file = {folder}/log\n\
         maillog_file_prefixes = {folder}\n\
         inet_interfaces = 127.0.0.1\n\
         inet_protocols = ipv4\n\
         myhostname = mail.example\n\
         mydestination =\n\
         mynetworks =\n\
         local_recipient_maps =\n\
         alias_maps =\n\
         local_header_rewrite_clients =\n\
         recipient_delimiter = +\n\
         virtual_mailbox_domains = mail.example\n\
         virtual_mailbox_maps = inline:{{ {known} }}\n\
         virtual_transport = lmtp:unix:{lmtp}\n\
         default_transport = error:nothing leaves this machine\n\
         relay_transport = error:nothing leaves this machine\n\
         smtp_dns_support_level = disabled\n\
         smtpd_peername_lookup = no\n\
         smtpd_sasl_type = dovecot\n\
         smtpd_sasl_path = {logins}\n\
         smtpd_sasl_auth_enable = yes\n\
         smtpd_tls_auth_only = yes\n\
         smtpd_tls_security_level = encrypt\n\
         smtpd_tls_cert_file = {papers}/server.pem\n\
         smtpd_tls_key_file = {papers}/server.key\n\
         smtpd_relay_restrictions = reject_unauth_destination\n\
         smtpd_recipient_restrictions = permit_sasl_authenticated, reject\n\
         smtpd_error_sleep_time = 0\n\
         message_size_limit = {LARGEST}\n\
         mailbox_size_limit = 0\n\
         virtual_mailbox_limit = 0\n\
         queue_minfree = 0\n\
         biff = no\n"
    );
    let [tls, starttls, tls_steps, starttls_steps] = doors;
    let at_once = "-o smtpd_tls_wrappermode=yes";
    let steps = "-o smtpd_sasl_mechanism_filter=login";
    let services = format!(
        "127.0.0.1:{tls} inet n - n - - smtpd {at_once}\n\
         127.0.0.1:{starttls} inet n - n - - smtpd\n\
         127.0.0.1:{tls_steps} inet n - n - - smtpd {at_once} {steps}\n\
         127.0.0.1:{starttls_steps} inet n - n - - smtpd {steps}\n\
         cleanup unix n - n - 0 cleanup\n\
         qmgr unix n - n 300 1 qmgr\n\
         tlsmgr unix - - n 1000? 1 tlsmgr\n\
         rewrite unix - - n - - trivial-rewrite\n\
         bounce unix - - n - 0 bounce\n\
         defer unix - - n - 0 bounce\n\
         trace unix - - n - 0 bounce\n\
         proxymap unix - - n - - proxymap\n\
         error unix - - n - - error\n\
         retry unix - - n - - error\n\
         lmtp unix - - n - - lmtp\n\
         anvil unix - - n - 1 anvil\n\
         scache unix - - n - 1 scache\n\
         postlog unix-dgram n - n - 1 postlogd\n"
    );
    (main, services)
}
