//! A running service on a database of its own, and a client.

use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use contract::film::CreateCinemaRequest;
use contract::film::film_service_client::FilmServiceClient;
use contract::user::user_service_client::UserServiceClient;
use contract::user::{LoginRequest, RefreshRequest, RegisterRequest, Session};
use micro::database::DatabaseConfig;
use micro::{Channel, Clock, Kit, Problem};
use service_user::Config;
use tempfile::TempDir;
use tonic::{Request, Status};

pub type Client = UserServiceClient<Channel>;

/// When tests begin: 2026-11-24.
pub const START_MS: i64 = 1_795_478_400_000;
pub const PASSWORD: &str = "correct horse battery";

pub struct Running {
    pub kit: Kit,
    pub clock: Clock,
    pub client: Client,
    pub dir: TempDir,
}

/// Where the service keeps its data.
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

/// One server for all tests of this process, a database for each test.
static POSTGRES: LazyLock<servers::Postgres> = LazyLock::new(servers::Postgres::start);
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// [`config`] with a database of this kind, which is empty.
pub fn config_on(engine: Engine) -> Config {
    let url = match engine {
        Engine::Sqlite => String::new(),
        Engine::Postgres => POSTGRES.database(&format!("user_{}", DATABASES.fetch_add(1, Ordering::Relaxed))),
    };
    Config { database: DatabaseConfig { url, max_connections: 3 }, ..config() }
}

/// Cheap hashes and no limits that a test does not ask for.
pub fn config() -> Config {
    let mut config = Config::default();
    config.passwords.memory_kib = 8;
    config.passwords.iterations = 1;
    config.attempts.account_free = 1_000;
    config
}

pub async fn start(config: &Config) -> Running {
    let dir = tempfile::tempdir().unwrap();
    let clock = Clock::simulated(START_MS);
    let kit = start_in(dir.path(), clock.clone(), config).await;
    let client = Client::new(kit.registry.channel("user"));
    Running { kit, clock, client, dir }
}

/// One more process on the same data.
pub async fn start_in(dir: &Path, clock: Clock, config: &Config) -> Kit {
    let kit = Kit::for_tests(dir, clock);
    let service = service_user::start(&kit, config).await.unwrap();
    kit.register(&service);
    kit
}

/// A request with an access token.
pub fn signed<T>(session: &Session, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let value = format!("Bearer {}", session.access_token).parse().unwrap();
    request.metadata_mut().insert("authorization", value);
    request
}

/// A request as the gateway passes it on, with the client's address.
pub fn from_address<T>(address: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("x-marquee-client", address.parse().unwrap());
    request
}

pub fn reason(status: &Status) -> String {
    Problem::from_status(status).reason().to_owned()
}

pub fn named(user_name: &str) -> RegisterRequest {
    RegisterRequest {
        user_name: user_name.to_owned(),
        password: PASSWORD.to_owned(),
        ..RegisterRequest::default()
    }
}

impl Running {
    /// A cinema of a film service, which is started for the first.
    pub async fn cinema(&self, name: &str) -> i64 {
        if !self.kit.registry.names().iter().any(|service| service == "film") {
            let films = service_film::Config::default();
            self.kit.register(&service_film::start(&self.kit, &films).await.unwrap());
        }
        let cinema = CreateCinemaRequest {
            name: name.to_owned(),
            city: "Berlin".to_owned(),
            address: String::new(),
            time_zone: "Europe/Berlin".to_owned(),
            currency: "EUR".to_owned(),
        };
        let mut films = FilmServiceClient::new(self.kit.registry.channel("film"));
        films.create_cinema(cinema).await.unwrap().into_inner().cinema_id
    }

    pub async fn register(&self, user_name: &str) -> Session {
        self.client.clone().register(named(user_name)).await.unwrap().into_inner()
    }

    pub async fn login(&self, login: &str, password: &str) -> Result<Session, Status> {
        let request = LoginRequest { login: login.to_owned(), password: password.to_owned() };
        Ok(self.client.clone().login(request).await?.into_inner())
    }

    pub async fn refresh(&self, token: &str) -> Result<Session, Status> {
        let request = RefreshRequest { refresh_token: token.to_owned() };
        Ok(self.client.clone().refresh(request).await?.into_inner())
    }
}
