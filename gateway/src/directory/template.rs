//! Path templates of `google.api.http`.

/// A template that cannot be served.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}: path templates are made of names and {{field}} between slashes")]
pub struct TemplateError(pub String);

/// A template taken apart.
#[derive(Debug, PartialEq, Eq)]
pub struct Template {
    /// For the router: `/v1/orders/{0}/pay`. Parts are numbered, so that
    /// methods may call the same part differently.
    pub route: String,
    /// The fields the parts give, dotted.
    pub fields: Vec<String>,
}

/// Takes a template apart.
///
/// # Errors
/// Parts that match several segments, and custom verbs: nothing here uses them.
pub fn parse(template: &str) -> Result<Template, TemplateError> {
    let refuse = || TemplateError(template.to_owned());
    let mut route = String::new();
    let mut fields = Vec::new();
    for segment in template.strip_prefix('/').ok_or_else(refuse)?.split('/') {
        route.push('/');
        match segment.strip_prefix('{') {
            Some(part) => {
                let part = part.strip_suffix('}').ok_or_else(refuse)?;
                let field = part.strip_suffix("=*").unwrap_or(part);
                if !is_field(field) {
                    return Err(refuse());
                }
                route.push_str(&format!("{{{}}}", fields.len()));
                fields.push(field.to_owned());
            }
            None if !segment.is_empty() && segment.bytes().all(is_literal) => route.push_str(segment),
            None => return Err(refuse()),
        }
    }
    Ok(Template { route, fields })
}

fn is_field(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.')
}

fn is_literal(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_numbered() {
        let template = parse("/v1/cinemas/{cinema_id}/halls/{hall.id=*}").unwrap();
        assert_eq!(template.route, "/v1/cinemas/{0}/halls/{1}");
        assert_eq!(template.fields, ["cinema_id", "hall.id"]);
        assert_eq!(parse("/v1/films").unwrap().fields, [""; 0]);
    }

    #[test]
    fn what_cannot_be_served_is_refused() {
        for text in ["", "v1", "/v1/", "/v1/{a", "/v1/{a=**}", "/v1/a:verb", "/v1/{}", "/v1/x{a}", "/**"] {
            assert_eq!(parse(text), Err(TemplateError(text.to_owned())), "{text}");
        }
    }
}
