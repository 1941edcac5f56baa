//! Best seats and lone seats, on drawn halls and on random ones.

use std::collections::BTreeSet;

use contract::film::{CategoryPrices, HallInfo, Price, Seat, SeatKind, SeatState, TicketType};
use proptest::prelude::*;

use super::best_seats::{self, Block, Wish};
use super::{Hall, lone_seats};

/// A hall drawn as text: `s` a free seat, `P` a dearer one, `x` a sold one, `(` `)` a couple
/// seat, `w` a wheelchair's space, `_` an aisle.
fn hall(drawing: &[&str]) -> Hall {
    let price = |category: &str, amount| CategoryPrices {
        category: category.to_owned(),
        prices: vec![Price { category: category.to_owned(), ticket_type: TicketType::Adult.into(), amount }],
        ..CategoryPrices::default()
    };
    let mut seats = Vec::new();
    for (line, signs) in drawing.iter().enumerate() {
        let row = char::from(b'A' + u8::try_from(line).unwrap()).to_string();
        let mut number = 0;
        for (column, sign) in signs.chars().enumerate().filter(|(_, sign)| *sign != '_') {
            number += 1;
            let kind = match sign {
                'w' => SeatKind::Wheelchair,
                '(' | ')' => SeatKind::CoupleHalf,
                _ => SeatKind::Standard,
            };
            seats.push(Seat {
                seat: format!("{row}{number}"),
                row: row.clone(),
                number: number.to_string(),
                category: if sign == 'P' { "premium" } else { "standard" }.to_owned(),
                kind: kind.into(),
                state: if sign == 'x' { SeatState::Sold } else { SeatState::Free }.into(),
                x: f64::from(u32::try_from(column).unwrap()) * 20.0,
                y: f64::from(u32::try_from(line).unwrap()) * 25.0,
                ..Seat::default()
            });
        }
    }
    let categories = vec![price("standard", 1000), price("premium", 1500)];
    Hall::of(&HallInfo { seats, categories, ..HallInfo::default() })
}

fn wish(hall: &Hall, count: usize) -> Wish {
    Wish { count, up_to: None, around: best_seats::best_place(hall), besides: BTreeSet::new() }
}

fn best(hall: &Hall, count: usize) -> Vec<String> {
    best_seats::best(hall, &wish(hall, count)).map_or_else(Vec::new, |block| hall.names(block.seats))
}

fn seats(hall: &Hall, names: &[&str]) -> Vec<usize> {
    names.iter().map(|name| hall.find(name).unwrap()).collect()
}

/// The seats left alone, as many others, and the choice with those alone.
fn advice(hall: &Hall, names: &[&str]) -> Option<(Vec<String>, Vec<String>, Vec<String>)> {
    let advice = lone_seats::advise(hall, &seats(hall, names))?;
    Some((hall.names(advice.alone), hall.names(advice.instead), hall.names(advice.with_them)))
}

#[test]
fn the_best_seats_are_in_the_middle_two_thirds_back() {
    let empty = hall(&["sssssss", "sssssss", "sssssss", "sssssss"]);
    assert_eq!(best(&empty, 3), ["C3", "C4", "C5"]);
    assert_eq!(best(&empty, 7), ["C1", "C2", "C3", "C4", "C5", "C6", "C7"]);
    assert_eq!(best(&empty, 8), Vec::<String>::new());
}

#[test]
fn neighbours_are_not_parted_by_an_aisle_or_a_sold_seat() {
    assert_eq!(best(&hall(&["ss_ss"]), 3), Vec::<String>::new());
    assert_eq!(best(&hall(&["ssxss"]), 3), Vec::<String>::new());
    assert_eq!(best(&hall(&["sssxss"]), 3), ["A1", "A2", "A3"]);
}

#[test]
fn the_best_seats_leave_none_alone_where_that_can_be() {
    // The two in the middle would leave one on each side.
    assert_eq!(best(&hall(&["ssss"]), 2), ["A1", "A2"]);
    assert_eq!(best(&hall(&["sss"]), 2), ["A1", "A2"], "there are no better ones");
}

#[test]
fn kinds_and_prices_are_respected() {
    assert_eq!(best(&hall(&["swws"]), 2), Vec::<String>::new());
    assert_eq!(best(&hall(&["s()s"]), 1), ["A1"]);
    assert_eq!(best(&hall(&["()()"]), 2), ["A1", "A2"], "never halves of two");
    let dear = hall(&["ss", "PP", "PP"]);
    assert_eq!(best(&dear, 2), ["B1", "B2"]);
    let cheap = Wish { up_to: Some(1000), ..wish(&dear, 2) };
    assert_eq!(dear.names(best_seats::best(&dear, &cheap).unwrap().seats), ["A1", "A2"]);
}

#[test]
fn a_choice_that_leaves_a_seat_alone_is_pointed_out_with_better_ones() {
    let empty = hall(&["ssssss"]);
    assert_eq!(advice(&empty, &["A1", "A2"]), None);
    let (alone, instead, with_them) = advice(&empty, &["A2", "A3"]).unwrap();
    assert_eq!(alone, ["A1"]);
    assert_eq!(instead, ["A1", "A2"]);
    assert_eq!(with_them, ["A2", "A3", "A1"]);
    // Between those chosen.
    let (alone, ..) = advice(&empty, &["A1", "A3"]).unwrap();
    assert_eq!(alone, ["A2"]);
}

