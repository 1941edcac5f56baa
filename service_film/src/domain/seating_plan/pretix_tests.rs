//! What the pretix form takes and refuses.

use contract::film::{PlanSource, SeatKind, plan_source::Source};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{MAX_HALL_SEATS, import, pretix};

fn sample() -> Value {
    json!({
        "name": "Hall 1",
        "uuid": "kept",
        "categories": [{ "name": "Stalls", "color": "#7F4A91", "newer": 1 }, { "name": "Box" }],
        "zones": [{
            "name": "Ground", "displayed": true, "zone_id": 7, "position": { "x": 10, "y": 20.5 },
            "areas": [{ "shape": "circle", "circle": { "radius": 3 } }],
            "rows": [{
                "row_number": "F", "row_label": "Row F", "position": { "x": 1, "y": 2 },
                "seats": [
                    { "seat_guid": "F-11", "seat_number": "11", "position": { "x": 100, "y": 0 }, "category": "Stalls" },
                    { "seat_guid": "0b4a9f3e-aaaa-bbbb-cccc-1234567890ab", "seat_number": "12",
                      "position": { "x": 120, "y": 0, "z": 1 }, "category": "Box", "radius": 5 },
                ],
            }],
        }],
    })
}

fn refusal(change: impl FnOnce(&mut Value)) -> (String, String) {
    let mut plan = sample();
    change(&mut plan);
    let error = pretix::import(&plan.to_string()).unwrap_err();
    (error.place, error.problem.to_string())
}

#[test]
fn ids_are_what_people_read_and_positions_are_sums() {
    let plan = pretix::import(&sample().to_string()).unwrap();
    let seats: Vec<_> = plan.seats.iter().map(|seat| (seat.seat.as_str(), seat.x, seat.y)).collect();
    assert_eq!(seats, [("F-11", 111.0, 22.5), ("F12", 131.0, 22.5)]);
    assert_eq!(plan.categories[0].color, "#7f4a91");
    assert_eq!(plan.seats[1].zone, "Ground");
    assert_eq!((plan.width, plan.height), (151.0, 42.5));
}

#[test]
fn refusals_name_the_place() {
    let seat = |plan: &mut Value, index: usize, member: &str, value: Value| {
        plan["zones"][0]["rows"][0]["seats"][index][member] = value;
    };
    let at = "zones[0].rows[0].seats[1]";
    let cases: [(&str, Value, &str); 7] = [
        ("category", json!("Sky"), "category"),
        ("seat_guid", json!("F-11"), "seat_guid"),
        ("position", json!({ "x": "1", "y": 2 }), "position.x"),
        ("position", json!({ "x": 1, "y": 1e300 }), "position.y"),
        ("position", json!(null), "position"),
        ("marquee_kind", json!("sofa"), "marquee_kind"),
        ("marquee_kind", json!("couple_half"), "marquee_kind"),
    ];
    for (member, value, place) in cases {
        let refused = refusal(|plan| seat(plan, 1, member, value));
        assert_eq!(refused.0, format!("{at}.{place}"), "{}", refused.1);
    }
    assert_eq!(refusal(|plan| plan["zones"][0]["rows"] = json!([])).0, "zones");
    assert_eq!(refusal(|plan| plan["zones"] = json!(3)).0, "zones");
    assert_eq!(refusal(|plan| plan["zones"][0]["rows"][0] = json!("x")).0, "zones[0].rows[0]");
    assert_eq!(refusal(|plan| plan["categories"][1]["name"] = json!("Stalls")).0, "categories[1].name");
}

#[test]
fn two_seats_that_read_the_same_are_refused() {
    let (place, problem) =
        refusal(|plan| plan["zones"][0]["rows"][0]["seats"][0]["seat_guid"] = json!("F12"));
    assert_eq!(place, "zones[0].rows[0].seats[1].seat_guid");
    assert!(problem.contains("zones[0].rows[0].seats[0].seat_guid"), "{problem}");
}

