//! The film service with people who may and may not manage it, on databases of their own.
#![allow(dead_code, clippy::unwrap_used, missing_docs)]

use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use contract::film::film_internal_client::FilmInternalClient;
use contract::film::film_service_client::FilmServiceClient;
use contract::film::plan_source::Source;
use contract::film::{
    Cinema, CreateCinemaRequest, CreateFilmRequest, CreateHallRequest, CreatePriceListRequest,
    CreateScreeningRequest, Film, GetSalesFactsRequest, Hall, PlanSource, Price, PriceList, SalesFacts,
    Screening, TicketType,
};
use contract::user::user_service_client::UserServiceClient;
use contract::user::{LoginRequest, RegisterRequest, Role, Session, SetRolesRequest};
use micro::{Channel, Clock, Kit, Problem};
use servers::Postgres;
use service_film::Config;
use tempfile::TempDir;
use tonic::{Request, Status};

/// When tests begin: 2026-11-24, midnight UTC.
pub const START_MS: i64 = 1_795_478_400_000;
pub const MINUTE_MS: i64 = 60_000;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
pub const DAY_MS: i64 = 24 * HOUR_MS;
const PASSWORD: &str = "correct horse battery";

/// Eleven seats for sale and one that is not, in two categories.
pub const DRAWING: &str = "\
@name Hall 1
@category s #3b82f6 Standard
@category p #F59E0B Premium
A: sss_ssw
B: (pp)_#pps
";

pub struct Running {
    pub kit: Kit,
    pub clock: Clock,
    pub films: FilmServiceClient<Channel>,
    pub internal: FilmInternalClient<Channel>,
    users: UserServiceClient<Channel>,
    /// What the film service was started with.
    pub config: Config,
    pub dir: TempDir,
}

/// A server for the tests that `on_postgres.rs` runs again.
static POSTGRES: LazyLock<Postgres> = LazyLock::new(Postgres::start);

fn config() -> Config {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let mut config = Config { cancel_retry_ms: 20, ..Config::default() };
    if env!("CARGO_CRATE_NAME") == "on_postgres" {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        config.database.url = POSTGRES.database(&format!("film_{number}"));
    }
    config
}

/// The film service and the user service; clients without a token are the operator.
pub async fn start() -> Running {
    start_with(|_| ()).await
}

pub async fn start_with(change: impl FnOnce(&mut Config)) -> Running {
    let dir = tempfile::tempdir().unwrap();
    let clock = Clock::simulated(START_MS);
    let mut config = config();
    change(&mut config);
    let kit = start_in(dir.path(), clock.clone(), &config).await;
    Running {
        films: FilmServiceClient::new(kit.registry.channel("film")),
        internal: FilmInternalClient::new(kit.registry.channel("film")),
        users: UserServiceClient::new(kit.registry.channel("user")),
        kit,
        clock,
        config,
        dir,
    }
}

/// One more process on the same data.
pub async fn start_in(dir: &Path, clock: Clock, config: &Config) -> Kit {
    let kit = Kit::for_tests(dir, clock);
    let mut users = service_user::Config::default();
    users.passwords.memory_kib = 8;
    users.passwords.iterations = 1;
    kit.register(&service_user::start(&kit, &users).await.unwrap());
    kit.register(&service_film::start(&kit, config).await.unwrap());
    kit
}

impl Running {
    /// Adds the order service.
    pub async fn start_orders(&self) {
        let config = service_order::Config::default();
        self.kit.register(&service_order::start(&self.kit, &config).await.unwrap());
    }

    /// Somebody who has these roles.
    pub async fn person(&self, name: &str, roles: &[Role], cinema_ids: &[i64]) -> Session {
        let mut users = self.users.clone();
        let request = RegisterRequest {
            user_name: name.to_owned(),
            password: PASSWORD.to_owned(),
            ..RegisterRequest::default()
        };
        let session = users.register(request).await.unwrap().into_inner();
        if roles.is_empty() {
            return session;
        }
        let roles = SetRolesRequest {
            user_id: session.profile.unwrap().user_id,
            roles: roles.iter().map(|role| i32::from(*role)).collect(),
            cinema_ids: cinema_ids.to_vec(),
            disabled: false,
        };
        users.set_roles(roles).await.unwrap();
        let request = LoginRequest { login: name.to_owned(), password: PASSWORD.to_owned() };
        users.login(request).await.unwrap().into_inner()
    }

    pub async fn cinema(&self, name: &str, city: &str) -> Cinema {
        self.films.clone().create_cinema(new_cinema(name, city)).await.unwrap().into_inner()
    }

