//! The page of a text that is Markdown: headings, lists, emphasis, code, quotations and links, and nothing else.
//!
//! Every tag of the page is one of ours. HTML that stands in the text is shown as it was typed, and so is whatever else is
//! not understood here. A line that was ended stays ended: people write mail so.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// What is nested deeper is written as deep as this; readers of mail give up long before.
const DEEPEST: usize = 24;
const LONGEST_LINK: usize = 4_000;

/// Markdown → what stands in the body of a page.
pub(super) fn page(text: &str) -> String {
    let options = Options::ENABLE_STRIKETHROUGH;
    let mut page = Page { out: String::with_capacity(text.len() + text.len() / 4), open: Vec::new() };
    for event in Parser::new_ext(text, options) {
        page.event(event);
    }
    page.out
}

struct Page {
    out: String,
    /// The tags that are open, and what closes them; nothing where it was left out.
    open: Vec<&'static str>,
}

impl Page {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.begin(tag),
            Event::End(end) => self.end(end),
            Event::Text(text)
            | Event::Html(text)
            | Event::InlineHtml(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text)
            | Event::FootnoteReference(text) => self.text(&text),
            Event::Code(text) => {
                self.out.push_str("<code>");
                self.text(&text);
                self.out.push_str("</code>");
            }
            Event::SoftBreak | Event::HardBreak => self.out.push_str("<br>\n"),
            Event::Rule => self.out.push_str("<hr>\n"),
            Event::TaskListMarker(done) => self.out.push_str(if done { "☑ " } else { "☐ " }),
        }
    }

    fn begin(&mut self, tag: Tag<'_>) {
        if self.open.len() >= DEEPEST {
            self.open.push("");
            return;
        }
        let (begin, end) = match tag {
            Tag::Paragraph => ("<p>", "</p>\n"),
            Tag::Heading { level, .. } => match level {
                HeadingLevel::H1 => ("<h1>", "</h1>\n"),
                HeadingLevel::H2 => ("<h2>", "</h2>\n"),
                HeadingLevel::H3 => ("<h3>", "</h3>\n"),
                HeadingLevel::H4 | HeadingLevel::H5 | HeadingLevel::H6 => ("<h4>", "</h4>\n"),
            },
            Tag::BlockQuote(_) => (
                "<blockquote style=\"margin:0 0 0 .8ex;border-left:2px solid #b5c4df;padding-left:1ex\">\n",
                "</blockquote>\n",
            ),
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => ("<pre><code>", "</code></pre>\n"),
            Tag::List(Some(first)) => {
                self.out.extend(["<ol start=\"", &first.to_string(), "\">\n"]);
                ("", "</ol>\n")
            }
            Tag::List(None) => ("<ul>\n", "</ul>\n"),
            Tag::Item => ("<li>", "</li>\n"),
            Tag::Emphasis => ("<em>", "</em>"),
            Tag::Strong => ("<strong>", "</strong>"),
            Tag::Strikethrough => ("<s>", "</s>"),
            Tag::Link { dest_url, .. } if leads_somewhere(&dest_url) => {
                self.out.push_str("<a href=\"");
                self.text(&dest_url);
                self.out.push_str("\">");
                ("", "</a>")
            }
            // A picture would be fetched by whoever reads; what it shows is said in words.
            Tag::Link { .. }
            | Tag::Image { .. }
            | Tag::HtmlBlock
            | Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Table(_)
            | Tag::TableHead
            | Tag::TableRow
            | Tag::TableCell
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => ("", ""),
        };
        self.out.push_str(begin);
        self.open.push(end);
    }

    fn end(&mut self, _: TagEnd) {
        self.out.push_str(self.open.pop().unwrap_or_default());
    }

    fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                c if c.is_control() && c != '\n' && c != '\t' => {}
                c => self.out.push(c),
            }
        }
    }
}

/// Only where a reader of mail can go by itself; nothing that is run.
fn leads_somewhere(link: &str) -> bool {
    let link = link.trim();
    let begins = |scheme: &str| link.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme));
    link.len() <= LONGEST_LINK
        && !link.chars().any(char::is_control)
        && ["http://", "https://", "mailto:"].iter().any(|scheme| begins(scheme))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_written_is_a_page() {
        let text = "# 会议\n\n下午**三点**，_不要_迟到。\n第二行\n\n- 地图\n- `ls -l`\n\n3. 三\n\n> 原话\n\n```sh\na < b\n```\n\n\
            [路线](https://a.example/?x=1&y=\"2\") ~~旧的~~\n\n---\n";
        let page = page(text);
        for part in [
            "<h1>会议</h1>",
            "<strong>三点</strong>",
            "<br>\n第二行</p>",
            "<ul>\n<li>地图</li>\n<li><code>ls -l</code></li>\n</ul>",
            "<ol start=\"3\">\n<li>三</li>\n</ol>",
            "<blockquote",
            "<p>原话</p>",
            "<pre><code>a &lt; b\n</code></pre>",
            "<s>旧的</s>",
            "<hr>",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
        assert!(page.contains("href=\"https://a.example/?x=1&amp;y=") || page.contains("[路线]"), "{page}");
    }

    #[test]
    fn nothing_of_the_text_becomes_a_tag() {
        for text in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=y> b",
            "<!-- x -->\n<style>p{}</style>",
            "[x](javascript:alert(1))",
            "[x](JAVASCRIPT:alert(1))",
            "[x](data:text/html,x)",
            "![bait](https://a.example/pixel.gif)",
            "<javascript:alert(1)>",
            "[x](https://a.example/\"onclick=\"y)",
            "```\"><script>\nx\n```",
        ] {
            let page = page(text);
            let tags = page.split('<').skip(1).map(|tag| tag.split(['>', ' ']).next().unwrap_or_default());
            let strange = tags.filter(|tag| !is_ours(tag)).collect::<Vec<_>>();
            assert!(strange.is_empty() && !page.contains("src=") || page.contains("&lt;img src="), "{page}");
            assert!(!page.to_lowercase().contains("href=\"javascript") && !page.contains("href=\"data"), "{page}");
            assert!(!page.contains("\"onclick"), "{page}");
        }
    }

    fn is_ours(tag: &str) -> bool {
        let tag = tag.trim_start_matches('/').trim_end();
        [
            "p",
            "h1",
            "h2",
            "h3",
            "h4",
            "blockquote",
            "pre",
            "code",
            "ol",
            "ul",
            "li",
            "em",
            "strong",
            "s",
            "a",
            "br",
            "hr",
        ]
        .contains(&tag)
    }

    #[test]
    fn depth_has_an_end() {
        let page = page(&format!("{} deep", ">".repeat(20_000)));
        assert!(page.matches("<blockquote").count() <= DEEPEST && page.contains("deep"), "{}", page.len());
        assert_eq!(page.matches("<blockquote").count(), page.matches("</blockquote").count());
    }

    proptest! {
        #[test]
        fn every_tag_is_closed_and_ours(text in "[-#>*_`~<a/&\\[\\](): \n0-9.!]{0,200}") {
            let page = page(&text);
            let mut open = Vec::new();
            for tag in page.split('<').skip(1) {
                let (tag, _) = tag.split_once('>').unwrap();
                let name = tag.split(' ').next().unwrap();
                prop_assert!(is_ours(name), "{page}");
                match name.strip_prefix('/') {
                    Some(name) => prop_assert_eq!(open.pop(), Some(name.to_owned())),
                    None if matches!(name, "br" | "hr") => {}
                    None => open.push(name.to_owned()),
                }
            }
            prop_assert!(open.is_empty());
        }
    }
}
