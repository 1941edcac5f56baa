//! Plans that are worked on: nothing is stored until a hall is changed.

use contract::film::plan_edit::Edit;
use contract::film::plan_finding::What;
use contract::film::plan_source::Source;
use contract::film::{
    CheckSeatingPlanRequest, EditSeatingPlanRequest, EditedPlan, GetSeatingPlanRequest, PlanEdit, PlanGrid,
    PlanSource, SeatKind, UpdateHallRequest,
};
use contract::user::Role;
use tonic::Status;

use crate::common::{DAY_MS, Running, START_MS, drawn, fact, reason, refusal, signed, start};

fn edit(seats: &str, edit: Edit) -> PlanEdit {
    PlanEdit { seats: seats.to_owned(), edit: Some(edit) }
}

fn pretix(json: &str) -> Option<PlanSource> {
    Some(PlanSource { source: Some(Source::PretixJson(json.to_owned())) })
}

async fn edited(
    running: &Running,
    plan: Option<PlanSource>,
    edits: Vec<PlanEdit>,
    hall_id: i64,
) -> Result<EditedPlan, Status> {
    let request = EditSeatingPlanRequest { plan, edits, hall_id };
    Ok(running.films.clone().edit_seating_plan(request).await?.into_inner())
}

#[tokio::test]
async fn a_plan_is_edited_compared_and_saved_by_its_hall() {
    let running = start().await;
    let stage = running.stage().await;
    running.screening(&stage, START_MS + DAY_MS).await;
    let hall_id = stage.hall.hall_id;
    let mut films = running.films.clone();
    let now = || GetSeatingPlanRequest { hall_id, plan_version: 0 };
    let before = films.get_seating_plan(now()).await.unwrap().into_inner().pretix_json;
    let edits = vec![
        edit("A1-A2", Edit::Kind(SeatKind::CoupleHalf.into())),
        edit("A3", Edit::Category("Premium".to_owned())),
        edit("B6", Edit::Remove(true)),
    ];
    let draft = edited(&running, pretix(&before), edits, hall_id).await.unwrap();
    let changes = draft.changes.clone().unwrap();
    assert_eq!((changes.plan_version, changes.screenings_to_come), (1, 1));
    assert_eq!(
        (changes.kind, changes.category, changes.removed),
        (vec!["A1".to_owned(), "A2".to_owned()], vec!["A3".to_owned()], vec!["B6".to_owned()],)
    );
    assert!(draft.drawing.contains("A: (ss)p_ssw"), "{}", draft.drawing);
    // The drawing makes the same hall.
    let drawing = Some(PlanSource { source: Some(Source::Drawing(draft.drawing.clone())) });
    let check = async |plan| {
        let request = CheckSeatingPlanRequest { plan };
        running.films.clone().check_seating_plan(request).await.unwrap().into_inner()
    };
    let (of_json, of_drawing) = (check(pretix(&draft.pretix_json)).await, check(drawing).await);
    assert_eq!(of_json.seats, of_drawing.seats);
    // Nothing was stored.
    assert_eq!(films.get_seating_plan(now()).await.unwrap().into_inner().pretix_json, before);
    let save = UpdateHallRequest {
        hall_id,
        plan: pretix(&draft.pretix_json),
        based_on_version: 1,
        ..UpdateHallRequest::default()
    };
    assert_eq!(films.update_hall(save.clone()).await.unwrap().into_inner().plan_version, 2);
    let outdated = refusal(films.update_hall(save).await);
    assert_eq!((outdated.0.as_str(), fact(&outdated, "plan_version")), ("PLAN_OUTDATED", "2"));
    let same = edited(&running, pretix(&draft.pretix_json), vec![], hall_id).await.unwrap();
    assert_eq!(same.pretix_json, draft.pretix_json, "to the letter");
    let changes = same.changes.unwrap();
    assert!(
        changes.removed.is_empty() && changes.kind.is_empty() && changes.plan_version == 2,
        "{changes:?}"
    );
}

