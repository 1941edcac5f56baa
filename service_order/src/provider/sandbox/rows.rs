//! Statements about many rows at once.

/// Places for the values of `rows` rows of `columns` columns: `($1, $2), ($3, $4)`.
pub(super) fn places(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let places: Vec<String> =
            (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", places.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// Most rows in one statement. SQLite looks for each `$N` among all that a statement has, so
/// that long statements are slow.
const ROWS: usize = 16;

/// The rows in parts for one statement each. The last row of a part is repeated until their
/// number is a power of two: so there are few different statements, each prepared once. It must
/// be all the same to the statements.
pub(super) fn parts<T: Clone>(rows: &[T]) -> impl Iterator<Item = Vec<T>> {
    rows.chunks(ROWS).map(|part| {
        let mut part = part.to_vec();
        if let Some(last) = part.last().cloned() {
            part.resize(part.len().next_power_of_two(), last);
        }
        part
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_a_place() {
        assert_eq!(places(2, 3), "($1, $2, $3), ($4, $5, $6)");
        assert_eq!(places(1, 2), "($1, $2)");
    }

    #[test]
    fn rows_are_repeated_but_none_is_lost() {
        let parts = |rows: Vec<i64>| parts(&rows).collect::<Vec<_>>();
        assert_eq!(parts(vec![1, 2, 3, 4, 5]), [[1, 2, 3, 4, 5, 5, 5, 5]]);
        assert_eq!(parts((1..=17).collect()), [(1..=16).collect(), vec![17]]);
        assert!(parts(Vec::new()).is_empty());
    }
}
