//! What edits make of plans.

use contract::film::plan_edit::Edit;
use contract::film::plan_finding::What;
use contract::film::plan_source::Source;
use contract::film::{AddRow, AddSeats, MoveSeats, NumberSeats, PlanEdit, PutCategory, SeatKind, Side};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::to_drawing::to_drawing;
use super::super::{compare, pretix};
use super::*;

const HALL: &str = "@category s #3b82f6 Standard\n@category p Premium\nA: ss_ss\nB: ss_ss\nC: ssss\n";

fn draft(text: &str) -> Draft {
    Draft::of(&Source::Drawing(text.to_owned())).unwrap()
}

fn edit(seats: &str, edit: Edit) -> PlanEdit {
    PlanEdit { seats: seats.to_owned(), edit: Some(edit) }
}

/// The rows of the drawing after some edits.
fn drawn(text: &str, edits: &[PlanEdit]) -> String {
    let mut draft = draft(text);
    for edit in edits {
        draft.edit(edit).unwrap();
    }
    let text = to_drawing(draft.plan()).expect("it can be drawn");
    text.lines().filter(|line| !line.starts_with("@category")).collect::<Vec<_>>().join("\n")
}

fn refused(text: &str, seats: &str, what: Edit) -> EditRefusal {
    draft(text).edit(&edit(seats, what)).unwrap_err()
}

fn names(draft: &Draft) -> Vec<&str> {
    draft.selected().iter().map(|seat| draft.plan().seats[*seat].seat.as_str()).collect()
}

#[test]
fn kinds_and_categories_are_set() {
    let kind = |seats, kind: SeatKind| edit(seats, Edit::Kind(kind.into()));
    let edits = [
        kind("A", SeatKind::Wheelchair),
        kind("A1, A3-A4", SeatKind::Standard),
        kind("B1-B2", SeatKind::CoupleHalf),
        kind("B4", SeatKind::Blocked),
        kind("C4", SeatKind::Companion),
        edit("C1-C2, A4", Edit::Category("Premium".to_owned())),
    ];
    assert_eq!(drawn(HALL, &edits), "A: sw_sp\nB: (ss)_s#\nC: ppsk");
    let unknown = refused(HALL, "A", Edit::Category("Sofa".to_owned()));
    assert_eq!(unknown, EditRefusal::CategoryUnknown("Sofa".to_owned()));
    assert_eq!(refused(HALL, "", Edit::Kind(1)), EditRefusal::SeatsMissing);
}

#[test]
fn a_draft_may_hold_for_a_while_what_cannot_be_saved() {
    let mut plan = draft(HALL);
    plan.edit(&edit("A2", Edit::Kind(SeatKind::CoupleHalf.into()))).unwrap();
    let found = plan.findings();
    assert_eq!(
        (found[0].what, &found[0].seats, found[0].must_mend()),
        (What::CoupleHalfAlone, &vec![1], true)
    );
    assert!(pretix::import(&plan.json()).unwrap_err().place.ends_with("seats[1].marquee_kind"));
    plan.edit(&edit("A1", Edit::Kind(SeatKind::CoupleHalf.into()))).unwrap();
    assert!(!plan.findings().iter().any(Finding::must_mend));
    plan.edit(&edit("*", Edit::Kind(SeatKind::Blocked.into()))).unwrap();
    assert!(plan.findings().iter().any(|finding| finding.what == What::NoneForSale));
}

#[test]
fn seats_are_taken_out_and_rows_with_them() {
    let hall = format!("{HALL}D: ss");
    assert_eq!(drawn(&hall, &[edit("A3-A4, B", Edit::Remove(true))]), "A: ss\n\nC: ssss\nD: ss");
    assert_eq!(refused(HALL, "*", Edit::Remove(true)), EditRefusal::Empty);
}

#[test]
fn seats_move_by_whole_seats() {
    let by = |seats, right, back| edit(seats, Edit::Move(MoveSeats { right, back }));
    assert_eq!(drawn(HALL, &[by("C3-C4", 1, 0)]), "A: ss_ss\nB: ss_ss\nC: ss_ss");
    // To the left of all others: the hall moves right, so that nothing is beyond its edge.
    assert_eq!(drawn(HALL, &[by("C", -2, 1)]), "A: __ss_ss\nB: __ss_ss\n\nC: ssss");
}

#[test]
fn rows_get_more_seats_at_either_end() {
    let add = |seats, side: Side, count| edit(seats, Edit::AddSeats(AddSeats { side: side.into(), count }));
    let mut plan = draft(HALL);
    plan.edit(&add("A, C1", Side::Right, 2)).unwrap();
    assert_eq!(names(&plan), ["A5", "A6", "C5", "C6"]);
    assert_eq!(to_drawing(plan.plan()).unwrap().lines().last(), Some("C: ssssss"));
    // Below one there are no numbers: they go on beyond the highest, until the row is numbered anew.
    plan.edit(&add("C", Side::Left, 1)).unwrap();
    assert_eq!(names(&plan), ["C7"]);
    plan.edit(&edit("C", Edit::Number(NumberSeats::default()))).unwrap();
    assert_eq!(names(&plan), ["C1", "C2", "C3", "C4", "C5", "C6", "C7"]);
    assert!(plan.plan().seats.iter().all(|seat| seat.x >= 0.0 && seat.x <= plan.plan().width));
}

