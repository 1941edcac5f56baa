//! Making connections, whatever is at the URLs.

use std::time::Duration;

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster::ClusterClientBuilder;
use redis::cluster_async::ClusterConnection;
use redis::sentinel::{SentinelClientBuilder, SentinelServerType};
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, Pipeline,
    ProtocolVersion, PushInfo, RedisError, RedisFuture, TlsCertificates, TlsMode, Value,
};

use super::{Failure, Mode, RedisConfig};

/// An answer later than this is no longer read. Callers give up sooner; this only
/// bounds what the connection itself remembers.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// Ways a cluster's connection tries by itself to get an answer: after a fail-over
/// the first try says who has the key now.
const CLUSTER_RETRIES: u32 = 3;
/// Longest pause between such tries, milliseconds.
const CLUSTER_RETRY_WAIT_MS: u64 = 20;

/// Connections that may have to be made one after the other: to a node or sentinel
/// that is away, to one that is there, and to the master it names.
const CONNECT_STEPS: u32 = 3;

/// Takes what the server sends by itself.
pub type OnPush = Box<dyn Fn(PushInfo) + Send + Sync>;

/// Makes connections.
pub struct Connector {
    mode: Mode,
    nodes: Vec<ConnectionInfo>,
    config: RedisConfig,
    certificates: Option<TlsCertificates>,
}

/// A connection that carries any number of calls at a time.
#[derive(Clone)]
pub enum Connection {
    One(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Connector {
    /// Checks the settings.
    pub fn new(config: &RedisConfig) -> Result<Self, Failure> {
        let mut nodes = Vec::with_capacity(config.urls.len());
        for url in &config.urls {
            // The URL is not repeated: it may hold a password.
            let node = url.as_str().into_connection_info().map_err(|_| wrong("a URL cannot be read"))?;
            nodes.push(node);
        }
        let Some(first) = nodes.first() else { return Err(wrong("`urls` names no server")) };
        if config.mode == Mode::Standalone && nodes.len() > 1 {
            return Err(wrong("several URLs are for mode `cluster` or `sentinel`"));
        }
        if config.response_timeout_ms == 0 || config.connect_timeout_ms == 0 || config.connections == 0 {
            return Err(wrong("timeouts and `connections` must be at least 1"));
        }
        let tls = |node: &ConnectionInfo| matches!(node.addr(), ConnectionAddr::TcpTls { .. });
        let encrypted = tls(first);
        if nodes.iter().any(|node| tls(node) != encrypted) {
            return Err(wrong("either all URLs begin with `rediss:` or none"));
        }
        if encrypted {
            // Fails where one was chosen before, which is as good.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let certificates = match &config.ca_file {
            Some(file) if encrypted => {
                let pem = std::fs::read(file).map_err(|error| wrong(&format!("`ca_file`: {error}")))?;
                Some(TlsCertificates { client_tls: None, root_cert: Some(pem) })
            }
            _ => None,
        };
        Ok(Self { mode: config.mode, nodes, config: config.clone(), certificates })
    }

    /// Whether keys are spread over several masters.
    pub fn is_cluster(&self) -> bool {
        self.mode == Mode::Cluster
    }

    /// A connection; one that also listens where `on_push` is given.
    pub async fn connect(&self, on_push: Option<OnPush>) -> Result<Connection, RedisError> {
        let connecting =
            tokio::time::timeout(self.connect_timeout() * CONNECT_STEPS, self.try_connect(on_push));
        let late = || RedisError::from(std::io::Error::from(std::io::ErrorKind::TimedOut));
        connecting.await.unwrap_or_else(|_| Err(late()))
    }

    async fn try_connect(&self, on_push: Option<OnPush>) -> Result<Connection, RedisError> {
        let protocol = if on_push.is_some() { ProtocolVersion::RESP3 } else { ProtocolVersion::RESP2 };
        if self.mode == Mode::Cluster {
            return self.cluster(on_push, protocol).await;
        }
        let client = match self.mode {
            Mode::Sentinel => self.master(protocol).await?,
            _ => self.server(protocol)?,
        };
        let mut settings = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.connect_timeout()))
            .set_response_timeout(Some(ANSWER_TIMEOUT));
        if let Some(on_push) = on_push {
            settings = settings.set_push_sender(ignoring_nothing(on_push));
        }
        Ok(Connection::One(client.get_multiplexed_async_connection_with_config(&settings).await?))
    }

