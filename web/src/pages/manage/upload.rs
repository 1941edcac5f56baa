//! Forms with a file (RFC 7578).

use std::collections::HashMap;

use axum::extract::Request;
use http::header::CONTENT_TYPE;
use micro::Problem;

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
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let boundary = multer::parse_boundary(kind).map_err(|_| invalid())?;
    let body = axum::body::to_bytes(request.into_body(), MAX_FORM).await.map_err(|_| too_large())?;
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

fn invalid() -> Problem {
    Problem::invalid("FORM_INVALID", "the form cannot be read; files must be text in UTF-8")
}

fn too_large() -> Problem {
    Problem::invalid("FORM_TOO_LARGE", "the file is too large")
}