#[test]
fn rows_are_numbered() {
    let number = |side: Side, first, step| Edit::Number(NumberSeats { side: side.into(), first, step });
    let mut plan = draft(HALL);
    plan.edit(&edit("A1, C", number(Side::Right, 2, 2))).unwrap();
    let read: Vec<&str> = plan.plan().seats.iter().map(|seat| seat.seat.as_str()).collect();
    assert_eq!(read, ["A8", "A6", "A4", "A2", "B1", "B2", "B3", "B4", "C8", "C6", "C4", "C2"]);
    assert_eq!(names(&plan)[0], "A8", "what was chosen is chosen still");
}

#[test]
fn rows_are_named_and_seats_with_them() {
    let mut plan = draft(HALL);
    plan.edit(&edit("B3", Edit::RowName(" F ".to_owned()))).unwrap();
    assert_eq!((names(&plan), plan.plan().seats[4].row.as_str()), (vec!["F3"], "F"));
    let name = |seats, name: &str| refused(HALL, seats, Edit::RowName(name.to_owned()));
    assert_eq!(name("A, B", "F"), EditRefusal::RowMissing);
    assert_eq!(name("A", "C"), EditRefusal::RowExists("C".to_owned()));
    assert_eq!(name("A", "a/b"), EditRefusal::NameInvalid("a/b".to_owned()));
    let other_zone = format!("{HALL}@zone Balcony\nD: ss");
    let twice = refused(&other_zone, "D", Edit::RowName("A".to_owned()));
    assert_eq!(twice, EditRefusal::SeatTwice("A1".to_owned()));
}

#[test]
fn rows_are_added_and_others_make_room() {
    let add =
        |seats, in_front, name: &str| edit(seats, Edit::AddRow(AddRow { in_front, name: name.to_owned() }));
    assert_eq!(drawn(HALL, &[add("", false, "")]), "A: ss_ss\nB: ss_ss\nC: ssss\nD: ssss");
    assert_eq!(drawn(HALL, &[add("A", true, "0")]), "0: ss_ss\nA: ss_ss\nB: ss_ss\nC: ssss");
    assert_eq!(drawn(HALL, &[add("A1", false, "AB")]), "A: ss_ss\nAB: ss_ss\nB: ss_ss\nC: ssss");
    let gap = "@category s S\nA: ss\n\nB: sw";
    assert_eq!(drawn(gap, &[add("A", false, "X")]), "A: ss\nX: ss\nB: sw");
    assert_eq!(draft(HALL).edit(&add("A", true, "B")), Err(EditRefusal::RowExists("B".to_owned())));
}

#[test]
fn categories_come_change_and_go() {
    let put = |category: &str, name: &str, color: &str| {
        let put = PutCategory { category: category.into(), name: name.into(), color: color.into() };
        edit("", Edit::PutCategory(put))
    };
    let mut plan = draft(HALL);
    plan.edit(&put("Standard", "Stalls", "")).unwrap();
    plan.edit(&put("", "Sofa", "#ABC")).unwrap();
    plan.edit(&edit("", Edit::RemoveCategory("Premium".to_owned()))).unwrap();
    let told: Vec<_> =
        plan.plan().categories.iter().map(|one| (one.name.as_str(), one.color.as_str())).collect();
    assert_eq!(told, [("Stalls", "#3b82f6"), ("Sofa", "#aabbcc")]);
    assert_eq!(plan.edit(&put("", "Sofa", "")), Err(EditRefusal::CategoryExists("Sofa".to_owned())));
    assert_eq!(plan.edit(&put("", "", "")), Err(EditRefusal::CategoryNameless));
    assert_eq!(plan.edit(&put("", "X", "red")), Err(EditRefusal::ColorInvalid("red".to_owned())));
    let in_use = plan.edit(&edit("", Edit::RemoveCategory("Stalls".to_owned())));
    assert_eq!(in_use, Err(EditRefusal::CategoryInUse { category: "Stalls".to_owned(), seats: 12 }));
}

#[test]
fn a_hall_that_moves_says_of_its_seats_what_its_text_says() {
    let mut plan = draft(HALL);
    let back = Edit::Move(MoveSeats { right: 0, back: 1 });
    plan.edit(&edit("A2-A3, C", back)).unwrap();
    // Row A is bent now: seats added in front of it lie beyond the edge, and the hall moves.
    plan.edit(&edit("*", Edit::AddSeats(AddSeats { side: Side::Left.into(), count: 3 }))).unwrap();
    let again = Draft::of(&Source::PretixJson(plan.json())).unwrap();
    assert_eq!(again.plan(), plan.plan());
}

