//! Forms with fields of the same name, such as the rows of a table.

use std::collections::HashMap;

/// The fields of a form.
#[derive(Debug, Default)]
pub struct Fields(HashMap<String, Vec<String>>);

impl Fields {
    /// Reads a form as browsers send it.
    pub fn read(body: &[u8]) -> Self {
        let mut fields = HashMap::<String, Vec<String>>::new();
        for (name, value) in form_urlencoded::parse(body) {
            fields.entry(name.into_owned()).or_default().push(value.trim().to_owned());
        }
        Self(fields)
    }

    /// A field, without space around it; empty where it was not sent.
    pub fn one(&self, name: &str) -> String {
        self.all(name).first().cloned().unwrap_or_default()
    }

    /// Every field of a name, in the order of the form.
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }
}
