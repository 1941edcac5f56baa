//! The fields that a change set, as people read them.

use contract::film::Cinema;
use serde_json::{Map, Value};

use super::changes::when;
use crate::format;
use crate::language::{self, Language};

/// What of a change is read: in which language, and where the change was made.
pub struct Reader<'a> {
    /// The visitor's language.
    pub language: Language,
    /// The cinema whose clock and currency count.
    pub cinema: &'a Cinema,
}

impl Reader<'_> {
    /// The fields of a JSON object with their values; the text as it is where it is none.
    pub fn fields(&self, json: &str) -> Vec<(String, String)> {
        match serde_json::from_str::<Map<String, Value>>(json) {
            Ok(object) => {
                object.iter().map(|(field, value)| (self.name(field), self.value(field, value))).collect()
            }
            Err(_) => vec![(String::new(), json.to_owned())],
        }
    }

    fn name(&self, field: &str) -> String {
        self.language.find(&format!("field-{field}"), None).unwrap_or_else(|| field.to_owned())
    }

    fn value(&self, field: &str, value: &Value) -> String {
        match value {
            Value::Number(at) if field.ends_with("_at") => match at.as_i64() {
                Some(at) if at > 0 => when(self.language, self.cinema, at),
                _ => "–".to_owned(),
            },
            Value::Bool(is) => self.language.text(if *is { "manage-yes" } else { "manage-no" }),
            Value::String(text) if text.is_empty() => "–".to_owned(),
            Value::String(tag) if matches!(field, "language" | "subtitles") => {
                language::spoken(self.language, tag)
            }
            Value::String(text) => text.clone(),
            Value::Object(rows) if field == "prices" => self.prices(rows),
            Value::Object(parts) => {
                let part = |(name, value): (&String, &Value)| format!("{name}: {}", self.value("", value));
                parts.iter().map(part).collect::<Vec<_>>().join(" · ")
            }
            Value::Array(parts) => {
                parts.iter().map(|part| self.value("", part)).collect::<Vec<_>>().join(", ")
            }
            Value::Number(_) | Value::Null => value.to_string(),
        }
    }

    /// By category, what each kind of ticket costs.
    fn prices(&self, rows: &Map<String, Value>) -> String {
        let price = |(kind, amount): (&String, &Value)| {
            let kind = format!("order-ticket-{}", kind.to_ascii_lowercase());
            let amount =
                amount.as_i64().map(|amount| format::money(self.language, amount, &self.cinema.currency));
            format!("{} {}", self.language.text(&kind), amount.unwrap_or_default())
        };
        let row = |(category, prices): (&String, &Value)| {
            let prices = prices.as_object().map(|prices| prices.iter().map(price).collect::<Vec<_>>());
            format!("{category}: {}", prices.unwrap_or_default().join(", "))
        };
        rows.iter().map(row).collect::<Vec<_>>().join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_said_in_the_visitors_words() {
        let cinema =
            Cinema { time_zone: "Europe/Berlin".to_owned(), currency: "EUR".to_owned(), ..Cinema::default() };
        let told = |language, json: &str| {
            let fields = Reader { language, cinema: &cinema }.fields(json);
            fields.iter().map(|(field, value)| format!("{field}={value}")).collect::<Vec<_>>().join("; ")
        };
        let screening = r#"{"starts_at":1764009000000,"language":"fr","cancelled":true,"hall_id":7}"#;
        assert_eq!(
            told(Language::En, screening),
            "Cancelled=yes; Hall=7; Language=French; Start=Mon 24 Nov 19:30"
        );
        assert_eq!(
            told(Language::Zh, screening),
            "已取消=是; 影厅=7; 语言=法语; 开场时间=11月24日 周一 19:30"
        );
        let prices =
            r#"{"prices":{"Standard":{"ADULT":1200,"CHILD":700}},"genres":["A","B"],"subtitles":""}"#;
        assert_eq!(
            told(Language::En, prices),
            "Genres=A, B; Prices=Standard: Adult €12.00, Child €7.00; Subtitles=–"
        );
        assert_eq!(told(Language::En, "odd"), "=odd");
    }
}