#[test]
fn a_hall_has_a_limit_of_seats() {
    let text = format!(
        "@category s S\n{}",
        (0..100).map(|n| format!("R{n}-: {}\n", "s".repeat(100))).collect::<String>()
    );
    let add = Edit::AddSeats(AddSeats { side: Side::Right.into(), count: 1 });
    assert_eq!(refused(&text, "R1-", add), EditRefusal::TooLarge { limit: MAX_HALL_SEATS });
    assert_eq!(
        refused(&text, "R1-", Edit::AddRow(AddRow::default())),
        EditRefusal::TooLarge { limit: MAX_HALL_SEATS }
    );
}

/// As pretix writes it, with seats that are called by numbers nobody reads.
fn foreign() -> Value {
    json!({
        "name": "", "newer": { "a": 1.5 }, "categories": [{ "name": "S", "tier": 3 }],
        "zones": [{ "zone_id": "z", "position": { "x": 0, "y": 0 }, "areas": [{ "shape": "circle" }], "rows": [{
            "row_number": "A", "row_label": "Reihe", "position": { "x": 0, "y": 0 }, "seats": [
                { "seat_guid": "0b4a9f3e-aaaa-bbbb-cccc-1234567890ab", "seat_number": "1", "uuid": "u", "category": "S",
                  "position": { "x": 20, "y": 5.25, "z": 1 } },
                { "seat_guid": "A-2", "seat_number": "2", "category": "S", "position": { "x": 40, "y": 0 } },
            ],
        }] }],
        "size": { "width": 50, "height": 50 },
    })
}

#[test]
fn what_is_not_understood_stays() {
    let mut plan = Draft::of(&Source::PretixJson(foreign().to_string())).unwrap();
    assert_eq!(plan.json(), foreign().to_string());
    plan.edit(&edit("A1", Edit::Kind(SeatKind::Wheelchair.into()))).unwrap();
    plan.edit(&edit("A", Edit::RowName("B".to_owned()))).unwrap();
    assert_eq!(names(&plan), ["B1", "B-2"]);
    let mut expected = foreign();
    let row = &mut expected["zones"][0]["rows"][0];
    row["row_number"] = json!("B");
    row["seats"][0]["marquee_kind"] = json!("wheelchair");
    row["seats"][1]["seat_guid"] = json!("B-2");
    let mut now: Value = serde_json::from_str(&plan.json()).unwrap();
    now["size"] = expected["size"].clone();
    assert_eq!(now, expected);
}

/// Some edit of some seats.
fn any_edit() -> impl Strategy<Value = PlanEdit> {
    let seats = prop_oneof![Just("*"), Just("A"), Just("A2-A3, C"), Just("B1"), Just("A4, B4, C4"), Just("")];
    let side = any::<bool>().prop_map(|right| if right { Side::Right } else { Side::Left });
    let what = prop_oneof![
        (1..=5i32).prop_map(Edit::Kind),
        Just(Edit::Category("Premium".to_owned())),
        Just(Edit::Remove(true)),
        (-3..=3i32, -3..=3i32).prop_map(|(right, back)| Edit::Move(MoveSeats { right, back })),
        (side.clone(), 1..4i32)
            .prop_map(|(side, count)| Edit::AddSeats(AddSeats { side: side.into(), count })),
        any::<bool>().prop_map(|in_front| Edit::AddRow(AddRow { in_front, name: String::new() })),
        "[A-D]{0,1}".prop_map(Edit::RowName),
        (side, 1..3i32, 1..3i32).prop_map(|(side, first, step)| Edit::Number(NumberSeats {
            side: side.into(),
            first,
            step
        })),
    ];
    (seats, what).prop_map(|(seats, what)| edit(seats, what))
}

proptest! {
    #[test]
    fn whatever_is_done_a_plan_comes_out(edits in prop::collection::vec(any_edit(), 1..8)) {
        let mut plan = draft(HALL);
        for edit in edits {
            let mut next = plan.clone();
            // What is refused is refused before the draft is no plan any more.
            match next.edit(&edit) {
                Ok(()) => plan = next,
                Err(EditRefusal::Plan(error)) => prop_assert!(false, "{edit:?}: {error}"),
                Err(_) => {}
            }
        }
        let exported = plan.json();
        let again = Draft::of(&Source::PretixJson(exported.clone())).unwrap();
        prop_assert_eq!(again.plan(), plan.plan());
        prop_assert_eq!(compare::changes(plan.plan(), again.plan()), Default::default());
        prop_assert_eq!(again.json(), exported);
        prop_assert_eq!(pretix::import(&plan.json()).is_err(), plan.findings().iter().any(Finding::must_mend));
        prop_assert!(plan.plan().seats.iter().all(|seat| seat.x >= 0.0 && seat.y >= 0.0));
    }
}
