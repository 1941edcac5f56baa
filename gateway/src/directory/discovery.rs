//! Services outside the contract: described by themselves, remembered for a while.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use micro::{Problem, Registry};
use parking_lot::Mutex;
use tokio::time::Instant;

use super::reflection::{self, ReflectionError};
use super::{Binding, Method, forms};
use crate::transcode::Shapes;

/// How long a description is used: a service may be replaced by a newer version.
const KEPT: Duration = Duration::from_secs(60);
/// A service that could not describe itself is not asked again for this long.
const PAUSE: Duration = Duration::from_secs(5);
/// How long a service may take to describe itself.
const PATIENCE: Duration = Duration::from_secs(5);

type Forms = HashMap<String, Arc<Binding>>;

/// What services outside the contract offer.
pub struct Discovery {
    registry: Registry,
    known: Mutex<HashMap<String, Arc<Service>>>,
}

/// One service; its lock lets one request ask while others wait.
#[derive(Default)]
struct Service(tokio::sync::Mutex<Option<Described>>);

struct Described {
    until: Instant,
    forms: Option<Arc<Forms>>,
}

impl Discovery {
    /// Nothing is known at first.
    pub fn new(registry: Registry) -> Self {
        Self { registry, known: Mutex::default() }
    }

    /// The method that a form means, where there is such a service and it has one.
    pub async fn find(&self, service: &str, form: &str) -> Result<Option<Arc<Binding>>, Problem> {
        let names = self.registry.names();
        if !names.iter().any(|name| name == service) {
            return Ok(None);
        }
        let entry = {
            let mut known = self.known.lock();
            // What has left the registry is forgotten, so this stays as small as the registry.
            known.retain(|name, _| names.contains(name));
            known.entry(service.to_owned()).or_default().clone()
        };
        let forms = self.forms(service, &entry).await.ok_or_else(|| {
            let message = format!("service {service} does not say what it offers");
            Problem::unavailable("SERVICE_UNAVAILABLE", message)
        })?;
        Ok(forms.get(form).cloned())
    }

    async fn forms(&self, service: &str, entry: &Service) -> Option<Arc<Forms>> {
        let mut described = entry.0.lock().await;
        if let Some(described) = described.as_ref().filter(|described| described.until > Instant::now()) {
            return described.forms.clone();
        }
        let asked = tokio::time::timeout(PATIENCE, self.ask(service)).await;
        let forms = match asked {
            Ok(Ok(forms)) => Some(Arc::new(forms)),
            Ok(Err(error)) => {
                tracing::warn!(service, %error, "a service could not be asked what it offers");
                None
            }
            Err(_) => {
                tracing::warn!(service, "a service took too long to say what it offers");
                None
            }
        };
        let until = Instant::now() + if forms.is_some() { KEPT } else { PAUSE };
        *described = Some(Described { until, forms: forms.clone() });
        forms
    }

    async fn ask(&self, service: &str) -> Result<Forms, ReflectionError> {
        let channel = self.registry.channel(service);
        let (pool, services) = reflection::describe(&channel).await?;
        let shapes = Arc::new(Shapes::compile(&pool));
        let mut methods = HashMap::new();
        for descriptor in services.iter().filter_map(|name| pool.get_service_by_name(name)) {
            for method in descriptor.methods() {
                let Ok(method) = Method::compile(&method, &shapes, &channel) else { continue };
                // A service outside the contract may offer what the contract keeps to services.
                if method.contract.is_none() {
                    methods.insert(method.path.to_string(), Arc::new(method));
                }
            }
        }
        Ok(forms::all(service, &methods).into_iter().collect())
    }
}
