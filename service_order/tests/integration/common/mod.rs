//! The three services on databases of their own, and people who buy.

pub mod pair;

use std::future::Future;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use contract::film::film_service_client::FilmServiceClient;
use contract::film::plan_source::Source;
use contract::film::{
    CreateCinemaRequest, CreateFilmRequest, CreateHallRequest, CreatePriceListRequest,
    CreateScreeningRequest, GetHallInfoRequest, PlanSource, Price, SeatState,
};
use contract::order::order_internal_client::OrderInternalClient;
use contract::order::order_service_client::OrderServiceClient;
use contract::order::{
    BuyRequest, CancelRequest, GetInfoRequest, Order, PayRequest, PayResponse, RefundRequest, RefundResponse,
};
use contract::user::user_service_client::UserServiceClient;
use contract::user::{LoginRequest, RegisterRequest, Role, SetRolesRequest};
use micro::database::{Database, DatabaseConfig};
use micro::{Channel, Clock, Kit, Problem};
use service_order::Config;
use tempfile::TempDir;
use tonic::{Request, Status};

/// When tests begin: 2026-11-24.
pub const START_MS: i64 = 1_795_478_400_000;
pub const MINUTE_MS: i64 = 60_000;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Adults 1200, children 800 and so on; the love seats in brackets cost more.
pub const HALL: &str = "\
@category s #3b82f6 Standard
@category L Love
A: ssssss
B: (LL)(LL)ss
C: w k # ss
";
const PASSWORD: &str = "correct horse battery";

pub struct Running {
    pub kit: Kit,
    pub clock: Clock,
    pub film_sid: i64,
    pub orders: OrderServiceClient<Channel>,
    pub internal: OrderInternalClient<Channel>,
    pub films: FilmServiceClient<Channel>,
    users: UserServiceClient<Channel>,
    orders_in: DatabaseConfig,
    dir: TempDir,
}

/// Where the services keep their data.
#[derive(Debug, Clone, Copy)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Every test of a file on SQLite and on PostgreSQL.
macro_rules! on_both_engines {
    ($($test:ident,)*) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                super::$test(super::Engine::Sqlite).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                super::$test(super::Engine::Postgres).await;
            })*
        }
    };
}

pub(crate) use on_both_engines;

/// One server for all tests of this process, a database for each service of each test.
static POSTGRES: LazyLock<servers::Postgres> = LazyLock::new(servers::Postgres::start);
static DATABASES: AtomicU32 = AtomicU32::new(0);

fn database(engine: Engine) -> DatabaseConfig {
    let url = match engine {
        Engine::Sqlite => String::new(),
        Engine::Postgres => POSTGRES.database(&format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed))),
    };
    DatabaseConfig { url, max_connections: 3 }
}

pub async fn start(engine: Engine) -> Running {
    start_with(engine, &Config::default()).await
}

/// A cinema with one hall and one screening, two days from now.
pub async fn start_with(engine: Engine, config: &Config) -> Running {
    let mut running = start_process(&databases(engine), Clock::simulated(START_MS), config).await;
    running.film_sid = running.screening(HALL, START_MS + 48 * HOUR_MS).await;
    running
}

/// Where each service keeps its data.
pub struct Databases {
    user: DatabaseConfig,
    film: DatabaseConfig,
    order: DatabaseConfig,
}

/// Empty databases.
pub fn databases(engine: Engine) -> Databases {
    Databases { user: database(engine), film: database(engine), order: database(engine) }
}

/// Databases at these URLs, of the services `user`, `film` and `order`.
pub fn databases_at(url: impl Fn(&str) -> String) -> Databases {
    let of = |service: &str| DatabaseConfig { url: url(service), max_connections: 3 };
    Databases { user: of("user"), film: of("film"), order: of("order") }
}