#[test]
fn what_is_no_plan_is_refused() {
    for text in ["", "[]", "null", "{\"zones\": [1e999]}", "{", "{\"categories\": []}"] {
        assert!(pretix::import(text).is_err(), "{text}");
    }
    let (place, _) = refusal(|plan| {
        let seats = plan["zones"][0]["rows"][0]["seats"].as_array_mut().unwrap();
        for seat in seats {
            seat["marquee_kind"] = json!("blocked");
        }
    });
    assert_eq!(place, "zones");
}

fn row_of(count: usize) -> Value {
    let seats: Vec<_> = (0..count)
        .map(|n| {
            json!({ "seat_guid": format!("g{n}"), "seat_number": n.to_string(), "category": "A",
                    "position": { "x": n % 100, "y": n / 100 } })
        })
        .collect();
    json!({ "name": "", "categories": [{ "name": "A" }], "zones": [{ "position": { "x": 0, "y": 0 },
            "rows": [{ "row_number": "1", "seats": seats }] }] })
}

/// The indented blocks of the documentation.
fn documented() -> Vec<String> {
    let text = include_str!("../../../../docs/seating-plans.md");
    let mut blocks = vec![String::new()];
    for line in text.lines() {
        match line.strip_prefix("    ") {
            Some(code) => blocks.last_mut().unwrap().extend([code, "\n"]),
            None if line.is_empty() => blocks.last_mut().unwrap().push('\n'),
            None => blocks.push(String::new()),
        }
    }
    blocks.retain(|block| !block.trim().is_empty());
    blocks
}

#[test]
fn the_examples_of_the_documentation_are_plans() {
    let blocks = documented();
    let [drawing, json] = blocks.as_slice() else { panic!("two examples, not {blocks:#?}") };
    let drawn = import(&PlanSource { source: Some(Source::Drawing(drawing.clone())) }).unwrap().plan;
    assert_eq!((drawn.seats_for_sale(), drawn.seats.len()), (20, 21));
    let read = pretix::import(json).unwrap();
    let ids: Vec<_> = read.seats.iter().map(|seat| (seat.seat.as_str(), seat.kind)).collect();
    assert_eq!(ids, [("A1", SeatKind::Standard), ("A2", SeatKind::Wheelchair)]);
}

#[test]
fn a_hall_has_a_limit_of_seats() {
    assert!(pretix::import(&row_of(MAX_HALL_SEATS).to_string()).is_ok());
    let error = pretix::import(&row_of(MAX_HALL_SEATS + 1).to_string()).unwrap_err();
    assert!(error.problem.to_string().contains("10001"), "{error}");
}

#[test]
fn couple_halves_pair_from_the_beginning_of_the_row() {
    let mut plan = row_of(5);
    for index in 1..5 {
        plan["zones"][0]["rows"][0]["seats"][index]["marquee_kind"] = json!("couple_half");
    }
    let plan = pretix::import(&plan.to_string()).unwrap();
    let partners: Vec<_> = plan.seats.iter().map(|seat| seat.partner).collect();
    assert_eq!(partners, [None, Some(2), Some(1), Some(4), Some(3)]);
    assert_eq!(plan.seats[1].kind, SeatKind::CoupleHalf);
}

/// Any JSON, as an unknown member might hold it.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e6f64..1e6).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("[a-z_]{1,8}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_goes_in_comes_out(count in 1usize..40, extra in anything(), member in "new_[a-z]{1,6}") {
        let mut plan = row_of(count);
        plan[&member] = extra.clone();
        plan["zones"][0][&member] = extra.clone();
        plan["zones"][0]["rows"][0]["seats"][0][&member] = extra;
        let text = plan.to_string();
        let source = PlanSource { source: Some(Source::PretixJson(text.clone())) };
        let imported = import(&source).unwrap();
        // The text itself: reading numbers and writing them again may change their last digit.
        prop_assert_eq!(&imported.json, &text);
        let again = pretix::import(&imported.json).unwrap();
        prop_assert_eq!(again, imported.plan);
    }

    #[test]
    fn no_json_makes_it_panic(value in anything(), at in 0usize..4) {
        let mut plan = sample();
        match at {
            0 => plan["zones"][0]["rows"][0]["seats"][1] = value,
            1 => plan["zones"][0]["rows"][0] = value,
            2 => plan["zones"] = value,
            _ => plan["categories"] = value,
        }
        let _ = pretix::import(&plan.to_string());
    }
}