    fn server(&self, protocol: ProtocolVersion) -> Result<Client, RedisError> {
        let node = self.nodes[0].clone();
        let mut settings = node.redis_settings().clone().set_protocol(protocol);
        if !self.config.user.is_empty() {
            settings = settings.set_username(&self.config.user);
        }
        if let Some(password) = self.config.password.reveal() {
            settings = settings.set_password(password);
        }
        let node = node.set_redis_settings(settings);
        match &self.certificates {
            Some(certificates) => Client::build_with_tls(node, certificates.clone()),
            None => Client::open(node),
        }
    }

    /// The server that the sentinels say is the master now.
    async fn master(&self, protocol: ProtocolVersion) -> Result<Client, RedisError> {
        let sentinels = self.nodes.iter().map(|node| node.addr().clone());
        let name = &self.config.sentinel_master;
        let mut builder = SentinelClientBuilder::new(sentinels, name, SentinelServerType::Master)?
            .set_client_to_redis_protocol(protocol);
        if matches!(self.nodes[0].addr(), ConnectionAddr::TcpTls { .. }) {
            builder = builder.set_client_to_redis_tls_mode(TlsMode::Secure);
        }
        if let Some(certificates) = &self.certificates {
            builder = builder
                .set_client_to_redis_certificates(certificates.clone())
                .set_client_to_sentinel_certificates(certificates.clone());
        }
        if !self.config.user.is_empty() {
            builder = builder.set_client_to_redis_username(&self.config.user);
        }
        if let Some(password) = self.config.password.reveal() {
            builder = builder.set_client_to_redis_password(password);
        }
        if let Some(password) = self.config.sentinel_password.reveal() {
            builder = builder.set_client_to_sentinel_password(password);
        }
        builder.build()?.async_get_client().await
    }

    async fn cluster(
        &self,
        on_push: Option<OnPush>,
        protocol: ProtocolVersion,
    ) -> Result<Connection, RedisError> {
        let nodes = self.nodes.iter().map(|node| {
            let settings = node.redis_settings().clone().set_protocol(protocol);
            node.clone().set_redis_settings(settings)
        });
        let mut builder = ClusterClientBuilder::new(nodes)
            .use_protocol(protocol)
            .connection_timeout(self.connect_timeout())
            .response_timeout(ANSWER_TIMEOUT)
            .retries(CLUSTER_RETRIES)
            .max_retry_wait(CLUSTER_RETRY_WAIT_MS);
        if !self.config.user.is_empty() {
            builder = builder.username(&self.config.user);
        }
        if let Some(password) = self.config.password.reveal() {
            builder = builder.password(password);
        }
        if let Some(certificates) = &self.certificates {
            builder = builder.certs(certificates.clone());
        }
        if let Some(on_push) = on_push {
            builder = builder.push_sender(ignoring_nothing(on_push));
        }
        Ok(Connection::Cluster(builder.build()?.get_async_connection().await?))
    }

    fn connect_timeout(&self) -> Duration {
        Duration::from_millis(u64::from(self.config.connect_timeout_ms))
    }
}

fn ignoring_nothing(on_push: OnPush) -> impl Fn(PushInfo) -> Result<(), std::convert::Infallible> {
    move |info| {
        on_push(info);
        Ok(())
    }
}

fn wrong(what: &str) -> Failure {
    Failure::Config(what.to_owned())
}

impl ConnectionLike for Connection {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::One(connection) => connection.req_packed_command(command),
            Self::Cluster(connection) => connection.req_packed_command(command),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::One(connection) => connection.req_packed_commands(pipeline, offset, count),
            Self::Cluster(connection) => connection.req_packed_commands(pipeline, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::One(connection) => connection.get_db(),
            Self::Cluster(connection) => connection.get_db(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(config: &RedisConfig) -> String {
        Connector::new(config).err().unwrap().to_string()
    }

    #[test]
    fn settings_that_cannot_work_are_refused_without_showing_secrets() {
        let url = |urls: &[&str]| RedisConfig {
            urls: urls.iter().map(|url| (*url).to_owned()).collect(),
            ..RedisConfig::default()
        };
        let unreadable = refused(&url(&["http://ann:secret@host"]));
        assert!(unreadable.contains("URL") && !unreadable.contains("secret"), "{unreadable}");
        assert!(refused(&url(&[])).contains("urls"));
        assert!(refused(&url(&["redis://a", "redis://b"])).contains("cluster"));
        let mixed = RedisConfig { mode: Mode::Cluster, ..url(&["redis://a", "rediss://b"]) };
        assert!(refused(&mixed).contains("rediss"));
        let hasty = RedisConfig { response_timeout_ms: 0, ..RedisConfig::default() };
        assert!(refused(&hasty).contains("timeouts"));
        let file = RedisConfig { ca_file: Some("/nowhere.pem".into()), ..url(&["rediss://a"]) };
        assert!(refused(&file).contains("ca_file"));
    }
}
