//! format=flowed (RFC 3676): lines that were broken for the wire are put together again.

/// Undoes the breaking of lines. `delsp` says that the blank at the end of a line is no part of the text.
pub(super) fn joined(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // How deep the paragraph is quoted that the next line may go on.
    let mut open: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let rest = line.trim_start_matches('>');
        let depth = line.len() - rest.len();
        let words = rest.strip_prefix(' ').unwrap_or(rest);
        let signature = words == "-- ";
        if open != Some(depth) || signature {
            if open.is_some() {
                end_line(&mut out);
            }
            if let Some(quote) = line.get(..depth).filter(|quote| !quote.is_empty()) {
                out.push_str(quote);
                if !words.is_empty() {
                    out.push(' ');
                }
            }
        } else if !delsp
            && let Some(before) = out.strip_suffix(' ')
            && is_chinese(before.chars().next_back())
            && is_chinese(words.chars().next())
        {
            // Who does not know of delsp leaves a blank where Chinese has none.
            out.truncate(before.len());
        }
        let flows = words.ends_with(' ') && !signature;
        out.push_str(if flows && delsp { words.strip_suffix(' ').unwrap_or(words) } else { words });
        open = flows.then_some(depth);
        if !flows {
            out.push('\n');
        }
    }
    if open.is_some() {
        end_line(&mut out);
    }
    out
}

fn end_line(out: &mut String) {
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}

/// True for characters between which there are no blanks.
fn is_chinese(c: Option<char>) -> bool {
    c.is_some_and(|c| {
        matches!(c, '\u{2e80}'..='\u{303f}' | '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
            | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_flow_are_one() {
        let text = "One \r\ntwo \r\nthree\r\n\r\n>> old \r\n>> words\r\n> less old\r\n> \r\n>From here\r\n -- not it\r\n-- \r\nme\r\n";
        assert_eq!(
            joined(text, false),
            "One two three\n\n>> old words\n> less old\n>\n> From here\n-- not it\n-- \nme\n"
        );
    }

    #[test]
    fn m21_chinese_gets_no_blanks() {
        assert_eq!(joined("你好， \n世界 \nand \n我们\n", false), "你好，世界 and 我们\n");
        assert_eq!(joined("你好 \n世界 \nab \ncd  \nef\n", true), "你好世界abcd ef\n");
        assert_eq!(joined("你好", false), "你好\n");
    }

    #[test]
    fn m21_a_quote_that_ends_in_the_middle_is_ended() {
        assert_eq!(joined("> one \n>> two \nthree \n", false), "> one\n>> two\nthree\n");
        assert_eq!(joined("words \n-- \nme", false), "words\n-- \nme\n");
    }

    #[test]
    fn m21_deep_quotes_cost_no_more_than_their_size() {
        let text = format!("{} words \n", ">".repeat(500)).repeat(20_000);
        let joined = joined(&text, false);
        assert!(joined.len() <= text.len(), "{}", joined.len());
        assert_eq!(joined.lines().count(), 1);
        let every = (0..500).fold(String::new(), |every, depth| every + &">".repeat(depth) + " a \n");
        assert_eq!(super::joined(&every, false).lines().count(), 500);
    }
}
