//! Price lists.

use contract::film::change::Action;
use contract::film::{
    CreatePriceListRequest, ListPriceListsRequest, ListPriceListsResponse, PriceList as Reply,
    RetirePriceListRequest, UpdatePriceListRequest,
};
use micro::Problem;
use tonic::Request;

use super::access::answers_for;
use super::cinemas::in_programme;
use crate::catalogue::Catalogue;
use crate::domain::prices::PriceTable;
use crate::domain::{Refusal, wording};
use crate::store::{Begun, Change, NewVersion, PriceList, ToCome};

pub async fn list(
    catalogue: &Catalogue,
    request: Request<ListPriceListsRequest>,
) -> Result<ListPriceListsResponse, Problem> {
    let (_, message) = micro::accept(request)?;
    let cinema = catalogue.store.cinema(message.cinema_id).await?.ok_or(Refusal::CinemaNotFound)?;
    let lists = catalogue.store.list_price_lists(message.cinema_id).await?;
    let price_lists = lists.iter().map(|list| list.to_proto(&cinema.currency)).collect();
    Ok(ListPriceListsResponse { price_lists })
}

pub async fn create(
    catalogue: &Catalogue,
    request: Request<CreatePriceListRequest>,
) -> Result<Reply, Problem> {
    let (context, message) = micro::accept(request)?;
    answers_for(&context, message.cinema_id)?;
    let once = catalogue.once(&context, "CreatePriceList", &message);
    let list = PriceList {
        id: catalogue.store.price_list_ids.next().await?,
        cinema_id: message.cinema_id,
        name: wording::required("name", &message.name)?,
        version: 1,
        prices: PriceTable::new(&message.prices).map_err(Refusal::from)?,
        retired: false,
    };
    let mut change = match catalogue.store.change_once(once).await? {
        Begun::Now(change) => change,
        Begun::Before(answer) => return Ok(answer),
    };
    let cinema = in_programme(&mut change, list.cinema_id).await?;
    change.insert_price_list(&list).await?;
    change.record_new(catalogue.by(&context), &list).await?;
    let reply = list.to_proto(&cinema.currency);
    change.commit_with(&reply).await?;
    Ok(reply)
}

pub async fn update(
    catalogue: &Catalogue,
    request: Request<UpdatePriceListRequest>,
) -> Result<Reply, Problem> {
    let (context, message) = micro::accept(request)?;
    let prices = PriceTable::new(&message.prices).map_err(Refusal::from)?;
    let mut change = catalogue.store.change().await?;
    let mut list = in_use(&mut change, message.price_list_id).await?;
    answers_for(&context, list.cinema_id)?;
    let cinema = in_programme(&mut change, list.cinema_id).await?;
    let before = list.clone();
    list.name = wording::changed(&list.name, &message.name);
    let mut changed = Vec::new();
    if prices != list.prices {
        list.version += 1;
        list.prices = prices;
        change.insert_price_table(&list).await?;
        changed = reprice(&mut change, &list, catalogue.clock.now_ms()).await?;
    }
    change.update_price_list(&list).await?;
    change.record(catalogue.by(&context), Action::Update, Some(&before), &list, "").await?;
    change.commit().await?;
    catalogue.orders.facts_changed(&changed).await;
    Ok(list.to_proto(&cinema.currency))
}

pub async fn retire(
    catalogue: &Catalogue,
    request: Request<RetirePriceListRequest>,
) -> Result<Reply, Problem> {
    let (context, message) = micro::accept(request)?;
    let mut change = catalogue.store.change().await?;
    let mut list = change.price_list(message.price_list_id).await?.ok_or(Refusal::PriceListNotFound)?;
    answers_for(&context, list.cinema_id)?;
    if change.has_screenings_to_come(ToCome::PriceList(list.id), catalogue.clock.now_ms()).await? {
        return Err(Refusal::PriceListInUse.into());
    }
    let cinema = change.cinema(list.cinema_id).await?.ok_or(Refusal::CinemaNotFound)?;
    let before = list.clone();
    list.retired = true;
    change.update_price_list(&list).await?;
    change.record(catalogue.by(&context), Action::Retire, Some(&before), &list, "").await?;
    change.commit().await?;
    Ok(list.to_proto(&cinema.currency))
}

/// The price list, if it is in use.
pub async fn in_use(change: &mut Change, price_list_id: i64) -> Result<PriceList, Problem> {
    let list = change.price_list(price_list_id).await?.filter(|list| !list.retired);
    Ok(list.ok_or(Refusal::PriceListNotFound)?)
}

/// Sells screenings still to end at the list's new prices. A category they sell must keep a price.
async fn reprice(change: &mut Change, list: &PriceList, now_ms: i64) -> Result<Vec<NewVersion>, Problem> {
    for (hall_id, plan_version) in change.plans_sold_at(list.id, now_ms).await? {
        let plan = change.plan_summary(hall_id, plan_version).await?;
        let price_from = list.prices.price_from(&plan.categories)?;
        change.reprice(list.id, list.version, (hall_id, plan_version), price_from, now_ms).await?;
    }
    change.versions(ToCome::PriceList(list.id), now_ms).await
}
