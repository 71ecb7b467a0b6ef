//! Whom the user may mean.

use rusqlite::{Row as SqlRow, params};

use super::Reader;
use crate::model::{Person, Timestamp};
use crate::store::StoreError;
use crate::store::people::{Known, People};

impl Reader {
    /// Those who may be meant by what was typed, the most likely first.
    pub fn people(&self, typed: &str, limit: usize) -> Result<Vec<Person>, StoreError> {
        let mut people = self.people.try_borrow_mut().map_err(|_| StoreError::Closed)?;
        self.follow(&mut people)?;
        Ok(people.find(typed, limit))
    }

    /// Takes over who was met since the last question.
    fn follow(&self, people: &mut People) -> Result<(), StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT coalesce((SELECT min(stamp) FROM person), 0), coalesce((SELECT max(stamp) FROM person), 0)",
        )?;
        let (first, last): (i64, i64) = find.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        // All were learned anew: nobody of before is there any more.
        if first > people.stamp || last < people.stamp {
            *people = People::default();
        }
        if last > people.stamp {
            self.meet(people, last)?;
        }
        if let Some(own) = self.own()? {
            let (last, brought) = own.brought_since(people.brought)?;
            for (name, address) in brought {
                people.brought_along(name, address);
            }
            people.brought = last;
        }
        Ok(())
    }

    fn meet(&self, people: &mut People, last: i64) -> Result<(), StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT address, name, written, writes, last FROM person WHERE stamp > ?1 ORDER BY stamp",
        )?;
        for person in find.query_map(params![people.stamp], read)? {
            people.met(person?);
        }
        people.stamp = last;
        Ok(())
    }
}

fn read(row: &SqlRow<'_>) -> rusqlite::Result<Known> {
    let (address, name) = (row.get(0)?, row.get(1)?);
    let count = |column| row.get::<_, i64>(column).map(|count| u32::try_from(count).unwrap_or(u32::MAX));
    Ok(Known { address, name, written: count(2)?, writes: count(3)?, last: Timestamp(row.get(4)?), is_brought: false })
}
