//! Mail that comes again and again: codes, parcels, bills, notifications, newsletters. Each kind is a template that
//! rolls its own numbers, so that no two are alike.

use super::super::random::Dice;
use super::letter::{Attached, Coding, Letter, Person, page};
use super::{INBOX, NEWSLETTERS, PROJECTS, files};
use crate::model::Timestamp;

/// What a template is told: when, for whom, and its chance.
pub(super) struct Occasion<'a> {
    pub(super) me: &'a Person,
    pub(super) sent: Timestamp,
    pub(super) dice: &'a mut Dice,
    /// Counts within the series.
    pub(super) number: u64,
}

pub(super) type Template = fn(&mut Occasion<'_>) -> Letter;

/// The kinds, how many of each stand in the written mailbox, and how many hours lie between two of them.
pub(super) const KINDS: [(Template, u64, u64); 12] = [
    (code, 18, 61),
    (parcel, 18, 83),
    (card_bill, 12, 730),
    (phone_bill, 8, 735),
    (power_bill, 6, 1460),
    (receipt, 12, 170),
    (pull_request, 22, 41),
    (build, 12, 67),
    (digest_zh, 12, 168),
    (digest_en, 10, 170),
    (weekly, 6, 169),
    (e_invoice, 8, 410),
];

fn letter(o: &Occasion<'_>, from: (&str, &str), subject: String, text: String) -> Letter {
    let host = from.1.rsplit_once('@').map_or("hongyan.example", |(_, host)| host);
    Letter {
        folder: INBOX,
        sent: o.sent,
        zone: 8,
        from: Person::new(from.0, from.1),
        to: vec![o.me.clone()],
        id: format!("{:x}.{}@{host}", o.sent.0, o.number),
        subject,
        plain: Some(text),
        ..Letter::default()
    }
}

fn money(dice: &mut Dice, from: u64, to: u64) -> String {
    format!("{}.{}", dice.between(from, to), dice.digits(2))
}

fn code(o: &mut Occasion<'_>) -> Letter {
    let site = o.dice.choose(&[
        ("云雀通信", "noreply@yunque.example", "登录"),
        ("江南银行", "verify@jnbank.example", "修改手机号"),
        ("小满外卖", "code@xiaoman.example", "登录"),
        ("知行题库", "account@zhixing.example", "注册"),
        ("青鸟云盘", "security@qingniao.example", "新设备登录"),
        ("Harbour Hosting", "login@harbourhost.example", "sign in"),
    ]);
    let (name, address, what) = site.unwrap_or(("云雀通信", "noreply@yunque.example", "登录"));
    let digits = o.dice.digits(6);
    if what == "sign in" {
        let text = format!(
            "Your code is {digits}.\n\nIt is valid for 10 minutes. If you did not ask for it, somebody typed your address by mistake; you need not do anything.\n"
        );
        return Letter { zone: 0, ..letter(o, (name, address), format!("{digits} is your {name} code"), text) };
    }
    let minutes = o.dice.between(1, 3) * 5;
    let text = format!(
        "【{name}】您正在进行“{what}”操作，验证码：{digits}，{minutes} 分钟内有效。\n\n如非本人操作，请忽略本邮件，切勿将验证码告诉任何人，包括自称客服的人。\n"
    );
    let mut code = letter(o, (name, address), format!("【{name}】验证码 {digits}"), text.clone());
    if o.dice.chance(50) {
        code.plain = None;
        code.html = Some(page(&text));
    }
    code
}

fn parcel(o: &mut Occasion<'_>) -> Letter {
    let number = format!("HY{}", o.dice.digits(12));
    let goods = o.dice.pick(&[
        "棉拖鞋（两双）",
        "机械键盘轴体 x 70",
        "五常大米 5kg",
        "登山杖",
        "《河湾纪事》",
        "猫粮 10kg",
        "雨衣（粉色）",
        "除湿盒 6 只",
        "石榴 8 斤装",
    ]);
    let (subject, text) = match o.dice.below(3) {
        0 => (
            format!("您的包裹已发出：{goods}"),
            format!(
                "运单号 {number}\n商品　 {goods}\n预计　 两天内送达\n\n发货地天气多雨，外箱可能有点潮，里面有防水袋。\n"
            ),
        ),
        1 => (
            format!("包裹到站，请凭取件码 {}-{} 领取", o.dice.between(1, 9), o.dice.digits(4)),
            format!(
                "您的包裹（{goods}，{number}）已到达桂花巷驿站，营业至 21:30。\n\n超过三天请续存，超过七天老板娘会打电话。\n"
            ),
        ),
        _ => (
            format!("已签收：{goods}"),
            format!("{number} 已由本人（放在门口鞋柜上）签收。\n\n如未收到，请先看看鞋柜下面。\n"),
        ),
    };
    let mut parcel = letter(o, ("顺风快运", "notice@shunfeng-kuaiyun.example"), subject, text.clone());
    parcel.html = o.dice.chance(60).then(|| page(&text));
    parcel
}

/// The month before an occasion, as `2025 年 10 月`.
fn month_of(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_second(at.0 - 20 * 86400).unwrap_or_default().to_zoned(super::super::imap::zone());
    format!("{} 年 {} 月", at.year(), at.month())
}

fn card_bill(o: &mut Occasion<'_>) -> Letter {
    let (month, sum, tail) = (month_of(o.sent), money(o.dice, 900, 6800), "2047");
    let rows: Vec<(&str, String)> = ["纸声书店", "小满外卖", "地铁出行", "桂花巷超市", "Harbour Hosting", "松果口腔"]
        .into_iter()
        .map(|shop| (shop, money(o.dice, 8, 420)))
        .collect();
    let table = rows
        .iter()
        .map(|(shop, sum)| format!("<tr><td>{shop}</td><td align=\"right\">{sum}</td></tr>\n"))
        .collect::<Vec<_>>()
        .concat();
    let html = format!(
        "<html><body><table width=\"600\" cellpadding=\"8\"><tr><td colspan=\"2\" bgcolor=\"#8a1c1c\"><font color=\"#ffffff\">江南银行信用卡　{month}账单</font></td></tr>\n\
         <tr><td>本期应还</td><td align=\"right\"><b>¥ {sum}</b></td></tr>\n{table}</table>\n\
         <p>尾号 {tail} 的卡片，请在到期还款日前还款。逾期会影响您的征信。</p>\n<img src=\"https://img.jnbank.example/open.gif?c={}\" width=\"1\" height=\"1\"></body></html>",
        o.dice.digits(10)
    );
    let mut bill = letter(
        o,
        ("江南银行信用卡中心", "ebill@jnbank.example"),
        format!("江南银行信用卡电子账单（{month}）"),
        String::new(),
    );
    bill.plain = None;
    bill.html = Some(html);
    bill.flags = if o.number == 0 { vec!["\\Flagged"] } else { Vec::new() };
    bill
}

fn phone_bill(o: &mut Occasion<'_>) -> Letter {
    let (month, sum, data) = (month_of(o.sent), money(o.dice, 38, 96), o.dice.between(6, 39));
    let text = format!(
        "尊敬的客户：\n\n您 {month}的话费为 {sum} 元，其中套餐 38.00 元。\n流量已用 {data} GB，剩余 {} GB，结转至下月。\n\n云雀通信\n",
        40 - data
    );
    letter(o, ("云雀通信", "bill@yunque.example"), format!("{month}话费账单 {sum} 元"), text)
}

fn power_bill(o: &mut Occasion<'_>) -> Letter {
    let (month, used) = (month_of(o.sent), o.dice.between(90, 360));
    let sum = format!("{}.{:02}", used * 538 / 1000, used * 538 / 10 % 100);
    let text = format!(
        "户号 33010 0427 8819\n\n{month}用电 {used} 度，电费 {sum} 元，已从绑定的账户代扣。\n\n上期 {} 度。夜间谷电占 41%，洗衣机请继续保持。\n",
        o.dice.between(90, 360)
    );
    letter(o, ("城市电力", "service@citypower.example"), format!("电费通知：{month}，{sum} 元"), text)
}

fn receipt(o: &mut Occasion<'_>) -> Letter {
    let item = o.dice.pick(&[
        "鲜肉小馄饨、酒酿圆子",
        "黄焖鸡米饭（微辣）",
        "桂林米粉加酸豆角",
        "番茄牛腩、米饭 x 2",
        "手冲咖啡（埃塞）、可颂",
        "麻辣烫（不要香菜）",
    ]);
    let sum = money(o.dice, 16, 88);
    let text = format!(
        "订单 {}\n\n{item}\n合计 ¥{sum}\n\n骑手小赵说：祝您用餐愉快，楼道灯坏了一盏，慢点走。\n",
        o.dice.digits(14)
    );
    let mut order = letter(o, ("小满外卖", "order@xiaoman.example"), format!("订单已送达：{item}"), text.clone());
    order.html = Some(page(&text));
    order.coding = Coding::Quoted;
    order
}

fn pull_request(o: &mut Occasion<'_>) -> Letter {
    // Three notifications for each, so that they fall into threads.
    let request = o.number / 3;
    let mut same = Dice::new(request, 9);
    let topic = same.pick(&[
        "Say which row could not be read",
        "Retry the callback with a longer pause",
        "对账：按记账日中间价换算",
        "Make the importer stream its input",
        "打印样式：表头每页重复",
        "Remove the second settings file",
        "Do not say done before it is done",
    ]);
    let who = o.dice.pick(&["xuyan", "tangguo", "tom-ashby", "priya-r", "zhouyu"]);
    let (pull, what) = (1700 - request % 1600, o.dice.below(4));
    let text = match what {
        0 => format!("@{who} requested your review on #{pull}.\n"),
        1 => format!("Merged #{pull} into main.\n"),
        2 => format!(
            "{who} left a comment (#{pull})\n\nsrc/import/rows.rs\n> let rows = preview.rows();\n\nThis is where the limit sneaks in. Could it ask the reader directly?\n"
        ),
        _ => format!("@{who} pushed 2 commits.\n\n  8c1f0de {topic}\n  41ab9c7 Add the test that was missing\n"),
    };
    let text = format!(
        "{text}\n-- \nReply to this email directly or view it on GitForge:\nhttps://gitforge.example/qingwa/ledger/pull/{pull}\nYou are receiving this because your review was requested.\n"
    );
    let mut note = letter(
        o,
        (who, "notifications@gitforge.example"),
        format!("Re: [qingwa/ledger] {topic} (PR #{pull})"),
        text.clone(),
    );
    note.answers = vec![format!("qingwa/ledger/pull/{pull}@gitforge.example")];
    note.zone = 0;
    note.html = Some(page(&text));
    note.headers = vec![
        ("List-ID".into(), "qingwa/ledger <ledger.qingwa.gitforge.example>".into()),
        (
            "List-Unsubscribe".into(),
            format!("<https://gitforge.example/notifications/unsubscribe/{}>", o.dice.digits(9)),
        ),
        ("X-GitForge-Reason".into(), "review_requested".into()),
        ("Precedence".into(), "list".into()),
    ];
    note
}

fn build(o: &mut Occasion<'_>) -> Letter {
    let (run, good) = (9200 - o.number % 9000, o.dice.chance(60));
    let minutes = o.dice.between(14, 26);
    let subject = format!("[ledger] {} #{run} (main)", if good { "Build fixed" } else { "Build failed" });
    let text = if good {
        format!("Build #{run} passed after {minutes} min.\n\n2,318 tests, 0 failed.\n")
    } else {
        format!(
            "Build #{run} failed after {minutes} min.\n\n2,318 tests, 1 failed:\n  import::large::rows_beyond_the_preview ... FAILED\n\n  left: 10000\n right: 64212\n"
        )
    };
    Letter { zone: 0, ..letter(o, ("Qingwa CI", "ci@qingwa.example"), subject, text) }
}

fn digest_zh(o: &mut Occasion<'_>) -> Letter {
    let issue = 318 - o.number % 300;
    let lead = o.dice.pick(&[
        "城南最后一家修钢笔的铺子",
        "为什么菜市场的秤都偏一点",
        "一位灯塔看守人的电子邮件",
        "坐绿皮车去看一场雪",
        "县城图书馆的夜班",
        "算盘退役的那一年",
    ]);
    let second = o.dice.pick(&[
        "读者来信：我把闹钟调快了八分钟",
        "厨房：一锅到底的腊味饭",
        "植物：桂花为什么今年开了两次",
        "旧物：铁皮饼干盒里装过什么",
    ]);
    let text = format!(
        "旧报拾遗　第 {issue} 期\n\n本期主文：{lead}\n\n{second}\n\n编辑部的橘猫已经搬到打印机上办公，本期因此晚了二十分钟。\n\n阅读全文 https://jiubao.example/{issue}\n退订 https://jiubao.example/leave\n"
    );
    let mut digest =
        letter(o, ("旧报拾遗", "editor@jiubao.example"), format!("旧报拾遗 #{issue}｜{lead}"), text.clone());
    digest.folder = NEWSLETTERS;
    digest.html = Some(page(&text));
    digest.headers = vec![
        ("List-Unsubscribe".into(), "<https://jiubao.example/leave>, <mailto:leave@jiubao.example>".into()),
        ("List-Unsubscribe-Post".into(), "List-Unsubscribe=One-Click".into()),
    ];
    digest
}

fn digest_en(o: &mut Occasion<'_>) -> Letter {
    let issue = 204 - o.number % 200;
    let lead = o.dice.pick(&[
        "The cost of a spinner",
        "Nobody reads the second error",
        "A queue is a promise",
        "Borders, and who draws them",
        "How long is a character?",
    ]);
    let text = format!(
        "Plain Text Weekly, no. {issue}\n\n{lead}\n\nThis week: why a progress bar that lies is worse than none, a terminal from 1978 that still answers, and three small tools that do one thing and then stop.\n\nRead it: https://plaintext.example/{issue}\nLeave: https://plaintext.example/leave\n"
    );
    let mut digest =
        letter(o, ("Plain Text Weekly", "hello@plaintext.example"), format!("PTW #{issue}: {lead}"), text.clone());
    digest.folder = NEWSLETTERS;
    digest.zone = 1;
    digest.html = Some(page(&text));
    digest.headers = vec![("List-Unsubscribe".into(), "<https://plaintext.example/leave>".into())];
    digest
}

fn weekly(o: &mut Occasion<'_>) -> Letter {
    let (done, open) = (o.dice.between(4, 19), o.dice.between(9, 40));
    let text = format!(
        "本周关闭缺陷 {done} 个，剩余 {open} 个，其中二级 {} 个。\n\n客户来电 {} 通，最多的问题仍然是“导出在哪里”。\n\n静怡\n",
        open / 3,
        o.dice.between(11, 52)
    );
    let mut report =
        letter(o, ("陈静怡", "chenjingyi@qingwa.example"), format!("项目周报：关闭 {done}，剩余 {open}"), text);
    report.folder = PROJECTS;
    report
}

fn e_invoice(o: &mut Occasion<'_>) -> Letter {
    let seller = o.dice.pick(&["纸声书店", "桂花巷超市", "松果口腔", "顺风快运", "动动健身"]);
    let (sum, number) = (money(o.dice, 20, 900), o.dice.digits(8));
    let text = format!(
        "您好，您在{seller}消费的电子发票已开具：\n\n发票号码 {number}\n价税合计 ¥{sum}\n购买方　 个人\n\n发票文件见附件，请妥善保存。\n"
    );
    let mut invoice = letter(
        o,
        ("电子发票服务", "einvoice@fapiao.example"),
        format!("您收到一张来自{seller}的电子发票（¥{sum}）"),
        text,
    );
    invoice.attached = vec![Attached {
        name: format!("电子发票_{number}_{seller}.pdf"),
        kind: "application/pdf",
        bytes: files::pdf(&["E-INVOICE", &number, &sum]),
        inline: None,
    }];
    invoice
}
