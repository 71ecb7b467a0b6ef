//! Small talk for the generated mail: subjects, openings, answers.

use super::super::random::Dice;

pub(super) struct Talk {
    pub(super) subject: String,
    pub(super) opening: String,
    pub(super) english: bool,
    /// Short names from the table of people.
    pub(super) people: Vec<&'static str>,
}

/// Subject, opening, who.
type Topic = (&'static str, &'static str, &'static [&'static str]);

const CHINESE: [Topic; 14] = [
    ("周末去爬山吗", "看了预报，周六晴，想走老路线，下午四点前能下来。谁来？", &["ye", "gu", "mao"]),
    (
        "报表口径确认",
        "销售额是按下单日还是按发货日算？财务和客服给的说法不一样，先确认再动手。",
        &["chen", "zhou", "zheng"],
    ),
    ("会议室投影又坏了", "三楼小会议室的投影开机十分钟就绿屏，先用二楼的，报修单已经提了。", &["it", "tang", "xu"]),
    ("给外婆过生日", "下个月初六外婆八十二，今年换个安静的地方，菜少一点，话多一点。", &["mom", "uncle", "xiaoyu"]),
    ("接口超时的排查", "午后两点到三点之间有一批超时，集中在导出。日志放在老地方了，一起看看。", &["xu", "zhou"]),
    ("旧书换新书", "店里下周末办旧书交换，一本换一本，不问价钱，只问你为什么舍得。", &["bookshop", "ye"]),
    ("打印机选型", "行政要换打印机，要求只有一个：不卡纸。大家推荐一下。", &["hr", "it", "tang"]),
    ("同学会名单", "目前报名十九人，还差你。班主任也来，她说要点名。", &["dapang", "lu"]),
    ("新同事欢迎午餐", "周四中午给新来的测试同学接风，地点投票，不吃辣的请举手。", &["hr", "tang", "chen"]),
    ("楼道的自行车", "消防来检查过了，楼道里不能停自行车，请这周内推到车棚去。", &["landlord"]),
    ("设计稿评审意见", "第二版看过了，颜色很好，只是按钮上的字还是太客气，直接说动作就行。", &["tang", "chen"]),
    ("老家的枇杷熟了", "树上的枇杷黄了一半，再不回来就都便宜鸟了。给你寄一箱，垫了报纸，路上别颠。", &["dad", "mom"]),
    (
        "数据备份演练",
        "本周五晚上做一次恢复演练，从零开始，目标四十分钟。请各自准备好自己的清单。",
        &["xu", "it", "zhou"],
    ),
    ("徒步队换头灯", "团购头灯，三百流明，带红光，满十个打八折。要的接龙。", &["mao", "gu", "ye"]),
];

const ENGLISH: [Topic; 10] = [
    (
        "Staging is slow again",
        "Every request takes two seconds longer than yesterday. Did anything change on Friday?",
        &["tom", "priya"],
    ),
    (
        "Notes from the shop visit",
        "They print everything and tick it with a red pen. The print style matters more than the screen.",
        &["priya", "tom"],
    ),
    (
        "cursor shape after suspend",
        "After suspending and coming back the cursor is a block. It was a bar before. Easy to reproduce.",
        &["jonas", "marta"],
    ),
    (
        "Holiday cover in August",
        "I am away for the second and third week. Who can take the Bristol calls?",
        &["tom", "priya"],
    ),
    (
        "Release notes draft",
        "Draft below. I have tried to say what people can do now, and not what we did.",
        &["priya", "tom"],
    ),
    (
        "Spare room in spring",
        "The bed has arrived, and so has a lamp that works. Tell me your dates when you know them.",
        &["isla"],
    ),
    (
        "Test that fails one time in forty",
        "It only fails when the machine is busy. I suspect that it sleeps where it should wait.",
        &["marta", "jonas"],
    ),
    (
        "Ledger with two hundred columns",
        "A customer sent us this. It is real. I have removed the names.",
        &["tom", "priya"],
    ),
    (
        "Which error message is better?",
        "A: Invalid input. B: Row 14 has a date that does not exist, 31 June. I know what I would choose.",
        &["priya", "tom"],
    ),
    (
        "Old paper, new glue",
        "I found a binding from 1820 that was glued with flour and hope. It held for two centuries.",
        &["isla"],
    ),
];

pub(super) fn of(dice: &mut Dice) -> Talk {
    let english = dice.chance(35);
    let topic = if english { dice.choose(&ENGLISH) } else { dice.choose(&CHINESE) };
    let (subject, opening, people) = topic.unwrap_or(CHINESE[0]);
    Talk { subject: subject.to_owned(), opening: opening.to_owned(), english, people: people.to_vec() }
}

pub(super) fn answer(english: bool, dice: &mut Dice) -> String {
    let (first, second): (&[&str], &[&str]) = if english { (&ANSWERS_EN, &MORE_EN) } else { (&ANSWERS_ZH, &MORE_ZH) };
    let space = if english { " " } else { "" };
    format!("{}{space}{}", dice.pick(first), dice.pick(second))
}

const ANSWERS_ZH: [&str; 12] = [
    "可以，我没意见。",
    "收到，今天下班前给你答复。",
    "我这边已经弄好了，你看看合不合适。",
    "这件事我昨天也想说来着。",
    "同意，不过先别急着定。",
    "我问过了，他们说没问题。",
    "算我一个。",
    "时间上我有点紧，晚半天行不行？",
    "谢谢提醒，差点忘了。",
    "哈哈，你们先定，我跟着走。",
    "刚试了一下，还是老样子。",
    "这个好办，交给我。",
];
const MORE_ZH: [&str; 12] = [
    "另外记得带上次那份清单，别又只记在脑子里。",
    "如果下雨就改到下周，别硬来。",
    "细节见面说，邮件里说不清楚。",
    "有变化我随时回信。",
    "上回的教训还热乎着，这次慢一点没关系。",
    "我把来龙去脉写在共享文档里了，第三页。",
    "对方电话我有，需要的话单独发你。",
    "就按这个来吧，不用再问我了。",
    "差的那一份我补上，大家不用等。",
    "顺便问一句，上次借的雨衣是谁的？",
    "周一之前应该都来得及。",
    "要是有人反对，现在还来得及说。",
];
const ANSWERS_EN: [&str; 10] = [
    "Sounds right to me.",
    "I looked at it this morning.",
    "Yes, with one small doubt.",
    "Thanks, that explains the other thing too.",
    "I would rather wait until Monday.",
    "Done, please have a look.",
    "I asked, and nobody minds.",
    "Not sure that I follow the second point.",
    "That is better than what I had in mind.",
    "Count me in.",
];
const MORE_EN: [&str; 10] = [
    "Let us keep it small and see what breaks.",
    "I will write it down where we can find it again.",
    "If it rains, we do it next week.",
    "The numbers are in the usual place, third tab.",
    "Tell me if you need it earlier than Thursday.",
    "We can always undo it.",
    "I have a test for it now, and it failed before.",
    "The rest is easier to say than to type.",
    "Nobody has to answer this on a Sunday.",
    "I owe you a coffee for that one.",
];
