//! Seating plans in both forms, given back without loss.

use crate::common::{DAY_MS, START_MS, drawn, fact, new_hall, reason, refusal, start};
use contract::film::plan_source::Source;
use contract::film::{
    GetSeatingPlanRequest, Hall, ListHallsRequest, PlanSource, SeatKind, UpdateHallRequest,
};

/// As pretix writes it, with members of newer versions that nobody here understands.
const PRETIX: &str = r##"{
  "name": "Saal  Grün", "future": {"b": 1.50, "a": [null, 1e3]},
  "categories": [{"name": "Standard", "color": "#3B82F6"}, {"name": "Premium", "tier": 2}],
  "zones": [{"zone_id": "z", "name": "Parkett", "position": {"x": 10, "y": 20}, "rows": [
    {"row_number": "A", "row_label": "Reihe", "position": {"x": 1, "y": 2}, "seats": [
      {"seat_guid": "b7e1f7a2-7d0c-4b8e-9f1a-0123456789ab", "seat_number": "1", "category": "Standard",
       "position": {"x": 5.5, "y": 0}, "uuid": "u"},
      {"seat_guid": "A-2", "seat_number": "2", "category": "Premium", "position": {"x": 25, "y": 0},
       "marquee_kind": "wheelchair", "radius": 8}
    ]}], "areas": [{"shape": "circle", "circle": {"radius": 3}}]}],
  "size": {"width": 300, "height": 200}
}"##;

fn pretix(json: &str) -> Option<PlanSource> {
    Some(PlanSource { source: Some(Source::PretixJson(json.to_owned())) })
}

async fn exported(running: &crate::common::Running, hall: &Hall, plan_version: i32) -> String {
    let ask = GetSeatingPlanRequest { hall_id: hall.hall_id, plan_version };
    running.films.clone().get_seating_plan(ask).await.unwrap().into_inner().pretix_json
}

#[tokio::test]
async fn pretix_json_is_given_back_to_the_letter() {
    let running = start().await;
    let cinema = running.cinema("Roxy", "Berlin").await;
    let mut request = new_hall(cinema.cinema_id, "Grün");
    request.plan = pretix(PRETIX);
    let hall = running.films.clone().create_hall(request).await.unwrap().into_inner();
    assert_eq!((hall.seats, hall.plan_version, hall.cleaning_minutes), (2, 1, 15));
    assert_eq!(hall.categories, ["Standard", "Premium"]);
    assert_eq!(exported(&running, &hall, 0).await, PRETIX);
}

#[tokio::test]
async fn a_drawing_comes_back_as_pretix_json_that_means_the_same() {
    let running = start().await;
    let stage = running.stage().await;
    let json = exported(&running, &stage.hall, 1).await;
    let mut request = new_hall(stage.cinema.cinema_id, "2");
    request.plan = pretix(&json);
    let copy = running.films.clone().create_hall(request).await.unwrap().into_inner();
    assert_eq!((copy.seats, &copy.categories), (stage.hall.seats, &stage.hall.categories));
    assert_eq!(exported(&running, &copy, 0).await, json);
    let first = running.screening(&stage, START_MS + DAY_MS).await;
    let mut second = stage.screening(START_MS + DAY_MS);
    second.hall_id = copy.hall_id;
    let second = running.plan(second).await.unwrap();
    let seats = |facts: contract::film::SalesFacts| facts.seats;
    let facts = seats(running.facts(first.film_sid).await);
    assert_eq!(seats(running.facts(second.film_sid).await), facts);
    assert!(facts.iter().any(|seat| seat.kind() == SeatKind::CoupleHalf && seat.partner > 0));
}