/// A process of its own, as far as others can tell; several may share databases.
pub async fn start_process(databases: &Databases, clock: Clock, config: &Config) -> Running {
    let dir = tempfile::tempdir().unwrap();
    let kit = Kit::for_tests(dir.path(), clock.clone());
    let mut users =
        service_user::Config { database: databases.user.clone(), ..service_user::Config::default() };
    let films = service_film::Config { database: databases.film.clone(), ..service_film::Config::default() };
    let config = Config { database: databases.order.clone(), ..config.clone() };
    users.passwords.memory_kib = 8;
    users.passwords.iterations = 1;
    users.attempts.registration_free = 10_000;
    kit.register(&service_user::start(&kit, &users).await.unwrap());
    kit.register(&service_film::start(&kit, &films).await.unwrap());
    kit.register(&service_order::start(&kit, &config).await.unwrap());
    Running {
        orders: OrderServiceClient::new(kit.registry.channel("order")),
        internal: OrderInternalClient::new(kit.registry.channel("order")),
        films: FilmServiceClient::new(kit.registry.channel("film")),
        users: UserServiceClient::new(kit.registry.channel("user")),
        kit,
        clock,
        film_sid: 0,
        orders_in: config.database.clone(),
        dir,
    }
}

/// Somebody who is signed in.
#[derive(Clone)]
pub struct Person {
    pub user_id: i64,
    token: String,
    pub orders: OrderServiceClient<Channel>,
}

impl Running {
    /// The database of orders, to look into.
    pub async fn order_database(&self) -> Database {
        service_order::audit::open(&self.orders_in, self.dir.path()).await.unwrap()
    }

    /// A screening of a film in a new hall.
    pub async fn screening(&self, drawing: &str, starts_at: i64) -> i64 {
        let mut films = self.films.clone();
        let cinema = CreateCinemaRequest {
            name: format!("Odeon {drawing:.0}{starts_at}"),
            city: "Berlin".into(),
            address: String::new(),
            time_zone: "Europe/Berlin".into(),
            currency: "EUR".into(),
        };
        let cinema_id = films.create_cinema(cinema).await.unwrap().into_inner().cinema_id;
        let plan = Some(PlanSource { source: Some(Source::Drawing(drawing.into())) });
        let hall = CreateHallRequest { cinema_id, name: "1".into(), cleaning_minutes: 15, plan };
        let hall_id = films.create_hall(hall).await.unwrap().into_inner().hall_id;
        let price =
            |category: &str, ticket_type, amount| Price { category: category.into(), ticket_type, amount };
        let prices = vec![
            price("Standard", 1, 1200),
            price("Standard", 2, 800),
            price("Standard", 3, 1000),
            price("Love", 1, 1500),
        ];
        let list = CreatePriceListRequest { cinema_id, name: "usual".into(), prices };
        let price_list_id = films.create_price_list(list).await.unwrap().into_inner().price_list_id;
        let title = format!("Metropolis {cinema_id}");
        let film = CreateFilmRequest { title, minutes: 153, ..CreateFilmRequest::default() };
        let film_id = films.create_film(film).await.unwrap().into_inner().film_id;
        let screening = CreateScreeningRequest {
            film_id,
            hall_id,
            price_list_id,
            starts_at,
            language: "de".into(),
            ..CreateScreeningRequest::default()
        };
        films.create_screening(screening).await.unwrap().into_inner().film_sid
    }

    pub async fn person(&self, name: &str) -> Person {
        let request = RegisterRequest {
            user_name: name.into(),
            password: PASSWORD.into(),
            ..RegisterRequest::default()
        };
        let session = self.users.clone().register(request).await.unwrap().into_inner();
        self.person_of(session)
    }

    pub async fn staff(&self, name: &str) -> Person {
        self.staff_of(name, &[]).await
    }

    /// Staff of some cinemas; of all where none are named.
    pub async fn staff_of(&self, name: &str, cinema_ids: &[i64]) -> Person {
        self.with_role(name, Role::Staff, cinema_ids).await
    }

    pub async fn with_role(&self, name: &str, role: Role, cinema_ids: &[i64]) -> Person {
        let user_id = self.person(name).await.user_id;
        let (roles, cinema_ids) = (vec![role.into()], cinema_ids.to_vec());
        let request = SetRolesRequest { user_id, roles, cinema_ids, disabled: false };
        self.users.clone().set_roles(request).await.unwrap();
        self.sign_in(name).await
    }