#[test]
fn what_cannot_be_better_is_not_pointed_out() {
    assert_eq!(advice(&hall(&["sss"]), &["A1", "A2"]), None, "no two others leave none alone");
    assert_eq!(advice(&hall(&["xsx", "sx_"]), &["B1"]), None, "it was alone before");
    assert_eq!(advice(&hall(&["sss", "PP_"]), &["A1", "A2"]), None, "better ones cost more");
    assert!(advice(&hall(&["PPP", "ss_"]), &["A1", "A2"]).is_some());
}

#[test]
fn beside_an_aisle_a_seat_is_alone_too_and_beside_a_wheelchair() {
    assert_eq!(advice(&hall(&["ss_ss", "ss_ss"]), &["A1", "B1"]).unwrap().0, ["A2", "B2"]);
    assert_eq!(advice(&hall(&["wsssss"]), &["A3", "A4"]).unwrap().0, ["A2"]);
    assert_eq!(advice(&hall(&["()ss", "ss_s"]), &["B1", "B2"]), None);
}

fn any_hall() -> impl Strategy<Value = Hall> {
    let run = prop_oneof![6 => Just("s"), 2 => Just("x"), 1 => Just("_"), 1 => Just("w"), 1 => Just("()"), 2 => Just("P")];
    let row = proptest::collection::vec(run, 1..14).prop_map(|signs| signs.concat());
    // How far neighbours are apart is seen where most seats have some.
    let sold = "x".repeat(30);
    let rows = proptest::collection::vec(row, 1..6);
    rows.prop_map(move |rows| [vec![sold.clone()], rows].concat())
        .prop_map(|rows| hall(&rows.iter().map(String::as_str).collect::<Vec<_>>()))
}

/// All blocks, looked for in another way: by trying every seat as the first.
fn every_block(hall: &Hall, count: usize) -> Vec<Vec<usize>> {
    let mut all = Vec::new();
    for row in &hall.rows {
        for first in 0..row.seats.len() {
            let Some(seats) = row.seats.get(first..first + count) else { continue };
            let beside = seats.windows(2).all(|pair| hall.places[pair[1]].x - hall.places[pair[0]].x < 30.0);
            let whole = seats.iter().all(|seat| match hall.places[*seat].kind {
                SeatKind::Standard => hall.is_free(*seat),
                SeatKind::CoupleHalf => {
                    hall.places[*seat].partner.is_some_and(|other| seats.contains(&other))
                }
                _ => false,
            });
            if beside && whole {
                all.push(seats.to_vec());
            }
        }
    }
    all.sort();
    all
}

/// Seats that a choice leaves alone and that were not alone before, looked for in another way:
/// by asking each seat whether anybody could sit beside it.
fn alone_by(hall: &Hall, chosen: &[usize]) -> BTreeSet<usize> {
    let left = |seat: usize, chosen: &[usize]| {
        hall.is_free(seat) && hall.places[seat].kind == SeatKind::Standard && !chosen.contains(&seat)
    };
    let beside = |seat: usize, other: usize| {
        let (one, two) = (&hall.places[seat], &hall.places[other]);
        seat != other && one.row == two.row && (one.x - two.x).abs() < 30.0
    };
    let all = || 0..hall.places.len();
    let alone = |seat: usize, chosen: &[usize]| {
        left(seat, chosen) && !all().any(|other| beside(seat, other) && left(other, chosen))
    };
    all().filter(|seat| alone(*seat, chosen) && !alone(*seat, &[])).collect()
}

proptest! {
    #[test]
    fn every_block_is_found_and_the_best_is_one_of_them(hall in any_hall(), count in 1_usize..8) {
        let wish = wish(&hall, count);
        let found: Vec<Block> = best_seats::blocks(&hall, &wish).collect();
        let mut seats: Vec<Vec<usize>> = found.iter().map(|block| block.seats.clone()).collect();
        seats.sort();
        prop_assert_eq!(&seats, &every_block(&hall, count));
        match best_seats::best(&hall, &wish) {
            None => prop_assert!(found.is_empty()),
            Some(best) => {
                prop_assert!(found.contains(&best));
                let kind = found.iter().any(|block| block.leaves_alone == 0);
                prop_assert!(!kind || best.leaves_alone == 0);
                let same = found.iter().filter(|block| (block.leaves_alone > 0) == (best.leaves_alone > 0));
                prop_assert!(same.fold(f64::INFINITY, |least, block| least.min(block.distance)) >= best.distance);
            }
        }
    }

    #[test]
    fn what_is_advised_is_free_as_many_costs_no_more_and_leaves_fewer_alone(
        hall in any_hall(),
        picks in proptest::collection::btree_set(30_usize..90, 1..5),
    ) {
        let ordinary = |seat: &usize| hall.is_free(*seat) && hall.places[*seat].kind == SeatKind::Standard;
        let chosen: Vec<usize> = picks.into_iter().filter(|seat| *seat < hall.places.len()).filter(ordinary).collect();
        if let Some(advice) = lone_seats::advise(&hall, &chosen) {
            let dearest = |seats: &[usize]| seats.iter().map(|seat| hall.price(*seat, TicketType::Adult)).max();
            prop_assert_eq!(advice.instead.len(), chosen.len());
            let different: BTreeSet<usize> = advice.instead.iter().copied().collect();
            prop_assert_eq!(different.len(), chosen.len());
            prop_assert!(advice.instead.iter().all(|seat| hall.is_free(*seat)));
            prop_assert!(dearest(&advice.instead) <= dearest(&chosen));
            let (before, after) = (alone_by(&hall, &chosen), alone_by(&hall, &advice.instead));
            prop_assert!(after.is_subset(&before));
            let saved: BTreeSet<usize> = before.difference(&after).copied().collect();
            prop_assert_eq!(advice.alone.iter().copied().collect::<BTreeSet<usize>>(), saved);
        }
    }
}
