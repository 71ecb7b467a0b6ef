//! How many HTML messages become text in a second, beside a floor of the same run: html5ever reading the same pages and
//! keeping nothing of them. `cargo bench --bench decode`

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints, and ends at the first fault")]

use std::borrow::Cow;
use std::hint::black_box;
use std::rc::Rc;
use std::time::Duration;

use hongyan::mime::readable;
use hongyan::model::clock;
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink as _};
use html5ever::{Attribute, ExpandedName, ParseOpts, QualName, local_name, ns, parse_document};

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(400);

const BILL: &str = include_str!("../src/mime/html/tests/bill.html");
const NEWS: &str = include_str!("../src/mime/html/tests/newsletter.html");

fn main() {
    let long = BILL.replace(
        "</table>\n<table cellpadding",
        &format!(
            "{}</table>\n<table cellpadding",
            "<tr><td>11/15</td><td>机票</td><td align=\"right\">1,146.56</td></tr>\n".repeat(1_000)
        ),
    );
    for (name, page) in [("a bill", BILL), ("a newsletter", NEWS), ("a bill of 1,000 rows", &long)] {
        let message = format!("Subject: s\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}").into_bytes();
        assert!(readable(&message).document.links.len() > 1);
        let pages = rate(|| drop(black_box(readable(black_box(&message)))));
        let floor = rate(|| parse(black_box(page)));
        println!(
            "{name}, {} KB: {pages:.0} html pages a second, html5ever alone {floor:.0}: {:.1} times as long",
            page.len() / 1024,
            floor / pages
        );
    }
}

/// How often in a second; the best of some rounds, because others use the machine too.
fn rate(mut work: impl FnMut()) -> f64 {
    let round = |_| {
        let begun = clock::instant();
        let mut times = 0.0;
        while begun.elapsed() < ROUND {
            work();
            times += 1.0;
        }
        times / begun.elapsed().as_secs_f64()
    };
    (0..ROUNDS).map(round).fold(0.0, f64::max)
}

fn parse(page: &str) {
    let nameless = Rc::new(QualName::new(None, ns!(html), local_name!("")));
    parse_document(Nothing(nameless), ParseOpts::default()).one(StrTendril::from(page));
}

/// Keeps no page.
struct Nothing(Rc<QualName>);

impl TreeSink for Nothing {
    type Handle = Rc<QualName>;
    type Output = ();
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) {}
    fn parse_error(&self, _: Cow<'static, str>) {}
    fn get_document(&self) -> Rc<QualName> {
        Rc::clone(&self.0)
    }
    fn elem_name<'a>(&'a self, target: &'a Rc<QualName>) -> ExpandedName<'a> {
        target.expanded()
    }
    fn create_element(&self, name: QualName, _: Vec<Attribute>, _: ElementFlags) -> Rc<QualName> {
        Rc::new(name)
    }
    fn create_comment(&self, _: StrTendril) -> Rc<QualName> {
        Rc::clone(&self.0)
    }
    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Rc<QualName> {
        Rc::clone(&self.0)
    }
    fn append(&self, _: &Rc<QualName>, _: NodeOrText<Rc<QualName>>) {}
    fn append_based_on_parent_node(&self, _: &Rc<QualName>, _: &Rc<QualName>, _: NodeOrText<Rc<QualName>>) {}
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn get_template_contents(&self, target: &Rc<QualName>) -> Rc<QualName> {
        Rc::clone(target)
    }
    fn same_node(&self, one: &Rc<QualName>, other: &Rc<QualName>) -> bool {
        Rc::ptr_eq(one, other)
    }
    fn set_quirks_mode(&self, _: QuirksMode) {}
    fn append_before_sibling(&self, _: &Rc<QualName>, _: NodeOrText<Rc<QualName>>) {}
    fn add_attrs_if_missing(&self, _: &Rc<QualName>, _: Vec<Attribute>) {}
    fn remove_from_parent(&self, _: &Rc<QualName>) {}
    fn reparent_children(&self, _: &Rc<QualName>, _: &Rc<QualName>) {}
}
