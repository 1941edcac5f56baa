//! Seating plans before they are a hall's: what they make, and making another of one.

use contract::film::plan_source::Source;
use contract::film::{
    CategoryPrices, CheckSeatingPlanRequest, CheckedPlan, EditSeatingPlanRequest, EditedPlan, PlanChanges,
    PlanFinding,
};
use contract::order::SeatStates;
use micro::{Problem, RequestContext};
use tonic::Request;

use super::access::answers_for;
use super::halls::read_plan;
use crate::catalogue::Catalogue;
use crate::domain::seating_plan::edit::Draft;
use crate::domain::seating_plan::findings::{self, Finding};
use crate::domain::seating_plan::to_drawing::to_drawing;
use crate::domain::seating_plan::{Category, Plan, compare, pretix};
use crate::domain::{Refusal, hall_map};
use crate::store::ToCome;

/// Seats that a finding names at most: more are counted.
const MOST_NAMED: usize = 100;

/// What hall a plan makes, before there is one.
pub async fn check(request: Request<CheckSeatingPlanRequest>) -> Result<CheckedPlan, Problem> {
    let (_, message) = micro::accept(request)?;
    let plan = read_plan(message.plan.unwrap_or_default()).await?.plan;
    checked(&plan, &findings::of(&plan))
}

/// Another plan of one.
pub async fn edit(
    catalogue: &Catalogue,
    request: Request<EditSeatingPlanRequest>,
) -> Result<EditedPlan, Problem> {
    let (context, message) = micro::accept(request)?;
    let before = match message.hall_id {
        0 => None,
        hall_id => Some(hall_now(catalogue, &context, hall_id).await?),
    };
    // Beside the other requests: megabytes take a while.
    let edited = tokio::task::spawn_blocking(move || edited(message, before)).await;
    edited.map_err(Problem::internal)?
}

/// The newest plan of a hall, and what is known of it besides.
async fn hall_now(
    catalogue: &Catalogue,
    context: &RequestContext,
    hall_id: i64,
) -> Result<(String, PlanChanges), Problem> {
    let hall = catalogue.store.hall(hall_id).await?.ok_or(Refusal::HallNotFound)?;
    answers_for(context, hall.cinema_id)?;
    let json = catalogue.store.plan_json(hall_id, i64::from(hall.plan_version)).await?;
    let mut change = catalogue.store.change().await?;
    let to_come = change.versions(ToCome::Hall(hall_id), catalogue.clock.now_ms()).await?.len();
    let known = PlanChanges {
        plan_version: hall.plan_version,
        screenings_to_come: count(to_come)?,
        ..PlanChanges::default()
    };
    Ok((json.ok_or(Refusal::PlanNotFound)?, known))
}

fn edited(
    message: EditSeatingPlanRequest,
    before: Option<(String, PlanChanges)>,
) -> Result<EditedPlan, Problem> {
    let source = message.plan.and_then(|plan| plan.source);
    let source = source.unwrap_or_else(|| Source::PretixJson(String::new()));
    let mut draft = Draft::of(&source).map_err(Refusal::from)?;
    for edit in &message.edits {
        draft.edit(edit).map_err(Refusal::from)?;
    }
    let plan = draft.plan();
    let changes = match before {
        None => None,
        Some((json, known)) => {
            let was = pretix::import(&json).map_err(Problem::internal)?;
            let PlanChanges { plan_version, screenings_to_come, .. } = known;
            Some(PlanChanges { plan_version, screenings_to_come, ..compare::changes(&was, plan) })
        }
    };
    Ok(EditedPlan {
        drawing: to_drawing(plan).unwrap_or_default(),
        plan: Some(checked(plan, &draft.findings())?),
        selected: draft.selected().iter().map(|seat| plan.seats[*seat].seat.clone()).collect(),
        changes,
        pretix_json: draft.json(),
    })
}

fn checked(plan: &Plan, findings: &[Finding]) -> Result<CheckedPlan, Problem> {
    let category = |category: &Category| CategoryPrices {
        category: category.name.clone(),
        color: category.color.clone(),
        prices: Vec::new(),
    };
    Ok(CheckedPlan {
        name: plan.name.clone(),
        width: plan.width,
        height: plan.height,
        categories: plan.categories.iter().map(category).collect(),
        seats: hall_map::seats(plan, &SeatStates::default(), false),
        seats_for_sale: count(plan.seats_for_sale())?,
        findings: findings.iter().map(|finding| told(plan, finding)).collect::<Result<_, _>>()?,
    })
}

fn told(plan: &Plan, finding: &Finding) -> Result<PlanFinding, Problem> {
    let seats = finding.seats.iter().take(MOST_NAMED);
    Ok(PlanFinding {
        what: finding.what.into(),
        must_mend: finding.must_mend(),
        seats: seats.map(|seat| plan.seats[*seat].seat.clone()).collect(),
        count: count(finding.seats.len())?,
        category: finding.category.map(|index| plan.categories[index].name.clone()).unwrap_or_default(),
    })
}

fn count(count: usize) -> Result<i32, Problem> {
    i32::try_from(count).map_err(Problem::internal)
}
