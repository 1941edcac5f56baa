//! Style sheets, scripts and pictures: in the executable, named by their content.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::routing::get;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};
use sha2::{Digest, Sha256};

use crate::State;
use crate::response;

/// Bytes of the content's hash in its name.
const HASH_BYTES: usize = 6;
/// What has its content in its name never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

macro_rules! assets {
    ($($name:literal $kind:expr,)*) => {
        &[$(($name, $kind, include_bytes!(concat!("../assets/", $name)))),*]
    };
}

/// Name, media type and content.
const ASSETS: &[(&str, &str, &[u8])] = assets! {
    "site.css" CSS,
    "site.js" JS,
    "order.js" JS,
    "orders.css" CSS,
    "icon.svg" SVG,
    "hall.css" CSS,
    "hall.js" JS,
    "seat_map.js" JS,
    "plan.css" CSS,
    "plan.js" JS,
    "staff.css" CSS,
    "door.js" JS,
    "camera.js" JS,
    "qr.js" JS,
    "manage.css" CSS,
    "manage.js" JS,
    "sales.css" CSS,
    "sales.js" JS,
};

struct Asset {
    place: String,
    kind: &'static str,
    content: &'static [u8],
}

/// By the name in the sources.
static BY_NAME: LazyLock<HashMap<&'static str, Asset>> = LazyLock::new(|| {
    let asset = |(name, kind, content): &(&'static str, &'static str, &'static [u8])| {
        (*name, Asset { place: format!("/assets/{}", versioned(name, content)), kind, content })
    };
    ASSETS.iter().map(asset).collect()
});

/// By the path a browser asks for.
static BY_PLACE: LazyLock<HashMap<&'static str, &'static Asset>> =
    LazyLock::new(|| BY_NAME.values().map(|asset| (asset.place.as_str(), asset)).collect());

fn versioned(name: &str, content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let hash: String = digest[..HASH_BYTES].iter().map(|byte| format!("{byte:02x}")).collect();
    match name.rsplit_once('.') {
        Some((stem, kind)) => format!("{stem}.{hash}.{kind}"),
        None => format!("{name}.{hash}"),
    }
}

/// Where an asset is; its name, which is nowhere, where there is none.
pub fn place(name: &str) -> &'static str {
    match BY_NAME.get(name) {
        Some(asset) => &asset.place,
        None => {
            tracing::error!(name, "a page names an asset that is not there");
            "/assets/missing"
        }
    }
}

/// Serves them.
pub fn routes() -> Router<Arc<State>> {
    Router::new().route("/assets/{name}", get(serve))
}

async fn serve(Path(name): Path<String>) -> Response<Body> {
    let Some(asset) = BY_PLACE.get(format!("/assets/{name}").as_str()) else {
        return response::bare(StatusCode::NOT_FOUND);
    };
    let mut response = Response::new(Body::from(Bytes::from_static(asset.content)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(FOR_EVER));
    response
}
