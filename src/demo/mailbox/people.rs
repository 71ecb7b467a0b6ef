//! Who writes to whom. The people are invented, and so are their addresses.

use super::letter::Person;

const PEOPLE: [(&str, &str, &str); 34] = [
    ("mom", "妈妈", "lin.shufen@shuixiang.example"),
    ("dad", "江建国", "jiang.jianguo@shuixiang.example"),
    ("uncle", "林志强", "zhiqiang.lin@shuixiang.example"),
    ("xiaoyu", "林晓雨", "xiaoyu@qingshan.example"),
    ("lu", "陆一鸣", "luyiming@renxin-hospital.example"),
    ("dapang", "大胖", "dapang@shuxiang.example"),
    ("landlord", "房东老吴", "laowu@shuixiang.example"),
    ("zhou", "周屿", "zhouyu@qingwa.example"),
    ("xu", "许岩", "xuyan@qingwa.example"),
    ("chen", "陈静怡", "chenjingyi@qingwa.example"),
    ("tang", "唐果", "tangguo@qingwa.example"),
    ("hr", "沈悦", "hr@qingwa.example"),
    ("zheng", "郑姐", "finance@qingwa.example"),
    ("it", "青瓦运维", "it@qingwa.example"),
    ("alarm", "监控告警", "alarm@qingwa.example"),
    ("oncall", "值班", "oncall@qingwa.example"),
    ("office", "全体同事", "all@qingwa.example"),
    ("tom", "Tom Ashby", "tom.ashby@qingwa.example"),
    ("priya", "Priya Raman", "priya@qingwa.example"),
    ("gu", "老顾", "gu@beipo.example"),
    ("ye", "叶子", "yezi@beipo.example"),
    ("mao", "小毛", "maoyi@beipo.example"),
    ("hikers", "北坡徒步", "walk@beipo.example"),
    ("bookshop", "纸声书店", "hello@zhisheng.example"),
    ("library", "市图书馆", "reader@citylib.example"),
    ("dentist", "松果口腔", "yuyue@songguo.example"),
    ("gym", "动动健身", "hi@dongdong.example"),
    ("isla", "Isla Macrae", "isla@macrae.example"),
    ("marta", "Marta Keller", "marta@keller.example"),
    ("jonas", "Jonas Lind", "jonas@lind.example"),
    ("tern", "tern-devel", "tern-devel@lists.tern.example"),
    ("bank", "江南银行信用卡中心", "ebill@jnbank.example"),
    ("phone", "云雀通信", "bill@yunque.example"),
    ("power", "城市电力", "service@citypower.example"),
];

/// A person by the short name of the table, `me`, or `"Name" <address>` as it stands.
pub(super) fn person(written: &str, me: &Person) -> Person {
    let written = written.trim();
    if written == "me" {
        return me.clone();
    }
    if let Some((_, name, address)) = PEOPLE.iter().find(|(short, ..)| *short == written) {
        return Person::new(*name, *address);
    }
    match written.rsplit_once('<') {
        Some((name, address)) => Person::new(name.trim().trim_matches('"'), address.trim_end_matches('>')),
        None => Person::new("", written),
    }
}
