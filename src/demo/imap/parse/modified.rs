//! The arguments that CONDSTORE, QRESYNC and ESEARCH add to the commands of old.

use super::super::command::{Resync, Since, Wants};
use super::super::lexer::{Lexer, Malformed, Parsed};
use super::super::sequence::Set;

/// What may follow the mailbox of SELECT: `(CONDSTORE)`, `(QRESYNC (validity modseq [known [(numbers uids)]]))`.
pub(super) fn select(lexer: &mut Lexer<'_>) -> Parsed<(bool, Option<Resync>)> {
    let (mut condstore, mut resync) = (false, None);
    if !lexer.eat(b' ') {
        return Ok((condstore, resync));
    }
    lexer.list(|lexer| {
        match lexer.name()?.as_str() {
            "CONDSTORE" => condstore = true,
            "QRESYNC" => {
                lexer.space()?;
                resync = Some(remembered(lexer)?);
            }
            _ => return Err(Malformed("Unknown parameter of SELECT")),
        }
        Ok(())
    })?;
    Ok((condstore, resync))
}

fn remembered(lexer: &mut Lexer<'_>) -> Parsed<Resync> {
    lexer.need(b'(', "A list is missing")?;
    let validity = lexer.number()?;
    lexer.space()?;
    let modseq = lexer.modseq()?;
    let mut known = None;
    let mut pairs = false;
    while lexer.eat(b' ') {
        if lexer.peek() == Some(b'(') && !pairs {
            // Only a hint for servers that have forgotten what vanished; this one has not.
            pairs = true;
            lexer.need(b'(', "A list is missing")?;
            Set::parse(lexer)?;
            lexer.space()?;
            Set::parse(lexer)?;
            lexer.need(b')', "The list has no end")?;
        } else if known.is_none() && !pairs {
            known = Some(Set::parse(lexer)?).filter(|set| !set.has_star());
            if known.is_none() {
                return Err(Malformed("The known UIDs cannot have a star"));
            }
        } else {
            return Err(Malformed("Too many parameters of QRESYNC"));
        }
    }
    lexer.need(b')', "The list has no end")?;
    Ok(Resync { validity, modseq, known })
}

/// What may follow the items of FETCH: `(CHANGEDSINCE n [VANISHED])`.
pub(super) fn since(lexer: &mut Lexer<'_>) -> Parsed<Option<Since>> {
    if !lexer.eat(b' ') {
        return Ok(None);
    }
    let (mut modseq, mut vanished) = (None, false);
    lexer.list(|lexer| {
        match lexer.name()?.as_str() {
            "CHANGEDSINCE" => {
                lexer.space()?;
                modseq = Some(lexer.modseq()?);
            }
            "VANISHED" => vanished = true,
            _ => return Err(Malformed("Unknown modifier of FETCH")),
        }
        Ok(())
    })?;
    let modseq = modseq.ok_or(Malformed("VANISHED needs CHANGEDSINCE"))?;
    Ok(Some(Since { modseq, vanished }))
}

/// What may stand before the flags of STORE: `(UNCHANGEDSINCE n)`.
pub(super) fn unchanged_since(lexer: &mut Lexer<'_>) -> Parsed<Option<u64>> {
    if lexer.peek() != Some(b'(') {
        return Ok(None);
    }
    let mut modseq = None;
    lexer.list(|lexer| {
        if lexer.name()? != "UNCHANGEDSINCE" {
            return Err(Malformed("Unknown modifier of STORE"));
        }
        lexer.space()?;
        modseq = Some(lexer.modseq()?);
        Ok(())
    })?;
    lexer.space()?;
    Ok(modseq)
}

/// What may stand before the keys of SEARCH: `RETURN (…)`.
pub(super) fn wants(lexer: &mut Lexer<'_>) -> Parsed<Option<Wants>> {
    let mut ahead = *lexer;
    if ahead.name().is_ok_and(|name| name != "RETURN") || ahead.peek() != Some(b' ') {
        return Ok(None);
    }
    ahead.space()?;
    if ahead.peek() != Some(b'(') {
        return Ok(None);
    }
    let mut wants = Wants::default();
    ahead.list(|lexer| {
        match lexer.name()?.as_str() {
            "ALL" => wants.all = true,
            "COUNT" => wants.count = true,
            "MIN" => wants.min = true,
            "MAX" => wants.max = true,
            _ => return Err(Malformed("Unknown return option of SEARCH")),
        }
        Ok(())
    })?;
    ahead.space()?;
    *lexer = ahead;
    if wants == Wants::default() {
        wants.all = true;
    }
    Ok(Some(wants))
}
