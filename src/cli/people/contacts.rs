//! Names and addresses out of files that other programs wrote: vCard (2.1 to 4) and tables with commas, semicolons or tabs.
//!
//! Programs in China write both as GBK as well as UTF-8. What is no address is left out.

/// More people than these are in nobody's book.
const MOST: usize = 20_000;
const MOST_COLUMNS: usize = 200;

/// Names, which may be empty, and addresses.
pub(super) fn read(bytes: &[u8]) -> Vec<(String, String)> {
    let text = decoded(bytes);
    let is_card = text.lines().take(50).any(|line| line.trim().eq_ignore_ascii_case("BEGIN:VCARD"));
    let mut found = if is_card { cards(&text) } else { table(&text) };
    found.retain(|(_, address)| is_address(address));
    found.truncate(MOST);
    found
}

fn decoded(bytes: &[u8]) -> String {
    if let Some((encoding, length)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(length..).unwrap_or_default()).0.into_owned();
    }
    let text = std::str::from_utf8(bytes).map(str::to_owned);
    text.unwrap_or_else(|_| encoding_rs::GB18030.decode_without_bom_handling(bytes).0.into_owned())
}

fn is_address(address: &str) -> bool {
    let parts = address.rsplit_once('@');
    parts.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
        && address.len() <= 320
        && !address.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"'))
}

fn cards(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let (mut name, mut parts, mut addresses) = (String::new(), String::new(), Vec::new());
    for line in unfolded(text) {
        let Some((head, value)) = line.split_once(':') else { continue };
        let mut head = head.split(';');
        let field = head.next().unwrap_or_default();
        let field = field.rsplit('.').next().unwrap_or(field).to_uppercase();
        let parameters: Vec<String> = head.map(str::to_uppercase).collect();
        let value = value_of(&parameters, value);
        match field.as_str() {
            "BEGIN" => (name, parts, addresses) = (String::new(), String::new(), Vec::new()),
            "FN" => name = plain(&value),
            "N" => parts = whole_name(&value),
            "EMAIL" => addresses.push(plain(&value).trim_start_matches("mailto:").to_owned()),
            "END" => {
                let name = if name.is_empty() { std::mem::take(&mut parts) } else { std::mem::take(&mut name) };
                found.extend(addresses.drain(..).map(|address| (name.clone(), address)));
            }
            _ => {}
        }
        if found.len() >= MOST {
            break;
        }
    }
    found
}

/// A line that begins with a space goes on the one before; so does what follows a soft break of quoted-printable.
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = line.trim_end_matches('\r');
        match lines.last_mut() {
            Some(last) if last.ends_with('=') && last.to_uppercase().contains("QUOTED-PRINTABLE") => {
                last.pop();
                last.push_str(line.trim_start());
            }
            Some(last) if line.starts_with([' ', '\t']) => last.push_str(line.get(1..).unwrap_or_default()),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

fn value_of(parameters: &[String], value: &str) -> String {
    if !parameters.iter().any(|parameter| parameter.ends_with("QUOTED-PRINTABLE")) {
        return value.to_owned();
    }
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| *first == b'=');
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    decoded(&bytes)
}

/// Without what protects commas and the like.
fn plain(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut protected = false;
    for c in value.chars() {
        if c == '\\' && !protected {
            protected = true;
            continue;
        }
        text.push(if protected && matches!(c, 'n' | 'N') { ' ' } else { c });
        protected = false;
    }
    text.trim().to_owned()
}

/// `family;given;…`, in the order in which people are called.
fn whole_name(value: &str) -> String {
    let mut parts = value.split(';').map(plain);
    let (family, given) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    together(&family, &given)
}

fn together(family: &str, given: &str) -> String {
    let name =
        if family.is_ascii() && given.is_ascii() { format!("{given} {family}") } else { format!("{family}{given}") };
    name.trim().to_owned()
}

/// What a column is for, by what stands above it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Address,
    Name,
    Family,
    Given,
    Other,
}

fn column(title: &str) -> Column {
    let title: String = title.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let has = |words: &[&str]| words.iter().any(|word| title.contains(word));
    match title.as_str() {
        "name" | "fullname" | "displayname" | "姓名" | "名称" | "名字" | "显示名称" | "显示名" | "联系人"
        | "联系人姓名" => Column::Name,
        "lastname" | "familyname" | "surname" | "姓" | "姓氏" => Column::Family,
        "firstname" | "givenname" | "名" => Column::Given,
        // `E-mail Type` and the like say what kind of address it is.
        _ if has(&["type", "类型", "显示", "display", "label"]) => Column::Other,
        _ if has(&["email", "mailaddress", "邮箱", "电子邮件", "邮件地址", "电邮"]) => Column::Address,
        _ => Column::Other,
    }
}

