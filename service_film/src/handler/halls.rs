//! Halls and their seating plans.

use contract::film::change::Action;
use contract::film::{
    CreateHallRequest, GetSeatingPlanRequest, Hall, ListHallsRequest, ListHallsResponse, PlanSource,
    RetireHallRequest, SeatingPlan, UpdateHallRequest,
};
use micro::Problem;
use tonic::Request;

use super::access::answers_for;
use super::cinemas::in_programme;
use crate::catalogue::Catalogue;
use crate::domain::seating_plan::{self, Imported};
use crate::domain::{Refusal, wording};
use crate::store::{Begun, Change, PlanSummary, ToCome};

/// Time between two screenings where none is named, minutes.
const DEFAULT_CLEANING_MINUTES: i32 = 15;

pub async fn list(
    catalogue: &Catalogue,
    request: Request<ListHallsRequest>,
) -> Result<ListHallsResponse, Problem> {
    let (_, message) = micro::accept(request)?;
    catalogue.store.cinema(message.cinema_id).await?.ok_or(Refusal::CinemaNotFound)?;
    Ok(ListHallsResponse { halls: catalogue.store.list_halls(message.cinema_id).await? })
}

pub async fn create(catalogue: &Catalogue, request: Request<CreateHallRequest>) -> Result<Hall, Problem> {
    let (context, message) = micro::accept(request)?;
    answers_for(&context, message.cinema_id)?;
    let once = catalogue.once(&context, "CreateHall", &message);
    let imported = read_plan(message.plan.unwrap_or_default()).await?;
    let mut hall = Hall {
        hall_id: catalogue.store.hall_ids.next().await?,
        cinema_id: message.cinema_id,
        name: wording::required("name", &message.name)?,
        cleaning_minutes: match message.cleaning_minutes {
            0 => DEFAULT_CLEANING_MINUTES,
            minutes => minutes,
        },
        ..Hall::default()
    };
    let mut change = match catalogue.store.change_once(once).await? {
        Begun::Now(change) => change,
        Begun::Before(answer) => return Ok(answer),
    };
    in_programme(&mut change, hall.cinema_id).await?;
    name_is_free(&mut change, &hall).await?;
    add_plan(&mut change, &mut hall, &imported).await?;
    change.insert_hall(&hall).await?;
    change.record_new(catalogue.by(&context), &hall).await?;
    change.commit_with(&hall).await?;
    tracing::info!(hall_id = hall.hall_id, seats = hall.seats, "hall built");
    Ok(hall)
}

pub async fn update(catalogue: &Catalogue, request: Request<UpdateHallRequest>) -> Result<Hall, Problem> {
    let (context, message) = micro::accept(request)?;
    let known = catalogue.store.hall(message.hall_id).await?.ok_or(Refusal::HallNotFound)?;
    answers_for(&context, known.cinema_id)?;
    let imported = match message.plan {
        Some(plan) => Some(read_plan(plan).await?),
        None => None,
    };
    let mut change = catalogue.store.change().await?;
    let before = in_use(&mut change, message.hall_id).await?;
    let mut hall = Hall { name: wording::changed(&before.name, &message.name), ..before.clone() };
    if message.cleaning_minutes != 0 {
        hall.cleaning_minutes = message.cleaning_minutes;
    }
    name_is_free(&mut change, &hall).await?;
    if let Some(imported) = &imported {
        if ![0, before.plan_version].contains(&message.based_on_version) {
            return Err(Refusal::PlanOutdated { plan_version: before.plan_version }.into());
        }
        add_plan(&mut change, &mut hall, imported).await?;
    }
    change.update_hall(&hall).await?;
    change.record(catalogue.by(&context), Action::Update, Some(&before), &hall, "").await?;
    let mut changed = Vec::new();
    if hall.name != before.name {
        changed = change.raise_versions(ToCome::Hall(hall.hall_id), catalogue.clock.now_ms()).await?;
    }
    change.commit().await?;
    catalogue.orders.facts_changed(&changed).await;
    Ok(hall)
}

pub async fn retire(catalogue: &Catalogue, request: Request<RetireHallRequest>) -> Result<Hall, Problem> {
    let (context, message) = micro::accept(request)?;
    let mut change = catalogue.store.change().await?;
    let before = change.hall(message.hall_id).await?.ok_or(Refusal::HallNotFound)?;
    answers_for(&context, before.cinema_id)?;
    if change.has_screenings_to_come(ToCome::Hall(before.hall_id), catalogue.clock.now_ms()).await? {
        return Err(Refusal::HallInUse.into());
    }
    let hall = Hall { retired: true, ..before.clone() };
    change.update_hall(&hall).await?;
    change.record(catalogue.by(&context), Action::Retire, Some(&before), &hall, "").await?;
    change.commit().await?;
    tracing::info!(hall_id = hall.hall_id, "hall retired");
    Ok(hall)
}

pub async fn plan(
    catalogue: &Catalogue,
    request: Request<GetSeatingPlanRequest>,
) -> Result<SeatingPlan, Problem> {
    let (context, message) = micro::accept(request)?;
    let hall = catalogue.store.hall(message.hall_id).await?.ok_or(Refusal::HallNotFound)?;
    answers_for(&context, hall.cinema_id)?;
    let plan_version = match message.plan_version {
        0 => hall.plan_version,
        version => version,
    };
    let json = catalogue.store.plan_json(hall.hall_id, i64::from(plan_version)).await?;
    let pretix_json = json.ok_or(Refusal::PlanNotFound)?;
    Ok(SeatingPlan { hall_id: hall.hall_id, plan_version, pretix_json })
}

/// The hall, if it is in use.
pub async fn in_use(change: &mut Change, hall_id: i64) -> Result<Hall, Problem> {
    let hall = change.hall(hall_id).await?.filter(|hall| !hall.retired);
    Ok(hall.ok_or(Refusal::HallNotFound)?)
}

/// Reads a plan beside the other requests: megabytes take a while.
pub async fn read_plan(source: PlanSource) -> Result<Imported, Problem> {
    let read = tokio::task::spawn_blocking(move || seating_plan::import(&source)).await;
    Ok(read.map_err(Problem::internal)?.map_err(Refusal::from)?)
}

/// Gives the hall the plan as its newest.
async fn add_plan(change: &mut Change, hall: &mut Hall, imported: &Imported) -> Result<(), Problem> {
    let summary = PlanSummary::of(&imported.plan);
    hall.plan_version += 1;
    hall.seats = i32::try_from(summary.seats).map_err(Problem::internal)?;
    hall.categories = summary.categories;
    change.insert_plan(hall.hall_id, hall.plan_version, imported).await
}

async fn name_is_free(change: &mut Change, hall: &Hall) -> Result<(), Problem> {
    match change.hall_named(hall.cinema_id, &hall.name).await? {
        Some(hall_id) if hall_id != hall.hall_id => Err(Refusal::HallExists { hall_id }.into()),
        _ => Ok(()),
    }
}
