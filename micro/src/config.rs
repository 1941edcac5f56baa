//! Configuration: a commented YAML file, every key overridable by the environment.

use std::path::{Path, PathBuf};

use config::{Config, Environment, File, FileFormat, Map, Source, Value, ValueKind};
use serde::de::DeserializeOwned;

mod choices;
mod place;
mod shown;

pub use choices::no_choice;
pub use shown::{keys_of, keys_set};

/// Begins every variable that sets a key.
const PREFIX: &str = "MARQUEE__";

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file or a variable says something that cannot be taken.
    #[error("the configuration cannot be used: {0}")]
    Unusable(String),
    /// A variable that looks as if it set a key.
    #[error("the variable {0} sets nothing; write {1}, with two underscores after MARQUEE")]
    Misspelt(String, String),
}

/// Reads a configuration: the file, if there is one, and over it every
/// variable `MARQUEE__SECTION__KEY`. A list or map in a variable is written as JSON.
///
/// # Errors
/// A file that cannot be read, a key that does not exist, a value of the wrong type; each named,
/// with where it is.
pub fn load<T: DeserializeOwned>(file: Option<&Path>) -> Result<T, ConfigError> {
    let names = || std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    if let Some(wrong) = names().find(|name| looks_like_a_key(name)) {
        let right = wrong.replacen("MARQUEE_", PREFIX, 1);
        return Err(ConfigError::Misspelt(wrong, right));
    }
    let mut builder = Config::builder();
    if let Some(file) = file {
        builder = builder.add_source(Yaml(file.to_owned()));
    }
    let environment = Environment::with_prefix("MARQUEE").prefix_separator("__").separator("__");
    let read = builder.add_source(Variables(environment)).build().and_then(Config::try_deserialize);
    read.map_err(|error| ConfigError::Unusable(place::told(&error.to_string(), file, names())))
}

/// `MARQUEE_GATEWAY__LISTEN`: nobody means that to be without effect.
fn looks_like_a_key(name: &str) -> bool {
    name.strip_prefix("MARQUEE_").is_some_and(|rest| !rest.starts_with('_') && rest.contains("__"))
}

/// The file. Fractions are taken as texts: where a number is wanted they are read as one later, and
/// where a whole one is wanted they are refused, which the library would round.
#[derive(Debug, Clone)]
struct Yaml(PathBuf);

impl Source for Yaml {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, config::ConfigError> {
        let mut values = File::from(self.0.as_path()).format(FileFormat::Yaml).collect()?;
        values.values_mut().for_each(fractions_as_texts);
        Ok(values)
    }
}

fn fractions_as_texts(value: &mut Value) {
    match &mut value.kind {
        ValueKind::Float(number) => value.kind = ValueKind::String(number.to_string()),
        ValueKind::Table(table) => table.values_mut().for_each(fractions_as_texts),
        ValueKind::Array(list) => list.iter_mut().for_each(fractions_as_texts),
        _ => {}
    }
}

/// The environment. Texts stay as they are, so that `007` is no number where a
/// text is wanted; where a number is wanted, it is read as one later.
#[derive(Debug, Clone)]
struct Variables(Environment);

impl Source for Variables {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, config::ConfigError> {
        let mut values = self.0.collect()?;
        for value in values.values_mut() {
            if let ValueKind::String(text) = &value.kind
                && text.starts_with(['[', '{'])
                && let Ok(parsed) = serde_json::from_str::<Value>(text)
            {
                value.kind = parsed.kind;
            }
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Settings {
        text: String,
        number: u32,
        switch: bool,
        maybe: Option<i64>,
        list: Vec<String>,
        map: BTreeMap<String, u8>,
    }

    #[test]
    fn a_variable_with_one_underscore_too_few_is_noticed() {
        assert!(looks_like_a_key("MARQUEE_GATEWAY__LISTEN"));
        for other in ["MARQUEE__GATEWAY__LISTEN", "MARQUEE_CONFIG", "MARQUEE_TEST_MOVIES", "OTHER__KEY"] {
            assert!(!looks_like_a_key(other), "{other}");
        }
    }

    #[test]
    fn a_whole_number_is_never_rounded() {
        #[derive(Debug, PartialEq, Deserialize)]
        struct Numbers {
            whole: u64,
            any: f64,
            list: Vec<u32>,
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.yaml");
        let read = |text: &str| {
            std::fs::write(&file, text).unwrap();
            load::<Numbers>(Some(&file)).map_err(|error| error.to_string())
        };
        let good = Numbers { whole: 250, any: 0.25, list: vec![1] };
        assert_eq!(read("whole: 250\nany: 0.25\nlist: [1]\n"), Ok(good));
        assert!(read("whole: 250\nany: 1\nlist: []\n").is_ok());
        let (any, list) = ("any: 0.5\n", "list: [1]\n");
        for wrong in [
            format!("whole: 250.9\n{any}{list}"),
            format!("whole: 99999999999999999999\n{any}{list}"),
            format!("whole: -1\n{any}{list}"),
            format!("whole: 1\n{any}list: [0.5]\n"),
            format!("whole: 1\n{any}list: [4294967296]\n"),
        ] {
            let told = read(&wrong).unwrap_err();
            assert!(told.contains("a whole number") && told.contains("line "), "{wrong}: {told}");
        }
    }

    #[test]
    fn variables_are_read_as_what_is_wanted() {
        let variables = [
            ("MARQUEE__TEXT", "007"),
            ("MARQUEE__NUMBER", "12"),
            ("MARQUEE__SWITCH", "true"),
            ("MARQUEE__MAYBE", "-5"),
            ("MARQUEE__LIST", r#"["a", "b"]"#),
            ("MARQUEE__MAP__ONE", "1"),
            ("MARQUEE_CONFIG", "not a key"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let environment = Environment::with_prefix("MARQUEE").prefix_separator("__").separator("__");
        let source = Variables(environment.source(Some(Map::from(variables))));
        let config = Config::builder().add_source(source).build().unwrap();
        let expected = Settings {
            text: "007".to_owned(),
            number: 12,
            switch: true,
            maybe: Some(-5),
            list: vec!["a".to_owned(), "b".to_owned()],
            map: BTreeMap::from([("one".to_owned(), 1)]),
        };
        assert_eq!(config.try_deserialize::<Settings>().unwrap(), expected);
    }
}