#[tokio::test]
async fn what_is_refused_has_its_reason_and_what_is_found_its_seats() {
    let running = start().await;
    let plan = || drawn("@category s S\n@category p P\nA: ssss\nB: sss");
    let refused = async |edits| refusal(edited(&running, plan(), edits, 0).await);
    let unknown = refused(vec![edit("A1, Z", Edit::Remove(true))]).await;
    assert_eq!((unknown.0.as_str(), fact(&unknown, "seats")), ("PLAN_SEATS_UNKNOWN", "Z"));
    for (what, why) in [
        (edit("", Edit::Remove(true)), "PLAN_SEATS_MISSING"),
        (edit("*", Edit::Remove(true)), "PLAN_EMPTY"),
        (edit("A1", Edit::Category("X".to_owned())), "PLAN_CATEGORY_UNKNOWN"),
        (edit("", Edit::RemoveCategory("S".to_owned())), "PLAN_CATEGORY_IN_USE"),
        (edit("A", Edit::RowName("B".to_owned())), "PLAN_ROW_EXISTS"),
        (edit("A, B", Edit::RowName("C".to_owned())), "PLAN_ROW_MISSING"),
        (edit("A", Edit::Kind(99)), "FIELD_INVALID"),
    ] {
        assert_eq!(refused(vec![what]).await.0, why);
    }
    let half = edit("A2", Edit::Kind(SeatKind::CoupleHalf.into()));
    let draft = edited(&running, plan(), vec![half], 0).await.unwrap();
    assert_eq!((draft.selected.as_slice(), draft.changes), (["A2".to_owned()].as_slice(), None));
    let found = draft.plan.unwrap().findings;
    let told: Vec<_> =
        found.iter().map(|one| (one.what(), one.must_mend, one.count, &*one.category)).collect();
    assert_eq!(told, [(What::CoupleHalfAlone, true, 1, ""), (What::CategoryUnused, false, 0, "P")]);
    let check = CheckSeatingPlanRequest { plan: pretix(&draft.pretix_json) };
    let whole = refusal(running.films.clone().check_seating_plan(check).await);
    assert_eq!(
        (whole.0.as_str(), fact(&whole, "place")),
        ("PLAN_INVALID", "zones[0].rows[0].seats[1].marquee_kind")
    );
    let grid = PlanGrid { rows: 3, seats: 4, ..PlanGrid::default() };
    let grid = Some(PlanSource { source: Some(Source::Grid(grid)) });
    assert_eq!(edited(&running, grid, vec![], 0).await.unwrap().plan.unwrap().seats_for_sale, 12);
    assert_eq!(refusal(edited(&running, drawn("x"), vec![], 0).await).0, "PLAN_INVALID");
}

#[tokio::test]
async fn plans_are_compared_with_halls_of_ones_own_cinemas() {
    let running = start().await;
    let stage = running.stage().await;
    let other = running.cinema("Lux", "Berlin").await;
    let manager = running.person("mia", &[Role::Manager], &[other.cinema_id]).await;
    let request = |hall_id| {
        signed(
            &manager,
            EditSeatingPlanRequest { plan: drawn("@category s S\nA: s"), edits: vec![], hall_id },
        )
    };
    let mut films = running.films.clone();
    assert!(films.edit_seating_plan(request(0)).await.is_ok());
    let not_ones_own = films.edit_seating_plan(request(stage.hall.hall_id)).await.unwrap_err();
    assert_eq!(reason(&not_ones_own), "NOT_YOUR_CINEMA");
    let customer = running.person("carl", &[], &[]).await;
    let request = EditSeatingPlanRequest { plan: drawn("@category s S\nA: s"), edits: vec![], hall_id: 0 };
    assert_eq!(
        reason(&films.edit_seating_plan(signed(&customer, request)).await.unwrap_err()),
        "ROLE_MISSING"
    );
}
