//! Which function tells the story of which RPC.

use contract::film as proto;
use contract::film::film_internal_server::FilmInternal;
use contract::film::film_service_server::FilmService;
use tonic::{Request, Response, Status};

use super::{
    Handler, change_screening, changes, cinemas, films, hall_info, halls, plan_screening, plans, price_lists,
    programme, watch,
};

type Reply<T> = Result<Response<T>, Status>;

/// Lets the function of each RPC read as its story, in its own file.
macro_rules! answer {
    ($story:expr) => {
        Ok(Response::new($story.await?))
    };
}

#[tonic::async_trait]
impl FilmService for Handler {
    type WatchHallStream = watch::Changes;

    async fn get_all_list(
        &self,
        request: Request<proto::GetAllListRequest>,
    ) -> Reply<proto::GetAllListResponse> {
        answer!(programme::now_showing(&self.catalogue, request))
    }

    async fn get_info_list(
        &self,
        request: Request<proto::GetInfoListRequest>,
    ) -> Reply<proto::GetInfoListResponse> {
        answer!(programme::search(&self.catalogue, request))
    }

    async fn get_film(&self, request: Request<proto::GetFilmRequest>) -> Reply<proto::GetFilmResponse> {
        answer!(programme::film(&self.catalogue, request))
    }

    async fn get_screenings(
        &self,
        request: Request<proto::GetScreeningsRequest>,
    ) -> Reply<proto::GetScreeningsResponse> {
        answer!(programme::named(&self.catalogue, request))
    }

    async fn get_hall_info(&self, request: Request<proto::GetHallInfoRequest>) -> Reply<proto::HallInfo> {
        answer!(hall_info::show(&self.catalogue, request))
    }

    async fn watch_hall(&self, request: Request<proto::WatchHallRequest>) -> Reply<Self::WatchHallStream> {
        answer!(watch::watch(&self.catalogue, request))
    }

    async fn list_changes(
        &self,
        request: Request<proto::ListChangesRequest>,
    ) -> Reply<proto::ListChangesResponse> {
        answer!(changes::list(&self.catalogue, request))
    }

    async fn list_cinemas(
        &self,
        request: Request<proto::ListCinemasRequest>,
    ) -> Reply<proto::ListCinemasResponse> {
        answer!(cinemas::list(&self.catalogue, request))
    }

    async fn create_cinema(&self, request: Request<proto::CreateCinemaRequest>) -> Reply<proto::Cinema> {
        answer!(cinemas::create(&self.catalogue, request))
    }

    async fn update_cinema(&self, request: Request<proto::UpdateCinemaRequest>) -> Reply<proto::Cinema> {
        answer!(cinemas::update(&self.catalogue, request))
    }

    async fn retire_cinema(&self, request: Request<proto::RetireCinemaRequest>) -> Reply<proto::Cinema> {
        answer!(cinemas::retire(&self.catalogue, request))
    }

    async fn list_halls(&self, request: Request<proto::ListHallsRequest>) -> Reply<proto::ListHallsResponse> {
        answer!(halls::list(&self.catalogue, request))
    }

    async fn create_hall(&self, request: Request<proto::CreateHallRequest>) -> Reply<proto::Hall> {
        answer!(halls::create(&self.catalogue, request))
    }

    async fn update_hall(&self, request: Request<proto::UpdateHallRequest>) -> Reply<proto::Hall> {
        answer!(halls::update(&self.catalogue, request))
    }

    async fn retire_hall(&self, request: Request<proto::RetireHallRequest>) -> Reply<proto::Hall> {
        answer!(halls::retire(&self.catalogue, request))
    }

    async fn get_seating_plan(
        &self,
        request: Request<proto::GetSeatingPlanRequest>,
    ) -> Reply<proto::SeatingPlan> {
        answer!(halls::plan(&self.catalogue, request))
    }

    async fn check_seating_plan(
        &self,
        request: Request<proto::CheckSeatingPlanRequest>,
    ) -> Reply<proto::CheckedPlan> {
        answer!(plans::check(request))
    }

    async fn edit_seating_plan(
        &self,
        request: Request<proto::EditSeatingPlanRequest>,
    ) -> Reply<proto::EditedPlan> {
        answer!(plans::edit(&self.catalogue, request))
    }

    async fn list_films(&self, request: Request<proto::ListFilmsRequest>) -> Reply<proto::ListFilmsResponse> {
        answer!(films::list(&self.catalogue, request))
    }

    async fn create_film(&self, request: Request<proto::CreateFilmRequest>) -> Reply<proto::Film> {
        answer!(films::create(&self.catalogue, request))
    }

    async fn update_film(&self, request: Request<proto::UpdateFilmRequest>) -> Reply<proto::Film> {
        answer!(films::update(&self.catalogue, request))
    }

    async fn retire_film(&self, request: Request<proto::RetireFilmRequest>) -> Reply<proto::Film> {
        answer!(films::retire(&self.catalogue, request))
    }

    async fn list_price_lists(
        &self,
        request: Request<proto::ListPriceListsRequest>,
    ) -> Reply<proto::ListPriceListsResponse> {
        answer!(price_lists::list(&self.catalogue, request))
    }

    async fn create_price_list(
        &self,
        request: Request<proto::CreatePriceListRequest>,
    ) -> Reply<proto::PriceList> {
        answer!(price_lists::create(&self.catalogue, request))
    }

    async fn update_price_list(
        &self,
        request: Request<proto::UpdatePriceListRequest>,
    ) -> Reply<proto::PriceList> {
        answer!(price_lists::update(&self.catalogue, request))
    }

    async fn retire_price_list(
        &self,
        request: Request<proto::RetirePriceListRequest>,
    ) -> Reply<proto::PriceList> {
        answer!(price_lists::retire(&self.catalogue, request))
    }

    async fn create_screening(
        &self,
        request: Request<proto::CreateScreeningRequest>,
    ) -> Reply<proto::Screening> {
        answer!(plan_screening::create(&self.catalogue, request))
    }

    async fn update_screening(
        &self,
        request: Request<proto::UpdateScreeningRequest>,
    ) -> Reply<proto::Screening> {
        answer!(change_screening::update(&self.catalogue, request))
    }

    async fn cancel_screening(
        &self,
        request: Request<proto::CancelScreeningRequest>,
    ) -> Reply<proto::Screening> {
        answer!(change_screening::cancel(&self.catalogue, request))
    }
}

#[tonic::async_trait]
impl FilmInternal for Handler {
    async fn get_sales_facts(
        &self,
        request: Request<proto::GetSalesFactsRequest>,
    ) -> Reply<proto::SalesFacts> {
        answer!(hall_info::sales_facts(&self.catalogue, request))
    }

    async fn find_cinemas(
        &self,
        request: Request<proto::FindCinemasRequest>,
    ) -> Reply<proto::FindCinemasResponse> {
        answer!(cinemas::find(&self.catalogue, request))
    }
}