    pub async fn hall(&self, cinema_id: i64, name: &str) -> Hall {
        self.films.clone().create_hall(new_hall(cinema_id, name)).await.unwrap().into_inner()
    }

    pub async fn film(&self, title: &str) -> Film {
        self.films.clone().create_film(new_film(title)).await.unwrap().into_inner()
    }

    pub async fn price_list(&self, cinema_id: i64, standard: i64) -> PriceList {
        let request = new_price_list(cinema_id, standard);
        self.films.clone().create_price_list(request).await.unwrap().into_inner()
    }

    pub async fn facts(&self, film_sid: i64) -> SalesFacts {
        let request = GetSalesFactsRequest { film_sid };
        self.internal.clone().get_sales_facts(request).await.unwrap().into_inner()
    }

    /// A cinema with a hall, a price list and a film: all that a screening needs.
    pub async fn stage(&self) -> Stage {
        let cinema = self.cinema("Roxy", "Berlin").await;
        Stage {
            hall: self.hall(cinema.cinema_id, "1").await,
            list: self.price_list(cinema.cinema_id, 1_000).await,
            film: self.film("Metropolis").await,
            cinema,
        }
    }

    pub async fn screening(&self, stage: &Stage, starts_at: i64) -> Screening {
        self.plan(stage.screening(starts_at)).await.unwrap()
    }

    pub async fn plan(&self, request: CreateScreeningRequest) -> Result<Screening, Status> {
        Ok(self.films.clone().create_screening(request).await?.into_inner())
    }
}

/// What a screening needs.
pub struct Stage {
    pub cinema: Cinema,
    pub hall: Hall,
    pub list: PriceList,
    pub film: Film,
}

impl Stage {
    pub fn screening(&self, starts_at: i64) -> CreateScreeningRequest {
        CreateScreeningRequest {
            film_id: self.film.film_id,
            hall_id: self.hall.hall_id,
            price_list_id: self.list.price_list_id,
            starts_at,
            language: "de".to_owned(),
            ..CreateScreeningRequest::default()
        }
    }
}

pub fn new_cinema(name: &str, city: &str) -> CreateCinemaRequest {
    CreateCinemaRequest {
        name: name.to_owned(),
        city: city.to_owned(),
        address: "Main Street 1".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        currency: "EUR".to_owned(),
    }
}

pub fn drawn(text: &str) -> Option<PlanSource> {
    Some(PlanSource { source: Some(Source::Drawing(text.to_owned())) })
}

pub fn new_hall(cinema_id: i64, name: &str) -> CreateHallRequest {
    CreateHallRequest { cinema_id, name: name.to_owned(), cleaning_minutes: 0, plan: drawn(DRAWING) }
}

/// 100 minutes long.
pub fn new_film(title: &str) -> CreateFilmRequest {
    CreateFilmRequest { title: title.to_owned(), minutes: 100, ..CreateFilmRequest::default() }
}

pub fn price(category: &str, who: TicketType, amount: i64) -> Price {
    Price { category: category.to_owned(), ticket_type: who.into(), amount }
}

/// Premium seats cost half as much again; children pay half in standard ones.
pub fn new_price_list(cinema_id: i64, standard: i64) -> CreatePriceListRequest {
    let prices = vec![
        price("Standard", TicketType::Adult, standard),
        price("Standard", TicketType::Child, standard / 2),
        price("Premium", TicketType::Adult, standard * 3 / 2),
    ];
    CreatePriceListRequest { cinema_id, name: "usual".to_owned(), prices }
}

/// A request with an access token.
pub fn signed<T>(session: &Session, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let value = format!("Bearer {}", session.access_token).parse().unwrap();
    request.metadata_mut().insert("authorization", value);
    request
}

/// A request with an idempotency key.
pub fn keyed<T>(key: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("idempotency-key", key.parse().unwrap());
    request
}

pub fn reason(status: &Status) -> String {
    Problem::from_status(status).reason().to_owned()
}

/// Reason and metadata of a refusal.
pub fn refusal<T: std::fmt::Debug>(answer: Result<T, Status>) -> (String, Vec<(String, String)>) {
    let problem = Problem::from_status(&answer.unwrap_err());
    (problem.reason().to_owned(), problem.metadata().to_vec())
}

/// One fact of a refusal.
pub fn fact<'a>(refusal: &'a (String, Vec<(String, String)>), key: &str) -> &'a str {
    refusal.1.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value.as_str())
}
