//! Ways to call the services.

use contract::film::film_service_client::FilmServiceClient;
use contract::order::order_service_client::OrderServiceClient;
use contract::user::user_service_client::UserServiceClient;
use micro::{Channel, Registry};

/// Longest answer read from a service, bytes: the map of the largest hall.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// A client of the film service.
pub type FilmClient = FilmServiceClient<Channel>;
/// A client of the order service.
pub type OrderClient = OrderServiceClient<Channel>;
/// A client of the user service.
pub type UserClient = UserServiceClient<Channel>;

/// Clients of the services, to be cloned for each call.
pub struct Services {
    pub films: FilmClient,
    pub orders: OrderClient,
    pub users: UserClient,
}

impl Services {
    pub fn new(registry: &Registry) -> Self {
        let films = FilmServiceClient::new(registry.channel("film"));
        Self {
            films: films.max_decoding_message_size(MAX_ANSWER),
            orders: OrderServiceClient::new(registry.channel("order")),
            users: UserServiceClient::new(registry.channel("user")),
        }
    }

    pub fn films(&self) -> FilmClient {
        self.films.clone()
    }

    pub fn orders(&self) -> OrderClient {
        self.orders.clone()
    }

    pub fn users(&self) -> UserClient {
        self.users.clone()
    }
}
