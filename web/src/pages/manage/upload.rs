//! Forms with a file (RFC 7578).

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::Request;
use bytes::Bytes;
use futures_util::StreamExt;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use micro::{Problem, drain};

/// Largest form with a seating plan, bytes: plans of the largest halls have two million.
pub const MAX_FORM: usize = 4 * 1024 * 1024;
/// Fields of a form at most: a box for each seat of the largest hall, and some more.
const MAX_FIELDS: usize = 10_100;

/// The fields of a form, each once; the last of a name counts.
///
/// # Errors
/// `FORM_TOO_LARGE`, `FORM_INVALID`.
pub async fn fields(request: Request) -> Result<HashMap<String, String>, Problem> {
    Ok(all(request).await?.into_iter().collect())
}

/// Every field of a form, in its order.
///
/// # Errors
/// `FORM_TOO_LARGE`, `FORM_INVALID`.
pub async fn all(request: Request) -> Result<Vec<(String, String)>, Problem> {
    let (http::request::Parts { headers, .. }, body) = request.into_parts();
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let boundary = multer::parse_boundary(kind).map_err(|_| invalid())?;
    let body = read(&headers, body).await?;
    let whole = futures_util::stream::iter([Ok::<_, std::io::Error>(body)]);
    let mut form = multer::Multipart::new(whole, boundary);
    let mut fields = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|_| invalid())? {
        let name = field.name().unwrap_or_default().to_owned();
        let text = String::from_utf8(field.bytes().await.map_err(|_| invalid())?.to_vec());
        fields.push((name, text.map_err(|_| invalid())?));
        if fields.len() > MAX_FIELDS {
            return Err(invalid());
        }
    }
    Ok(fields)
}

async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    let mut pieces = body.into_data_stream();
    let mut whole = Vec::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| invalid())?;
        if whole.len() + piece.len() > MAX_FORM {
            drain(headers, Body::from_stream(pieces)).await;
            return Err(too_large());
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole.into())
}

fn invalid() -> Problem {
    Problem::invalid("FORM_INVALID", "the form cannot be read; files must be text in UTF-8")
}

fn too_large() -> Problem {
    Problem::invalid("FORM_TOO_LARGE", "the file is too large")
}