#[tokio::test]
async fn a_new_plan_is_a_new_version_and_screenings_keep_theirs() {
    let running = start().await;
    let stage = running.stage().await;
    let before = running.screening(&stage, START_MS + DAY_MS).await;
    let mut films = running.films.clone();
    let request = UpdateHallRequest {
        hall_id: stage.hall.hall_id,
        plan: drawn("@category s Standard\nA: ssss"),
        cleaning_minutes: 30,
        ..UpdateHallRequest::default()
    };
    let hall = films.update_hall(request).await.unwrap().into_inner();
    assert_eq!((hall.plan_version, hall.seats, hall.cleaning_minutes), (2, 4, 30));
    assert_eq!((hall.name.as_str(), hall.categories.as_slice()), ("1", ["Standard".to_owned()].as_slice()));
    let after = running.screening(&stage, START_MS + 2 * DAY_MS).await;
    assert_eq!((before.seats, after.seats), (11, 4));
    assert_eq!(running.facts(before.film_sid).await.seats.len(), 11);
    assert_eq!(running.facts(after.film_sid).await.seats.len(), 4);
    assert!(exported(&running, &hall, 1).await.contains("Premium"));
    assert!(!exported(&running, &hall, 0).await.contains("Premium"));
    let missing = GetSeatingPlanRequest { hall_id: hall.hall_id, plan_version: 3 };
    assert_eq!(reason(&films.get_seating_plan(missing).await.unwrap_err()), "PLAN_NOT_FOUND");
    let ask = ListHallsRequest { cinema_id: stage.cinema.cinema_id };
    assert_eq!(films.list_halls(ask).await.unwrap().into_inner().halls, [hall]);
}

#[tokio::test]
async fn a_plan_that_cannot_be_used_is_refused_with_its_place() {
    let running = start().await;
    let cinema = running.cinema("Roxy", "Berlin").await;
    let seat_twice = PRETIX.replace("A-2", "b7e1f7a2-7d0c-4b8e-9f1a-0123456789ab");
    let too_many = format!(
        "@category s S\n{}",
        (0..101).map(|n| format!("R{n}-: {}\n", "s".repeat(100))).collect::<String>()
    );
    for (plan, place, code, value) in [
        (drawn("@category s S\nA: sxs"), "line 2, column 5", "CATEGORY_UNKNOWN", "x"),
        (
            pretix(&seat_twice),
            "zones[0].rows[0].seats[1].seat_guid",
            "SEAT_TWICE",
            "b7e1f7a2-7d0c-4b8e-9f1a-0123456789ab",
        ),
        (pretix("{"), "line 1, column 1", "NOT_JSON", ""),
        (pretix(""), "line 1, column 0", "NOT_JSON", ""),
        (drawn(""), "line 1, column 1", "NO_SEATS", ""),
        (drawn(&too_many), "line 102, column 8", "SEATS_TOO_MANY", "10000"),
        (Some(PlanSource { source: None }), "plan", "PLAN_MISSING", ""),
    ] {
        let mut request = new_hall(cinema.cinema_id, "1");
        request.plan = plan;
        let refused = refusal(running.films.clone().create_hall(request).await);
        assert_eq!((refused.0.as_str(), fact(&refused, "place")), ("PLAN_INVALID", place), "{refused:?}");
        assert!(!fact(&refused, "problem").is_empty());
        assert_eq!((fact(&refused, "code"), fact(&refused, "value")), (code, value));
        let (line, column) = (fact(&refused, "line"), fact(&refused, "column"));
        let in_text =
            if line.is_empty() { place.to_owned() } else { format!("line {line}, column {column}") };
        assert_eq!(in_text, place);
    }
    let mut none = new_hall(cinema.cinema_id, "1");
    none.plan = None;
    assert_eq!(reason(&running.films.clone().create_hall(none).await.unwrap_err()), "FIELD_INVALID");
}

#[tokio::test]
async fn a_large_plan_fits_in_a_request() {
    let running = start().await;
    let cinema = running.cinema("Roxy", "Berlin").await;
    let padding = "x".repeat(6 * 1024 * 1024);
    let json = PRETIX.replacen('{', &format!("{{\"padding\": \"{padding}\","), 1);
    let mut request = new_hall(cinema.cinema_id, "1");
    request.plan = pretix(&json);
    let hall = running.films.clone().create_hall(request).await.unwrap().into_inner();
    let mut films = running.films.clone().max_decoding_message_size(32 * 1024 * 1024);
    let ask = GetSeatingPlanRequest { hall_id: hall.hall_id, plan_version: 0 };
    assert_eq!(films.get_seating_plan(ask).await.unwrap().into_inner().pretix_json, json);
}
