//! A domain that looks like one that is known, with a slip of the finger in it: a secret that is sent there is lost to
//! whoever registered the slip.

use super::Presets;
use crate::config::Address;
use crate::text::typing_errors;

/// In a name this long two errors are still more likely than another name.
const LONG: usize = 6;
/// A name this short is one error away from too many others.
const SHORT: usize = 2;

impl Presets {
    /// The address that was probably meant, if this one is nearly that of a provider that is known.
    pub fn probably_meant(&self, address: &Address) -> Option<Address> {
        let written = address.domain().to_lowercase();
        let known = || self.all.iter().flat_map(|preset| &preset.domains);
        if known().any(|domain| *domain == written) {
            return None;
        }
        let (_, domain) = known()
            .filter_map(|domain| {
                let errors = typing_errors(&written, domain);
                is_near(&written, domain, errors).then_some((errors, domain))
            })
            .min_by_key(|(errors, domain)| (*errors, ahead(domain) != ahead(&written)))?;
        format!("{}@{domain}", address.local_part()).parse().ok()
    }
}

fn is_near(written: &str, domain: &str, errors: usize) -> bool {
    // `vip.qq` of vip.qq.com, and `qq` of it.
    let before = ahead(domain);
    let name = before.rsplit('.').next().unwrap_or(before).chars().count();
    match errors {
        1 => name > SHORT || ahead(written) == before,
        2 => name >= LONG,
        _ => false,
    }
}

/// All but what stands behind the last dot.
fn ahead(domain: &str) -> &str {
    domain.rsplit_once('.').map_or(domain, |(before, _)| before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_told_from_another_domain() {
        let presets = Presets::built_in();
        for (written, meant) in [
            ("163.co", "163.com"),
            ("qq.con", "qq.com"),
            ("qq.cmo", "qq.com"),
            ("126.cm", "126.com"),
            ("gmial.com", "gmail.com"),
            ("GMAIL.CON", "gmail.com"),
            ("yeah.ent", "yeah.net"),
            ("vip.136.com", "vip.163.com"),
            ("outlok.con", "outlook.com"),
            ("foxmial.com", "foxmail.com"),
        ] {
            let address = format!("me.You@{written}").parse().unwrap();
            let found = presets.probably_meant(&address).map(String::from);
            assert_eq!(found, Some(format!("me.You@{meant}")), "{written}");
        }
        for other in [
            "163.com",
            "QQ.com",
            "mi.com",
            "ge.com",
            "vip.188.com",
            "firm.example",
            "live.cn",
            "sina.com.cn",
            "hotmail.fr",
            "outlook.co.jp",
            "fastmail.com",
            "mail.163.com.example",
            "xn--vhquv.example",
        ] {
            let address = format!("me@{other}").parse().unwrap();
            assert_eq!(presets.probably_meant(&address), None, "{other}");
        }
    }
}