fn table(text: &str) -> Vec<(String, String)> {
    let first = text.lines().next().unwrap_or_default();
    let count = |mark: char| first.matches(mark).count();
    let mark = [',', ';', '\t'].into_iter().rev().max_by_key(|mark| count(*mark)).unwrap_or(',');
    let mut rows = rows(text, mark).into_iter();
    let titles: Vec<Column> = rows.next().unwrap_or_default().iter().map(|title| column(title)).collect();
    let mut found = Vec::new();
    if titles.contains(&Column::Address) {
        for row in rows {
            let all = |wanted: Column| {
                row.iter().zip(&titles).filter(move |(_, column)| **column == wanted).map(|(cell, _)| cell.trim())
            };
            let one = |wanted: Column| all(wanted).find(|cell| !cell.is_empty()).unwrap_or_default();
            let name = match one(Column::Name) {
                "" => together(one(Column::Family), one(Column::Given)),
                name => name.to_owned(),
            };
            found.extend(all(Column::Address).map(|address| (name.clone(), address.to_owned())));
        }
    } else {
        // No titles: whatever looks like an address is one, and the first cell that does not is the name.
        for row in self::rows(text, mark) {
            let name = row.iter().map(|cell| cell.trim()).find(|cell| !cell.is_empty() && !cell.contains('@'));
            let addresses = row.iter().map(|cell| cell.trim()).filter(|cell| is_address(cell));
            found.extend(addresses.map(|address| (name.unwrap_or_default().to_owned(), address.to_owned())));
        }
    }
    found
}

fn rows(text: &str, mark: char) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let (mut row, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' if quoted || cell.is_empty() => quoted = !quoted,
            c if c == mark && !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                row.truncate(MOST_COLUMNS);
                rows.push(std::mem::take(&mut row));
                if rows.len() > MOST {
                    return rows;
                }
            }
            '\r' if !quoted => {}
            c => cell.push(c),
        }
    }
    row.push(cell);
    rows.push(row);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<(String, String)> {
        read(text.as_bytes())
    }

    fn people(all: &[(&str, &str)]) -> Vec<(String, String)> {
        all.iter().map(|(name, address)| ((*name).to_owned(), (*address).to_owned())).collect()
    }

    #[test]
    fn cards_of_every_age() {
        let text = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:张;三;;;\r\nFN:张三\r\nitem1.EMAIL;type=WORK:zs@exam\r\n ple.com\r\n\
            EMAIL:zs2@example.com\r\nEND:VCARD\r\n\
            BEGIN:VCARD\r\nVERSION:2.1\r\nN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:=E6=9D=8E;=\r\n=E9=9B=B7\r\n\
            EMAIL;INTERNET:ll@example.com\r\nEND:VCARD\r\n\
            BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Smith\\, John\r\nEMAIL:mailto:js@example.com\r\nEND:VCARD\r\n\
            BEGIN:VCARD\r\nFN:no address\r\nEMAIL:none\r\nEND:VCARD\r\n";
        let all = [
            ("张三", "zs@example.com"),
            ("张三", "zs2@example.com"),
            ("李雷", "ll@example.com"),
            ("Smith, John", "js@example.com"),
        ];
        assert_eq!(of(text), people(&all));
    }

    #[test]
    fn tables_with_and_without_titles() {
        let outlook = "First Name,Last Name,E-mail Address,E-mail Type,E-mail 2 Address\r\n\
            John,\"Smith, Jr.\",js@example.com,SMTP,js2@example.com\r\n";
        assert_eq!(
            of(outlook),
            people(&[("John Smith, Jr.", "js@example.com"), ("John Smith, Jr.", "js2@example.com")])
        );
        let foxmail = "姓名;电子邮件地址;手机\n张三;zs@example.com;1\n;nobody@example.com;\n李雷;;2\n";
        assert_eq!(of(foxmail), people(&[("张三", "zs@example.com"), ("", "nobody@example.com")]));
        let (gbk, ..) = encoding_rs::GBK.encode("姓,名,邮箱\n曾,国藩,zgf@example.com\n");
        assert_eq!(read(&gbk), people(&[("曾国藩", "zgf@example.com")]));
        assert_eq!(of("zs@example.com\t\"张\"\"三\"\"\"\n"), people(&[("张\"三\"", "zs@example.com")]));
    }

    #[test]
    fn anything_is_read_without_an_end() {
        let diet = crate::fuzzing::Diet {
            good: &[
                b"BEGIN:VCARD\r\nFN;ENCODING=QUOTED-PRINTABLE:=E4=\r\n=B8\r\nEMAIL:a@b\r\nEND:VCARD\r\n",
                b"E-mail,Name\r\na@b,\"b\"\"\"\r\n",
            ],
            pieces: &[b"\"", b"=\r\n", b"EMAIL:", b";", b",", b"\t", b"\r\n ", b"\xff\xfe", b"=F", b"\\"],
        };
        crate::fuzzing::fuzz(&diet, crate::fuzzing::Long::Minutes(1), |bytes| {
            read(bytes).iter().all(|(_, address)| is_address(address))
        });
        assert_eq!(of(""), []);
        assert!(of(&"a@b.example\n".repeat(MOST * 2)).len() <= MOST);
    }
}
