//! `hongyan people`.

use std::fs;

use super::home::Home;
use crate::embedded::Embedded;

#[test]
fn people_come_from_files_and_are_found_by_what_is_typed() {
    let server = Embedded::start(|_| {});
    let home = server.home(server.port(), "");
    let file = home.path().join("book.csv");
    fs::write(&file, "姓名,邮箱\n张三,zs@mail.example\n李雷,LL@mail.example\n").unwrap();
    let import = |home: &Home| home.run(&["people", "import", file.to_str().unwrap()]);
    assert!(import(&home).good().out.contains("2 addresses were read, 2 of them new"));
    assert!(import(&home).good().out.contains("2 addresses were read, 0 of them new"));
    assert_eq!(home.run(&["people", "list", "zs"]).good().out, "张三 <zs@mail.example>\n");
    let all = home.run(&["people", "list", "--json"]).json();
    assert_eq!(all.as_array().unwrap().len(), 2);
    fs::write(&file, "nothing,of,the,kind\n").unwrap();
    assert!(import(&home).failed().contains("no mail address"));
    assert!(home.run(&["people", "import", "nowhere.vcf"]).failed().contains("nowhere.vcf"));
}
