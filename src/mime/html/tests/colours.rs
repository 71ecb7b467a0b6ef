//! What is seen is never lost, whatever its colours and sizes are; what is hidden stays so where that is certain.

use super::text;

fn shown(html: &str) -> bool {
    text(&format!("<p>x</p>{html}")).contains("KEYWORDS")
}

#[test]
fn h07_white_words_on_a_ground_of_any_colour_are_seen() {
    for colour in [
        "darkblue",
        "DarkSlateGray",
        "royalblue",
        "steelblue",
        "darkgreen",
        "indigo",
        "dodgerblue",
        "darkred",
        "darkorange",
        "hsl(210, 80%, 40%)",
        "hsl(210 80% 40%)",
        "rgb(7 193 96)",
        "#07c160ff",
        "var(--b,#07c160)",
        "oklch(40% 0.2 250)",
        "midnightblue !important",
        "linear-gradient(90deg,#000,#00f)",
        "not-yet-a-colour",
    ] {
        for html in [
            format!("<div style='background:{colour};color:#fff'>KEYWORDS</div>"),
            format!("<div style='background-color:{colour};color:#fff'>KEYWORDS</div>"),
            format!("<table><tr><td bgcolor='{colour}'><font color=white>KEYWORDS</font></table>"),
            format!("<style>.x{{background:{colour}}}</style><div class=x><b style='color:#fff'>KEYWORDS</b></div>"),
            format!("<style>.x{{background:{colour};color:white}}</style><div class=x>KEYWORDS</div>"),
        ] {
            assert!(shown(&html), "{html}");
        }
    }
    let button = "<table><tr><td style=\"background-color:darkorange;padding:10px\"><a href=\"https://a.example/x\" \
        style=\"color:white;text-decoration:none\">link</a></td></tr><tr><td bgcolor=\"steelblue\"><font color=\"white\">\
        <b>829301</b></font></td></tr></table>";
    let page = super::page(button);
    assert!(page.document.text.as_untrusted().contains("link") && page.document.text.as_untrusted().contains("829301"));
    assert_eq!(page.document.links[0].url.as_untrusted(), "https://a.example/x");
}

#[test]
fn h07_what_can_be_read_is_not_lost() {
    for html in [
        "<div style='color:transparent'><p style='color:red'>KEYWORDS</div>",
        "<div style='font-size:0'><font size=3>KEYWORDS</font></div>",
        "<div style='font-size:0'><p style='font:12pt/20pt arial'>KEYWORDS</div>",
        "<div style='font-size:0'><p style='font:1.2rem arial'>KEYWORDS</div>",
        "<div style='font-size:0'><p style='font:bold medium arial'>KEYWORDS</div>",
        "<div style='font-size:1vw'>KEYWORDS</div>",
        "<div style='font-size:.4cm'>KEYWORDS</div>",
        "<div style='font-size:.16in'>KEYWORDS</div>",
        "<div style='font-size:1pc'>KEYWORDS</div>",
        "<div style='font-size:1ch'>KEYWORDS</div>",
        "<div style='font-size:calc(1px + 1vw)'>KEYWORDS</div>",
        "<div style='height:.4cm;overflow:hidden'>KEYWORDS</div>",
        "<div style='left:-1000px'>KEYWORDS</div>",
        "<div style='clip:rect(0,0,0,0)'>KEYWORDS</div>",
        "<div style='transform:scale(0.5)'>KEYWORDS</div>",
        "<div style='color:#fff;text-shadow:0 0 2px #000'>KEYWORDS</div>",
        "<div style='background:linear-gradient(red,blue);-webkit-background-clip:text;color:transparent'>KEYWORDS</div>",
        "<div style='background:url(x);background-color:#fff;color:#fff'>KEYWORDS</div>",
        "<style>.w{background:#fff}</style><table bgcolor=navy><tr><td class=w style='background:transparent;color:#fff'>KEYWORDS</table>",
        "<div style='background:rgba(0,0,0,.6);color:#fff'>KEYWORDS</div>",
        "<svg width=9 height=9><rect width=9 /><text fill=#fff font-size=1>KEYWORDS</text></svg>",
        "<svg><foreignObject><p>KEYWORDS</p></foreignObject></svg>",
        "<div style='visibility:hidden'><p style='visibility:visible'>KEYWORDS</div>",
        "<div hidden style='display:block'>KEYWORDS</div>",
        "<style>.x{display:none}</style><div class=x style='display:block'>KEYWORDS</div>",
        "<div style='color:#fff'><p style='color:windowtext'>KEYWORDS</div>",
    ] {
        assert!(shown(html), "{html}");
    }
}

#[test]
fn h07_what_is_hidden_in_other_words_is_hidden() {
    for html in [
        "<div style='opacity:0'><p style='opacity:1'>KEYWORDS</div>",
        "<div style='display:none !important;display:block'>KEYWORDS</div>",
        "<style>.x{display:none ! important}</style><div class=x style='display:block'>KEYWORDS</div>",
        "<div style='d\\69splay:none'>KEYWORDS</div>",
        "<div style='d\\000069 splay:n\\6f ne'>KEYWORDS</div>",
        "<div style='display/**/:none'>KEYWORDS</div>",
        "<div style='display:/* ; */none'>KEYWORDS</div>",
        "<div style='position:absolute;clip:rect(0,0,0,0)'>KEYWORDS</div>",
        "<div style='position:absolute;clip:rect(1px 1px 1px 1px)'>KEYWORDS</div>",
        "<div style='transform:scale(0)'>KEYWORDS</div>",
        "<div style='position:absolute;left:-1000px'>KEYWORDS</div>",
        "<div style='color:hsl(0,0%,100%)'>KEYWORDS</div>",
        "<div style='color:rgba(0,0,0,0)'>KEYWORDS</div>",
        "<div style='background:darkblue;color:#00008b'>KEYWORDS</div>",
        "<div style='font:0/0 a'>KEYWORDS</div>",
        "<div style='font-size:0'><p style='font-size:1em'>KEYWORDS</div>",
        "<svg><title>KEYWORDS</title><desc>KEYWORDS</desc><defs><text>KEYWORDS</text></defs></svg>",
    ] {
        assert!(!shown(html), "{html}");
    }
}