    /// The cinema of the screening.
    pub async fn cinema(&self) -> i64 {
        self.cinema_of(self.film_sid).await
    }

    /// The cinema of a screening.
    pub async fn cinema_of(&self, film_sid: i64) -> i64 {
        let hall = self.films.clone().get_hall_info(GetHallInfoRequest { film_sid }).await.unwrap();
        hall.into_inner().screening.unwrap().cinema_id
    }

    /// Several people with fresh tokens.
    pub async fn sign_in_all<const N: usize>(&self, names: [&str; N]) -> [Person; N] {
        let people = futures_util::future::join_all(names.map(|name| self.sign_in(name))).await;
        people.try_into().unwrap_or_else(|_| unreachable!("as many as there are names"))
    }

    /// The same person with a fresh token: after hours have passed.
    pub async fn sign_in(&self, name: &str) -> Person {
        let request = LoginRequest { login: name.into(), password: PASSWORD.into() };
        let session = self.users.clone().login(request).await.unwrap().into_inner();
        self.person_of(session)
    }

    fn person_of(&self, session: contract::user::Session) -> Person {
        let profile = session.profile.unwrap();
        Person { user_id: profile.user_id, token: session.access_token, orders: self.orders.clone() }
    }

    /// What the seat map says of a seat.
    pub async fn seat(&self, seat: &str) -> SeatState {
        let request = GetHallInfoRequest { film_sid: self.film_sid };
        let hall = self.films.clone().get_hall_info(request).await.unwrap().into_inner();
        hall.seats.iter().find(|found| found.seat == seat).unwrap().state()
    }

    pub fn buy(&self, seats: &[&str]) -> BuyRequest {
        BuyRequest {
            film_sid: self.film_sid,
            seats: seats.iter().map(|seat| (*seat).into()).collect(),
            ..BuyRequest::default()
        }
    }
}

impl Person {
    /// The same person, served by another process.
    pub fn at(&self, running: &Running) -> Self {
        Self { orders: running.orders.clone(), ..self.clone() }
    }

    pub fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let value = format!("Bearer {}", self.token).parse().unwrap();
        request.metadata_mut().insert("authorization", value);
        request
    }

    pub fn keyed<T>(&self, key: &str, message: T) -> Request<T> {
        let mut request = self.request(message);
        request.metadata_mut().insert("idempotency-key", key.parse().unwrap());
        request
    }

    pub async fn buy(&self, request: BuyRequest) -> Result<Order, Status> {
        Ok(self.orders.clone().buy(self.request(request)).await?.into_inner())
    }

    pub async fn pay(&self, order_id: i64, method: &str) -> Result<PayResponse, Status> {
        let request = PayRequest { order_id, payment_method: method.into() };
        Ok(self.orders.clone().pay(self.request(request)).await?.into_inner())
    }

    pub async fn refund(&self, order_id: i64, seats: &[&str]) -> Result<RefundResponse, Status> {
        let seats = seats.iter().map(|seat| (*seat).into()).collect();
        Ok(self.orders.clone().refund(self.request(RefundRequest { order_id, seats })).await?.into_inner())
    }

    pub async fn cancel(&self, order_id: i64) -> Result<Order, Status> {
        Ok(self.orders.clone().cancel(self.request(CancelRequest { order_id })).await?.into_inner())
    }

    pub async fn info(&self, order_id: i64) -> Result<Order, Status> {
        Ok(self.orders.clone().get_info(self.request(GetInfoRequest { order_id })).await?.into_inner())
    }
}

pub fn reason(status: &Status) -> String {
    Problem::from_status(status).reason().to_owned()
}

pub fn refused<T: std::fmt::Debug>(result: Result<T, Status>) -> String {
    reason(&result.unwrap_err())
}

/// Asks until the answer is there; the background has its own pace.
pub async fn until<F: Future<Output = bool>>(what: &str, condition: impl Fn() -> F) {
    let began = Instant::now();
    while !condition().await {
        assert!(began.elapsed() < Duration::from_secs(10), "never came true: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
